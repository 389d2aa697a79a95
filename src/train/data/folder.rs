//! A folder of audio files as a set of spans of cached audio.

use std::path::Path;
use std::sync::Arc;

use super::cache::{Cache, Cached, hash};
use super::config::DataConfig;
use super::draws::Draws;
use super::files::{AudioFile, EXTENSIONS, audio_files, class_folders};
use super::inventory::{Inventory, LeftOut};
use super::preparation::prepared;
use crate::train::observer::Observer;
use crate::{Error, Result};

/// What a crop is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// To learn from.
    Train = 0,
    /// To measure by: never learned from, never altered.
    Validation = 1,
}

/// A stretch of one recording.
#[derive(Clone, Debug)]
struct Span {
    /// Path within the folder, with `/` between its parts.
    name: String,
    /// The class that its folder is, where there are classes.
    class: Option<usize>,
    audio: Cached,
    start: u64,
    length: u64,
}

/// The audio of a folder, split in two.
pub(super) struct FolderSet {
    splits: [Spans; 2],
}

/// The spans of one split and where each begins when they are put end to end.
#[derive(Default)]
struct Spans {
    spans: Vec<Span>,
    starts: Vec<u64>,
    samples: u64,
}

impl FolderSet {
    /// Reads every audio file of `folder` through `cache`, of its classes' folders where `config` names some, and keeps a
    /// share of each class for validation. The observer is told of what is left out.
    ///
    /// # Errors
    /// Where nothing is left, the cache cannot be written, or the observer wants to stop.
    pub(super) fn open(
        folder: &Path,
        cache: &Arc<Cache>,
        config: &DataConfig,
        observer: &mut dyn Observer,
    ) -> Result<Self> {
        let mut inventory = Inventory::default();
        let files = audio_files(folder, config, &mut inventory, observer)?;
        let mut spans = Vec::with_capacity(files.len());
        for (file, audio) in files.iter().zip(prepared(&files, cache, observer)?) {
            match audio {
                Ok(audio) if audio.samples == 0 => {
                    observer.warned(&format!("{}: silent; the file is skipped", file.path.display()));
                    inventory.leave_out(LeftOut::Silent);
                }
                Ok(audio) => {
                    let (name, class) = (file.name.clone(), file.class);
                    spans.push(Span { name, class, start: 0, length: audio.samples, audio });
                }
                Err(error) => {
                    observer.warned(&format!("{error}; the file is skipped"));
                    inventory.leave_out(LeftOut::Unreadable);
                }
            }
        }
        let kept = spans.len();
        let set = Self { splits: split_by_class(folder, spans, config, &files, &inventory)?.map(Spans::new) };
        let seconds = set.splits.each_ref().map(|spans| spans.samples as f64 / f64::from(cache.rate_hz()));
        observer.informed(&format!("{}: {}", folder.display(), inventory.line(kept, seconds)));
        Ok(set)
    }

    /// Samples at the cache's rate.
    pub(super) fn samples(&self, split: Split) -> u64 {
        self.splits[split as usize].samples
    }

    /// The recordings' paths within the folder.
    pub(super) fn names(&self, split: Split) -> impl Iterator<Item = &str> {
        self.splits[split as usize].spans.iter().map(|span| span.name.as_str())
    }

    /// `core` samples from anywhere in one recording, with `surroundings` more on either side; zeros where the
    /// recording has none; and the recording's class. Every sample of the split is as likely as any other.
    pub(super) fn cut(
        &self,
        split: Split,
        draws: &mut Draws,
        core: usize,
        surroundings: usize,
    ) -> Result<(Vec<f32>, Option<usize>)> {
        let spans = &self.splits[split as usize];
        let at = draws.below(spans.samples);
        let span = &spans.spans[spans.starts.partition_point(|start| *start <= at) - 1];
        let room = span.length as i64 - core as i64;
        // A recording that is shorter than the crop lies anywhere within it.
        let start = draws.below(room.unsigned_abs() + 1) as i64 * room.signum();
        Ok((span.read(start - surroundings as i64, core + 2 * surroundings)?, span.class))
    }
}

impl Span {
    /// `length` samples from `start`, which may lie outside of the span, where all is silent.
    fn read(&self, start: i64, length: usize) -> Result<Vec<f32>> {
        let first = start.clamp(0, self.length as i64);
        let last = (start + length as i64).clamp(0, self.length as i64);
        let mut samples = vec![0.0; length];
        let found = self.audio.read(self.start + first as u64, (last - first) as usize)?;
        let before = ((first - start) as usize).min(length);
        samples[before..before + found.len()].copy_from_slice(&found);
        Ok(samples)
    }
}

impl Spans {
    fn new(spans: Vec<Span>) -> Self {
        let mut samples = 0;
        let mut starts = Vec::with_capacity(spans.len());
        for span in &spans {
            starts.push(samples);
            samples += span.length;
        }
        Self { spans, starts, samples }
    }
}

/// The spans of training and of validation, of each class its share.
///
/// # Errors
/// Where there is nothing of a class, or nothing at all: says what was found instead.
fn split_by_class(
    folder: &Path,
    mut spans: Vec<Span>,
    config: &DataConfig,
    files: &[AudioFile],
    inventory: &Inventory,
) -> Result<[Vec<Span>; 2]> {
    let mut splits = [Vec::new(), Vec::new()];
    for (class, folder) in class_folders(folder, &config.classes) {
        let (these, others) = spans.into_iter().partition(|span: &Span| span.class == class);
        spans = others;
        if these.is_empty() {
            let found = match files.iter().filter(|file| file.class == class).count() {
                0 => "no audio file".into(),
                count => format!("none to learn from among {count} audio files"),
            };
            let left_out = inventory.left_out().map_or(String::new(), |left_out| format!(" ({left_out})"));
            let expected = format!("files in .{}", EXTENSIONS.join(", ."));
            return Err(Error::invalid(folder.display(), "audio", found + &left_out, expected));
        }
        let halves = split(these, config.validation, config.seed);
        splits.iter_mut().zip(halves).for_each(|(all, half)| all.extend(half));
    }
    Ok(splits)
}

/// Training and validation: by file, as a hash of its name and the seed says, so that a file stays where it is when
/// others come or go. Of a single file, the end is for validation.
fn split(spans: Vec<Span>, share: f64, seed: u64) -> [Vec<Span>; 2] {
    if share == 0.0 {
        return [spans, Vec::new()];
    }
    if let [only] = spans.as_slice() {
        let cut = ((only.length as f64 * (1.0 - share)) as u64).max(1);
        let end = Span { start: cut, length: only.length - cut, ..only.clone() };
        return [vec![Span { length: cut, ..only.clone() }], vec![end]];
    }
    let rank = |span: &Span| hash(format!("{seed}/{}", span.name).as_bytes());
    let (least, most) = (spans.iter().map(rank).min(), spans.iter().map(rank).max());
    let limit = (share * u64::MAX as f64) as u64;
    // Neither half may be empty, whatever the hashes are.
    let held = |span: &Span| Some(rank(span)) == least || (rank(span) < limit && Some(rank(span)) != most);
    let (validation, training) = spans.into_iter().partition(held);
    [training, validation]
}
