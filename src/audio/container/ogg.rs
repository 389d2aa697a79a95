//! Ogg files with damaged or missing pages (RFC 3533).
//!
//! What follows a damaged page says when it is to be heard, but only to a reader that begins with it: there the file goes on as
//! a stream of its own, with the headers once more.

use std::ops::Range;

use super::words::{find, u32_at};

/// Bytes of a page before the lengths of its segments.
const HEADER_BYTES: usize = 27;
/// Where in them the flags, the time of its end, the numbers of stream and page, and the checksum lie.
const FLAGS: usize = 5;
const END: Range<usize> = 6..14;
const STREAM: usize = 14;
const NUMBER: usize = 18;
const CHECKSUM: usize = 22;
/// The flags of a stream's first page and of its last.
const FIRST: u8 = 2;
const LAST: u8 = 4;

/// How much longer than its file what is made of it may be: long headers may come again at every other page.
const MOST_GROWTH: usize = 4;

/// Whether the bytes are those of an Ogg file.
pub(super) fn is_ogg(bytes: &[u8]) -> bool {
    bytes.starts_with(b"OggS")
}

/// The file with a stream of its own after every damaged place; none where nothing is damaged, or it is not known what to do.
pub(super) fn mended(bytes: &[u8]) -> Option<Vec<u8>> {
    let (pages, gaps) = pages(bytes);
    let stream = |page: &Range<usize>| u32_at(bytes, page.start + STREAM, false);
    let is_first = |page: &Range<usize>| bytes[page.start + FLAGS] & FIRST != 0;
    // Headers end at time 0, or nowhere yet; what is heard ends later.
    let is_header = |page: &&Range<usize>| {
        let end = &bytes[page.start + END.start..page.start + END.end];
        end.iter().all(|byte| *byte == 0) || end.iter().all(|byte| *byte == u8::MAX)
    };
    if gaps.is_empty() || pages.windows(2).any(|two| stream(&two[0]) != stream(&two[1]) && !is_first(&two[1])) {
        return None;
    }
    let (mut mended, mut headers) =
        (Mended { bytes: Vec::with_capacity(bytes.len()), stream: 0, page: 0 }, 0..0);
    for (index, page) in pages.iter().enumerate() {
        if is_first(page) {
            headers = index..index + pages[index..].iter().take_while(is_header).count();
            mended.page = 0;
        }
        if gaps.binary_search(&index).is_ok() {
            if headers.contains(&index) {
                return None;
            }
            // Where nothing was heard before the gap, the stream begins behind it.
            if index > headers.end {
                (mended.stream, mended.page) = (mended.stream + 1, 0);
                pages[headers.clone()].iter().for_each(|page| mended.push(&bytes[page.clone()], 0));
            }
        }
        if mended.bytes.len() > MOST_GROWTH * bytes.len() {
            return None;
        }
        let is_last = gaps.binary_search(&(index + 1)).is_ok() && index >= headers.end;
        mended.push(&bytes[page.clone()], if is_last { LAST } else { 0 });
    }
    Some(mended.bytes)
}

/// A file as it is put together.
struct Mended {
    bytes: Vec<u8>,
    /// By how much the numbers of streams are higher now, and the next page's number.
    stream: u32,
    page: u32,
}

impl Mended {
    /// Appends a page, with more `flags`.
    fn push(&mut self, page: &[u8], flags: u8) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(page);
        let page = &mut self.bytes[start..];
        let stream = u32_at(page, STREAM, false).unwrap_or(0).wrapping_add(self.stream);
        page[FLAGS] |= flags;
        page[STREAM..STREAM + 4].copy_from_slice(&stream.to_le_bytes());
        page[NUMBER..NUMBER + 4].copy_from_slice(&self.page.to_le_bytes());
        let sum = checksum(page);
        page[CHECKSUM..CHECKSUM + 4].copy_from_slice(&sum.to_le_bytes());
        self.page += 1;
    }
}

/// Where whole pages lie, and which of them have something damaged or missing before them.
fn pages(bytes: &[u8]) -> (Vec<Range<usize>>, Vec<usize>) {
    let (mut pages, mut gaps, mut at, mut whole) = (Vec::new(), Vec::new(), 0, true);
    let mut expected = None;
    while let Some(start) = find(bytes, at, b"OggS") {
        let Some(page) = page_at(bytes, start) else {
            (at, whole) = (start + 1, false);
            continue;
        };
        let sequence = u32_at(bytes, start + NUMBER, false);
        let is_first = bytes[start + FLAGS] & FIRST != 0;
        if !is_first
            && !pages.is_empty()
            && (!whole || start > at || expected.is_some_and(|next| Some(next) != sequence))
        {
            gaps.push(pages.len());
        }
        expected = sequence.map(|sequence| sequence.wrapping_add(1));
        (at, whole) = (page.end, true);
        pages.push(page);
    }
    (pages, gaps)
}

/// The page at `start`, if it is whole and as it was written.
fn page_at(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let header = bytes.get(start..start + HEADER_BYTES)?;
    let segments = bytes.get(start + HEADER_BYTES..)?.get(..usize::from(header[26]))?;
    let length = segments.iter().map(|length| usize::from(*length)).sum::<usize>();
    let page = start..start + HEADER_BYTES + segments.len() + length;
    let whole = bytes.get(page.clone())?;
    (u32_at(whole, CHECKSUM, false) == Some(checksum(whole))).then_some(page)
}

/// The checksum of a page, in which its own place counts as zeros: the usual one of 32 bits, but for its bits, which come the other
/// way round, and for what it begins with and is changed by at the end, which is nothing. A file may claim a page at every few bytes.
fn checksum(page: &[u8]) -> u32 {
    let mut mirrored: Vec<u8> = page.iter().map(|byte| byte.reverse_bits()).collect();
    mirrored[CHECKSUM..CHECKSUM + 4].fill(0);
    let mut hasher = crc32fast::Hasher::new_with_initial(u32::MAX);
    hasher.update(&mirrored);
    (!hasher.finalize()).reverse_bits()
}
