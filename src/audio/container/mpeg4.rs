//! MPEG-4 files (ISO 14496-12): atoms that are cut short, and the edit list (8.6.6): what of the sound is meant to be heard, and
//! when. Encoders of AAC put their priming before it.

use std::ops::Range;
use std::path::Path;

use super::words::{find, u32_at, u64_at};
use crate::{Error, Result};

/// Most entries of a list, and most seconds of silence in one.
const MOST_ENTRIES: usize = 1024;
const MOST_SILENCE_S: f64 = 600.0;
/// Most sample frames that a list makes of none: a list can play the same sound a thousand times.
const MOST_MADE: usize = 30_000_000;

/// Whether the bytes are those of an MPEG-4 file.
pub(super) fn is_mpeg4(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp")
}

/// The file with lengths that are true: where the sound ends before the file says, and where something of it is missing before the
/// index.
///
/// # Errors
/// Where the index is missing, without which nothing can be found.
pub(super) fn mended(path: &Path, mut bytes: Vec<u8>, tell: &mut dyn FnMut(String)) -> Result<Vec<u8>> {
    let (mut at, mut last, mut indexed) = (0, 0, false);
    while let (Some(size), Some(name)) = (u32_at(&bytes, at, true), bytes.get(at + 4..at + 8)) {
        indexed |= name == b"moov";
        let size = match size {
            0 => bytes.len() - at,
            1 => u64_at(&bytes, at + 8, true)
                .map_or(usize::MAX, |size| usize::try_from(size).unwrap_or(usize::MAX)),
            size => size as usize,
        };
        last = at;
        at = at.saturating_add(size.max(8));
        // An atom's name is letters.
        let is_atom =
            bytes.get(at + 4..at + 8).is_none_or(|name| name.iter().all(|byte| (0x20..0x7f).contains(byte)));
        if at > bytes.len() || !is_atom {
            break;
        }
    }
    let index = find(&bytes, last + 8, b"moov").filter(|_| !indexed).map(|name| name - 4);
    let end = index.unwrap_or(bytes.len());
    if !indexed && index.is_none() {
        let expected = "one: it comes last in this file, which is cut short or unfinished";
        return Err(Error::invalid(path.display(), "moov", "no such atom", expected));
    }
    if at > end || index.is_some() {
        let what = if index.is_some() { "something is missing before its index" } else { "cut short" };
        tell(format!("{what}: {} bytes of sound are there", end - last));
        // The size of 4 bytes, or the one of 8 after the name.
        let is_long = u32_at(&bytes, last, true) == Some(1);
        let (place, size) = if is_long { (last + 8, (end - last) as u64) } else { (last, (end - last) as u64) };
        match is_long {
            true => bytes[place..place + 8].copy_from_slice(&size.to_be_bytes()),
            false => bytes[place..place + 4].copy_from_slice(&(size as u32).to_be_bytes()),
        }
    }
    Ok(bytes)
}

/// An edit list.
#[derive(Debug, PartialEq)]
pub(in crate::audio) struct Edit {
    /// Ticks per second of a track's own time.
    media_scale: u32,
    /// How long, in seconds, and from which tick of the track on; silence where there is none.
    entries: Vec<(f64, Option<u64>)>,
}

impl Edit {
    /// That of the first track of sound in the file `bytes`, if there is one.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let movie = atom(bytes, 0..bytes.len(), b"moov")?;
        let movie_scale = time_scale(bytes, atom(bytes, movie.clone(), b"mvhd")?)?;
        let tracks = atoms(bytes, movie).filter(|(name, _)| name == b"trak");
        let (track, media) = tracks
            .filter_map(|(_, track)| Some((track.clone(), atom(bytes, track, b"mdia")?)))
            .find(|(_, media)| {
                let handler = atom(bytes, media.clone(), b"hdlr");
                handler.is_some_and(|handler| bytes.get(handler.start + 8..handler.start + 12) == Some(b"soun"))
            })?;
        let media_scale = time_scale(bytes, atom(bytes, media, b"mdhd")?)?;
        let list = atom(bytes, atom(bytes, track, b"edts")?, b"elst")?;
        let (long, count) = (bytes.get(list.start)? == &1, u32_at(bytes, list.start + 4, true)? as usize);
        let entry = |index: usize| {
            let at = list.start + 8 + index * if long { 20 } else { 12 };
            let (length, from) = if long {
                (u64_at(bytes, at, true)?, u64_at(bytes, at + 8, true)?.cast_signed())
            } else {
                (u32_at(bytes, at, true)?.into(), u32_at(bytes, at + 4, true)?.cast_signed().into())
            };
            Some((length as f64 / f64::from(movie_scale), u64::try_from(from).ok()))
        };
        let entries: Option<Vec<_>> = (0..count.min(MOST_ENTRIES)).map(entry).collect();
        let silence: f64 = entries.iter().flatten().filter(|(_, from)| from.is_none()).map(|(s, _)| s).sum();
        entries
            .filter(|entries| !entries.is_empty() && silence <= MOST_SILENCE_S)
            .map(|entries| Self { media_scale, entries })
    }

    /// What of `samples` at `rate_hz` is heard.
    pub(in crate::audio) fn apply(&self, samples: &[f32], rate_hz: u32) -> Vec<f32> {
        let mut heard = Vec::with_capacity(samples.len());
        for (seconds, from) in &self.entries {
            let room = samples.len() + MOST_MADE - heard.len();
            let length = ((seconds * f64::from(rate_hz)).round() as usize).min(room);
            let Some(from) = from else {
                heard.resize(heard.len() + length, 0.0);
                continue;
            };
            let start = (*from as f64 * f64::from(rate_hz) / f64::from(self.media_scale)).round() as usize;
            let rest = samples.get(start..).unwrap_or_default();
            // No length is all that there is.
            let length = if *seconds == 0.0 { rest.len().min(room) } else { length.min(rest.len()) };
            heard.extend_from_slice(&rest[..length]);
        }
        heard
    }
}

/// The atoms in `within`: their names, and where their contents lie.
fn atoms(bytes: &[u8], within: Range<usize>) -> impl Iterator<Item = ([u8; 4], Range<usize>)> + '_ {
    let mut at = within.start;
    std::iter::from_fn(move || {
        let (size, name) = (u32_at(bytes, at, true)?, *bytes.get(at + 4..)?.first_chunk()?);
        let (header, size) = match size {
            0 => (8, within.end.checked_sub(at)?),
            1 => (16, usize::try_from(u64_at(bytes, at + 8, true)?).ok()?),
            size => (8, size as usize),
        };
        let (start, end) = (at + header, at.checked_add(size)?.min(within.end));
        at = end;
        (start <= end).then_some((name, start..end))
    })
}

fn atom(bytes: &[u8], within: Range<usize>, name: &[u8; 4]) -> Option<Range<usize>> {
    atoms(bytes, within).find(|(found, _)| found == name).map(|(_, contents)| contents)
}

/// Ticks per second, of a header atom.
fn time_scale(bytes: &[u8], header: Range<usize>) -> Option<u32> {
    let at = if bytes.get(header.start)? == &1 { 20 } else { 12 };
    u32_at(bytes, header.start + at, true).filter(|scale| *scale > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_plays_a_sound_a_thousand_times_is_no_bomb() {
        let sound = [0.5; 1000];
        for from in [None, Some(0)] {
            let edit = Edit { media_scale: 48_000, entries: vec![(600.0, from); MOST_ENTRIES] };
            assert!(edit.apply(&sound, 48_000).len() <= sound.len() + MOST_MADE);
        }
    }
}
