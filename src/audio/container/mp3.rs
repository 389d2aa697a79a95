//! MP3 files with damaged places, which a decoder's reader would pass over: whatever follows them would come early.

use std::path::Path;

use super::words::u32_at;
use crate::{Error, Result};

/// Bytes before the first frame that may be anything.
const MOST_JUNK: usize = 1 << 16;
/// kbit/s of layer III by index: of MPEG-1, and of MPEG-2 and 2.5.
const BIT_RATES: [[usize; 16]; 2] = [
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0],
];
/// Hz by index, of MPEG-1.
const RATES: [usize; 4] = [44_100, 48_000, 32_000, 0];

/// What all frames of a file have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Format {
    rate_hz: usize,
    channels: usize,
}

/// A frame's header.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Frame {
    format: Format,
    bytes: usize,
    samples: usize,
}

impl Frame {
    /// The frame of layer III whose header lies at `at`.
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let &[first, second, third, fourth] = bytes.get(at..)?.first_chunk()?;
        let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
        if first != 0xff || second >> 5 != 7 || version == 1 || layer != 1 || fourth & 3 == 2 {
            return None;
        }
        let newer = usize::from(version != 3);
        let bit_rate = BIT_RATES[newer][usize::from(third >> 4)];
        let rate_hz = RATES[usize::from(third >> 2 & 3)] >> [2, 0, 1, 0][usize::from(version)];
        if bit_rate == 0 || rate_hz == 0 {
            return None;
        }
        let (samples, padding) = (1152 >> newer, usize::from(third >> 1 & 1));
        let channels = if fourth >> 6 == 3 { 1 } else { 2 };
        let bytes = samples / 8 * bit_rate * 1000 / rate_hz + padding;
        Some(Self { format: Format { rate_hz, channels }, bytes, samples })
    }

    /// The same, where another of its format follows, or nothing.
    fn confirmed_at(bytes: &[u8], at: usize) -> Option<Self> {
        let frame = Self::at(bytes, at)?;
        let next = at + frame.bytes;
        let follows =
            next == bytes.len() || Self::at(bytes, next).is_some_and(|next| next.format == frame.format);
        follows.then_some(frame)
    }
}

/// The first frame of an MP3 file, and where it begins; none where it is something else.
fn first_frame(bytes: &[u8]) -> Option<(usize, Frame)> {
    let most = if bytes.starts_with(b"fLaC") { 0 } else { bytes.len().min(MOST_JUNK) };
    (0..most).find_map(|at| Some((at, Frame::confirmed_at(bytes, at)?)))
}

/// An MP3 file's frames, one after another, and for what is damaged as many silent ones; another file as it is.
///
/// # Errors
/// Where rate or channels change on the way.
pub(super) fn mended(path: &Path, bytes: Vec<u8>, tell: &mut dyn FnMut(String)) -> Result<Vec<u8>> {
    let Some((first, Frame { format, samples, .. })) = first_frame(&bytes) else { return Ok(bytes) };
    let (mut mended, mut at, mut frames) = (Vec::with_capacity(bytes.len()), first, 0);
    // Where the shortest frame lies: silent ones like it take no more room than what they stand for.
    let mut shortest = first..first;
    while at < bytes.len() {
        let seconds = (frames * samples) as f64 / format.rate_hz as f64;
        if let Some(frame) = Frame::at(&bytes, at).filter(|frame| frame.format == format) {
            if at + frame.bytes > bytes.len() {
                tell(format!("cut short in its last frame, {seconds:.2} s after its start"));
                break;
            }
            let whole = at..at + frame.bytes;
            if shortest.is_empty() || whole.len() < shortest.len() {
                shortest = whole.clone();
            }
            mended.extend_from_slice(&bytes[whole.clone()]);
            (at, frames) = (whole.end, frames + 1);
            continue;
        }
        let next = (at..bytes.len()).find_map(|at| Some((at, Frame::confirmed_at(&bytes, at)?)));
        let Some((next, frame)) = next else {
            tell(format!(
                "ends in {} bytes that are no sound, {seconds:.2} s after its start",
                bytes.len() - at
            ));
            break;
        };
        if frame.format != format {
            let say = |Format { rate_hz, channels }| format!("{rate_hz} Hz and {channels} channels");
            let found = format!("{} from {seconds:.2} s on", say(frame.format));
            return Err(Error::invalid(path.display(), "format", found, format!("{} as before", say(format))));
        }
        // As many as would have had room there, by the mean of those before.
        let mean = mended.len() as f64 / f64::from(frames as u32).max(1.0);
        let lost = ((next - at) as f64 / mean).round() as usize;
        if lost > 0 {
            tell(format!("damaged {seconds:.2} s after its start: {lost} frames are silent"));
        }
        for _ in 0..lost {
            mended.extend_from_slice(&bytes[shortest.start..shortest.start + 4]);
            let start = mended.len() - 3;
            // Without a checksum; all zeros is a frame in which nothing sounds.
            mended[start] |= 1;
            mended.resize(mended.len() + shortest.len() - 4, 0);
        }
        (at, frames) = (next, frames + lost);
    }
    count(&mut mended, frames);
    Ok(mended)
}

/// Where the first frame says how many follow it, and more do (files that were put together), makes it say so.
fn count(bytes: &mut [u8], frames: usize) {
    let Some(&[_, second, _, fourth]) = bytes.first_chunk() else { return };
    let (oldest, mono) = (second >> 3 & 3 == 3, fourth >> 6 == 3);
    let side_bytes = match (oldest, mono) {
        (true, false) => 32,
        (true, true) | (false, false) => 17,
        (false, true) => 9,
    };
    let at = 4 + side_bytes;
    let (name, flags) = (bytes.get(at..at + 4), u32_at(bytes, at + 4, true).unwrap_or(0));
    if !matches!(name, Some(b"Xing" | b"Info")) || flags & 1 == 0 {
        return;
    }
    let (others, said) = (frames.saturating_sub(1) as u32, u32_at(bytes, at + 8, true));
    if said.is_none_or(|said| said >= others) {
        return;
    }
    bytes[at + 8..at + 12].copy_from_slice(&others.to_be_bytes());
    // Numbers of 4 bytes for frames, bytes and quality, a table of 100; and of LAME's own 36 bytes the last two are a checksum,
    // which may be left out.
    let fields: usize =
        [4, 4, 100, 4].into_iter().enumerate().map(|(bit, bytes)| (flags as usize >> bit & 1) * bytes).sum();
    if let Some(checksum) = bytes.get_mut(at + 8 + fields + 34..at + 8 + fields + 36) {
        checksum.fill(0);
    }
}
