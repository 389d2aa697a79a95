//! FLAC files with other things behind them: noise, or another file.

use symphonia::core::checksum::{Crc8Ccitt, Crc16Ansi};
use symphonia::core::io::Monitor;

/// What a file begins with, and the header of the block that has to follow: its last or not, a description of 34 bytes.
const MAGIC: &[u8] = b"fLaC";
const DESCRIPTION: [[u8; 4]; 2] = [[0x00, 0, 0, 34], [0x80, 0, 0, 34]];
/// Bytes of the longest frame: 65 535 samples of 8 channels in 32 bits, and what is around them.
const MOST_FRAME_BYTES: usize = 1 << 22;
/// Places that look like the last frame of a file, of which the first that is one is taken.
const MOST_CANDIDATES: usize = 16;

/// Whether the bytes are those of a FLAC file.
pub(super) fn is_flac(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// The files that `bytes` hold one after the other, each without what follows its last frame: a reader that finds neither another
/// frame nor the end there does not believe in that frame.
pub(super) fn parts(bytes: &[u8]) -> Vec<Vec<u8>> {
    let begins = |at: &usize| {
        let (magic, rest) = bytes[*at..].split_at(MAGIC.len());
        magic == MAGIC && DESCRIPTION.iter().any(|description| rest.starts_with(description))
    };
    let mut starts: Vec<usize> = (1..bytes.len().saturating_sub(MAGIC.len())).filter(begins).collect();
    starts.insert(0, 0);
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().zip(ends).map(|(start, end)| whole(&bytes[*start..end]).to_vec()).collect()
}

/// `bytes` up to the end of the last frame.
fn whole(bytes: &[u8]) -> &[u8] {
    let candidates = (0..bytes.len()).rev().filter(|at| is_frame(&bytes[*at..])).take(MOST_CANDIDATES);
    let end = candidates.filter_map(|at| Some(at + frame_bytes(&bytes[at..])?)).next();
    &bytes[..end.unwrap_or(bytes.len())]
}

/// Whether `bytes` begin with the header of a frame, to go by its checksum.
fn is_frame(bytes: &[u8]) -> bool {
    let Some([0xff, 0xf8 | 0xf9, sizes, format]) = bytes.first_chunk() else { return false };
    // The number of the frame, or of its first sample, is written like a character of UTF-8, of up to seven bytes.
    let number = match bytes.get(4).map_or(1, |first| first.leading_ones()) {
        0 => 1,
        ones @ 2..=7 => ones as usize,
        _ => return false,
    };
    let block = [6, 7].iter().position(|code| *code == sizes >> 4).map_or(0, |index| index + 1);
    let rate = match sizes & 15 {
        12 => 1,
        13 | 14 => 2,
        15 => return false,
        _ => 0,
    };
    let length = 4 + number + block + rate;
    let Some(checksum) = bytes.get(length).filter(|_| format & 1 == 0 && sizes >> 4 != 0) else { return false };
    let mut crc = Crc8Ccitt::new(0);
    crc.process_buf_bytes(&bytes[..length]);
    crc.crc() == *checksum
}

/// The length of the frame that `bytes` begin with: a checksum ends it, after which the checksum of all is nothing. By chance that
/// is so before its end too, seldom after it, and whoever decodes it looks at nothing there: so the last such place is taken.
fn frame_bytes(bytes: &[u8]) -> Option<usize> {
    let mut crc = Crc16Ansi::new(0);
    let sums = bytes.iter().take(MOST_FRAME_BYTES).map(|byte| {
        crc.process_byte(*byte);
        crc.crc()
    });
    sums.enumerate().filter(|(_, sum)| *sum == 0).last().map(|(index, _)| index + 1)
}
