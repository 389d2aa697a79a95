//! The edit list of an MPEG-4 file (ISO 14496-12, 8.6.6): what of its sound is meant to be heard, and when. Encoders of AAC put
//! their priming before it.

use std::ops::Range;

use super::words::{u32_at, u64_at};

/// Most entries of a list, and most seconds of silence in one.
const MOST_ENTRIES: usize = 1024;
const MOST_SILENCE_S: f64 = 600.0;

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
        if bytes.get(4..8) != Some(b"ftyp") {
            return None;
        }
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
            let length = (seconds * f64::from(rate_hz)).round() as usize;
            let Some(from) = from else {
                heard.resize(heard.len() + length, 0.0);
                continue;
            };
            let start = (*from as f64 * f64::from(rate_hz) / f64::from(self.media_scale)).round() as usize;
            let rest = samples.get(start..).unwrap_or_default();
            // No length is all that there is.
            let length = if length == 0 { rest.len() } else { length.min(rest.len()) };
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
