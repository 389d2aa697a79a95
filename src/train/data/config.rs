//! The audio to train on, as a configuration tells of it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::additive::Kind;
use crate::train::range::{span, within};
use crate::{Error, Result};

/// The audio to train on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// A folder whose audio files, in all its folders, are read; or `additive`: generated sounds.
    pub source: Source,
    /// The folder of resampled audio; by default `runs/cache` beside the model.
    #[serde(default)]
    pub cache: Option<PathBuf>,
    /// Folders within the source's that hold no recordings, such as those of trainings, which a training knows.
    #[serde(skip)]
    pub left_out: Vec<PathBuf>,
    /// The classes of sounds that the network is told apart by a label: names of folders within the source's, or of kinds
    /// of generated sounds (`toy`, `tone`, `pluck`, `burst`). None for a network without labels.
    #[serde(default)]
    pub classes: Vec<String>,
    /// The kinds of generated sounds that there are, where they are no classes: a crop is one of them. None for a scene of all.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// A folder with a file `CLASS.npy` for each class: the tokens that a network with an embedding is told of it,
    /// `[tokens, features]`, such as a text encoder's of its name.
    #[serde(default)]
    pub embeddings: Option<PathBuf>,
    /// Share of the training crops whose class the network is not told, so that it can be guided (Ho and Salimans 2022).
    #[serde(default)]
    pub label_dropout: f64,
    /// Share of the files kept for validation.
    #[serde(default = "DataConfig::default_validation")]
    pub validation: f64,
    /// Share of the training crops that are generated ones, beside those of a folder.
    #[serde(default)]
    pub additive_share: f64,
    /// Seed of the split, of the crops and of generated sounds.
    #[serde(default)]
    pub seed: u64,
    /// Changes made to every training crop.
    #[serde(default)]
    pub augment: AugmentConfig,
}

impl DataConfig {
    fn default_validation() -> f64 {
        0.05
    }

    /// The data of `source`, all else by default.
    pub fn new(source: Source) -> Self {
        let validation = Self::default_validation();
        let augment = AugmentConfig::default();
        let (classes, kinds, label_dropout) = (Vec::new(), Vec::new(), 0.0);
        let (cache, left_out, embeddings) = (None, Vec::new(), None);
        Self {
            source,
            cache,
            left_out,
            classes,
            kinds,
            embeddings,
            label_dropout,
            validation,
            additive_share: 0.0,
            seed: 0,
            augment,
        }
    }
}

/// Where the audio comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "PathBuf", into = "PathBuf")]
pub enum Source {
    /// Generated sounds; needs no files.
    Additive,
    /// A folder of audio files.
    Folder(PathBuf),
}

/// Random changes to training crops. Each range is `[least, most]`, drawn from evenly for every crop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AugmentConfig {
    /// Gain in decibels. It is lowered where a crop would exceed ±1.
    pub gain_db: [f64; 2],
    /// Transposition in semitones, by resampling.
    pub pitch_semitones: Option<[f64; 2]>,
    /// Gain in decibels of a shelf or bell at a random frequency.
    pub eq_db: Option<[f64; 2]>,
}

impl Default for AugmentConfig {
    fn default() -> Self {
        Self { gain_db: [-14.0, 4.0], pitch_semitones: None, eq_db: None }
    }
}

impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        if path == Path::new("additive") { Self::Additive } else { Self::Folder(path) }
    }
}

impl From<Source> for PathBuf {
    fn from(source: Source) -> Self {
        match source {
            Source::Additive => "additive".into(),
            Source::Folder(path) => path,
        }
    }
}

impl DataConfig {
    /// Refuses values that no data can be drawn with.
    ///
    /// # Errors
    /// Names `place` and the field.
    pub fn validate(&self, place: &str) -> Result<()> {
        within(place, "data.validation", self.validation, 0.0..=0.5)?;
        within(place, "data.additive_share", self.additive_share, 0.0..=1.0)?;
        within(place, "data.label_dropout", self.label_dropout, 0.0..=1.0)?;
        self.validate_classes(place)?;
        self.augment.validate(place)
    }

    fn validate_classes(&self, place: &str) -> Result<()> {
        let generated = self.source == Source::Additive;
        let known = |field: &str, names: &[String]| match names.iter().find(|name| Kind::named(name).is_none())
        {
            Some(name) => {
                let expected = format!("one of {}", Kind::NAMES.join(", "));
                Err(Error::invalid(place, field, format!("\"{name}\""), expected))
            }
            None => Ok(()),
        };
        let are_chosen = generated && self.classes.is_empty();
        if !(self.kinds.is_empty() || are_chosen) {
            let expected = "none, or data.source = \"additive\" without data.classes, which are kinds too";
            return Err(Error::invalid(place, "data.kinds", self.kinds.join(", "), expected));
        }
        known("data.kinds", &self.kinds)?;
        if generated {
            known("data.classes", &self.classes)?;
        }
        let refused = |name: &str, expected: String| {
            Err(Error::invalid(place, "data.classes", format!("\"{name}\""), expected))
        };
        for (index, name) in self.classes.iter().enumerate() {
            if name.is_empty() || name.contains(['/', '\\']) || self.classes[..index].contains(name) {
                return refused(name, "a folder of its own for every class".into());
            }
        }
        if self.label_dropout > 0.0 && self.classes.is_empty() {
            return Err(Error::invalid(
                place,
                "data.label_dropout",
                self.label_dropout,
                "0 without data.classes",
            ));
        }
        Ok(())
    }
}

impl AugmentConfig {
    fn validate(&self, place: &str) -> Result<()> {
        span(place, "data.augment.gain_db", self.gain_db, 60.0)?;
        if let Some(semitones) = self.pitch_semitones {
            span(place, "data.augment.pitch_semitones", semitones, 24.0)?;
        }
        self.eq_db.map_or(Ok(()), |decibels| span(place, "data.augment.eq_db", decibels, 24.0))
    }
}
