//! Audio to train on, as crops: each a pure function of the data set's seed and the crop's number.

mod additive;
mod augment;
mod biquad;
mod cache;
mod config;
mod draws;
mod files;
mod folder;
mod inventory;
mod preparation;
mod recording;
mod run_folders;

pub use additive::{AdditiveGenerator, Envelope, Kind, Resonance, Tone};
pub use config::{AugmentConfig, DataConfig, Source};
pub use draws::Draws;
pub use folder::Split;

use std::path::PathBuf;
use std::sync::Arc;

use super::observer::Observer;
use crate::{Error, Result};
use augment::Alteration;
use cache::Cache;
use folder::FolderSet;

/// A stretch of audio to learn from.
#[derive(Clone, Debug, PartialEq)]
pub struct Crop {
    /// The samples, in [−1, 1].
    pub audio: Vec<f32>,
    /// Its class among the configured ones, where there are any and the network is to know it.
    pub class: Option<usize>,
}

/// Audio at one rate, mono, from which crops are drawn.
pub struct DataSet {
    config: DataConfig,
    folder: Option<FolderSet>,
    /// The kinds of generated sounds that there are, one for each class where there are some; none for scenes of all.
    kinds: Vec<Kind>,
    additive: AdditiveGenerator,
    rate_hz: u32,
}

impl DataSet {
    /// Opens the data that `config` tells of, resampled to `rate_hz`. Every file of a folder is decoded once and
    /// then read from the cache, a file per recording, crop by crop: the set may be larger than memory.
    ///
    /// The observer is told in one line of each file that is skipped, because it cannot be read, is silent, or has a rate far
    /// below `rate_hz` where that is full-band; how many of how many files are there; and in the end, in one line, how much there
    /// is and what was left out.
    ///
    /// # Errors
    /// A folder that cannot be read or holds no audio, of a class where there are any; a cache that cannot be written; or the
    /// observer wants to stop.
    pub fn open(config: &DataConfig, rate_hz: u32, observer: &mut dyn Observer) -> Result<Self> {
        let folder = match &config.source {
            Source::Additive => None,
            Source::Folder(folder) => {
                let missing = || Error::invalid("data", "cache", "none", "a folder for resampled audio");
                let place: &PathBuf = config.cache.as_ref().ok_or_else(missing)?;
                let cache = Arc::new(Cache::open(place, rate_hz)?);
                Some(FolderSet::open(folder, &cache, config, observer)?)
            }
        };
        let kinds = match folder {
            Some(_) => Vec::new(),
            None => config.classes.iter().chain(&config.kinds).filter_map(|name| Kind::named(name)).collect(),
        };
        Ok(Self { config: config.clone(), folder, kinds, additive: AdditiveGenerator::new(rate_hz), rate_hz })
    }

    /// Crop `index` of `split`, `samples` samples long.
    ///
    /// The same seed, split, index and length give the same crop, so that the number of the next one is all that a
    /// resumed training has to know. A crop of a recording that is shorter has silence around it.
    ///
    /// # Errors
    /// Where the cache was deleted or cannot be read.
    ///
    /// # Panics
    /// Where the split is empty: see [`DataSet::holds`].
    pub fn crop(&self, split: Split, index: u64, samples: usize) -> Result<Crop> {
        let draws = &mut Draws::new(self.config.seed, split as u32, index);
        let alteration = match split {
            Split::Train => Alteration::draw(&self.config.augment, self.rate_hz, draws),
            Split::Validation => Alteration::none(),
        };
        let generated = split == Split::Train && draws.chance(self.config.additive_share);
        let (core, surroundings) = alteration.source_samples(samples);
        let whole = core + 2 * surroundings;
        let (source, class) = match &self.folder {
            Some(folder) if !generated => folder.cut(split, draws, core, surroundings)?,
            None if !self.kinds.is_empty() => {
                let class = draws.below(self.kinds.len() as u64) as usize;
                let sound = self.additive.sound_of(self.kinds[class], draws, whole);
                (sound, Some(class).filter(|class| *class < self.config.classes.len()))
            }
            _ => (self.additive.sound(draws, whole), None),
        };
        let told = split == Split::Validation || !draws.chance(self.config.label_dropout);
        Ok(Crop { audio: alteration.apply(source, samples), class: class.filter(|_| told) })
    }

    /// Whether there is anything in `split`: there is nothing to validate with where the configured share is 0.
    pub fn holds(&self, split: Split) -> bool {
        match &self.folder {
            Some(folder) => folder.samples(split) > 0,
            None => split == Split::Train || self.config.validation > 0.0,
        }
    }

    /// Seconds of audio in `split`; none where sounds are generated without end.
    pub fn seconds(&self, split: Split) -> Option<f64> {
        self.folder.as_ref().map(|folder| folder.samples(split) as f64 / f64::from(self.rate_hz))
    }

    /// The recordings in `split`, as paths within the folder. A single recording is in both: its end in validation.
    pub fn recordings(&self, split: Split) -> Vec<&str> {
        self.folder.as_ref().map_or(Vec::new(), |folder| folder.names(split).collect())
    }

    /// The sample rate.
    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }
}
