//! Tags that players and rippers put around files of any kind.

use super::words::u32_at;

/// An ID3v1 tag: the last bytes of a file.
const ID3V1_BYTES: usize = 128;
/// The header, and the footer, of an ID3v2 tag.
const ID3V2_BYTES: usize = 10;
/// The footer of an APE tag.
const APE_BYTES: usize = 32;

/// `bytes` without the tags before and after them.
pub(super) fn without(mut bytes: Vec<u8>) -> Vec<u8> {
    while let Some(end) = end_before_tag(&bytes) {
        bytes.truncate(end);
    }
    let mut start = 0;
    while let Some(length) = id3v2_bytes(&bytes[start..]).filter(|length| start + length < bytes.len()) {
        start += length;
    }
    bytes.drain(..start);
    bytes
}

/// Where a tag at the end of `bytes` begins.
fn end_before_tag(bytes: &[u8]) -> Option<usize> {
    let id3v1 = bytes.len().checked_sub(ID3V1_BYTES).filter(|at| bytes[*at..].starts_with(b"TAG"));
    let ape = || {
        let footer = bytes.len().checked_sub(APE_BYTES).filter(|at| bytes[*at..].starts_with(b"APETAGEX"))?;
        // The size counts the footer; the highest flag says that there is a header too.
        let size = u32_at(bytes, footer + 12, false)? as usize;
        let header = if u32_at(bytes, footer + 20, false)? >> 31 == 1 { APE_BYTES } else { 0 };
        bytes.len().checked_sub(size.checked_add(header)?).filter(|_| size >= APE_BYTES)
    };
    id3v1.or_else(ape).filter(|end| *end > 0)
}

/// The length of an ID3v2 tag that `bytes` begin with.
fn id3v2_bytes(bytes: &[u8]) -> Option<usize> {
    let header: &[u8; ID3V2_BYTES] = bytes.first_chunk()?;
    let (size, footer) = (&header[6..], header[5] & 0x10 != 0);
    let is_tag = header.starts_with(b"ID3") && size.iter().all(|byte| *byte < 0x80);
    let size = size.iter().fold(0, |size, byte| size << 7 | usize::from(*byte));
    is_tag.then_some(ID3V2_BYTES + size + if footer { ID3V2_BYTES } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_before_and_after_go() {
        let sound = b"fLaC and so on".to_vec();
        let mut tagged = [&b"ID3\x04\0\0\0\0\x01\x02"[..], &[7; 130], &sound].concat();
        tagged.extend_from_slice(b"an item, 12b");
        tagged.extend_from_slice(b"APETAGEX\xd0\x07\0\0\x2c\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        tagged.extend_from_slice(b"TAG");
        tagged.resize(tagged.len() + ID3V1_BYTES - 3, 0);
        assert_eq!(without(tagged), sound);
        assert_eq!(without(sound.clone()), sound);
        for broken in [&b"TAG"[..], b"ID3", b"ID3\x04\0\0\x7f\x7f\x7f\x7f", b"APETAGEX"] {
            assert_eq!(without(broken.to_vec()), broken);
        }
    }
}
