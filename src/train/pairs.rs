//! What a network learns from: crops with their mel frames, noised to random levels.

use super::batch::Batch;
use super::config::TrainingConfig;
use super::data::{Crop, DataSet, Draws, Split};
use super::levels::{Level, Levels};
use crate::Result;
use crate::diffusion::Noise;
use crate::domain::{Prior, SpectralFilter};
use crate::mel::{Mel, mel_of};
use crate::model::ModelHeader;
use crate::network::DiffWaveConfig;

/// The stream of [`Draws`] that levels come from; the data's own are 0 and 1.
const LEVELS: u32 = 2;
/// Largest value of a whitened signal, whose standard deviation is a quarter.
const WHITENED_PEAK: f32 = 4.0;

/// A stretch of audio as a network sees it.
#[derive(Clone, Debug, Default)]
pub struct Excerpt {
    /// The audio, `[frames · hop]`.
    pub audio: Vec<f32>,
    /// The signal in the network's own domain, `[frames · hop]`: the audio, or what is left of it without its
    /// spectral envelope.
    pub signal: Vec<f32>,
    /// Its mel frames; none without a conditioner.
    pub mel: Mel,
    /// Its class, where it has one that the network is to know.
    pub class: Option<usize>,
}

/// Draws crops for training. Everything about crop `number` is a pure function of the configuration and `number`:
/// a resumed training needs to know no more than where it stood.
pub struct Pairs {
    data: DataSet,
    header: ModelHeader,
    /// The filter of a model with a spectral prior: its tables and transforms, of which every crop takes a copy.
    filter: Option<SpectralFilter>,
    config: TrainingConfig,
    levels: Levels,
}

impl Pairs {
    /// Crops of `data` for the model that `header` describes, noised to `levels`.
    pub fn new(data: DataSet, header: ModelHeader, levels: Levels, config: TrainingConfig) -> Self {
        Self { filter: header.filter(), data, header, config, levels }
    }

    /// The data.
    pub fn data(&self) -> &DataSet {
        &self.data
    }

    /// The crops `numbers` of `split`, each noised to a level of its own.
    ///
    /// # Errors
    /// Where the data cannot be read.
    pub fn batch(&self, split: Split, numbers: std::ops::Range<u64>) -> Result<Batch> {
        let samples = self.config.crop_frames * DiffWaveConfig::HOP;
        let mut batch = Batch { samples, ..Batch::default() };
        let noise = Noise::new(self.config.seed);
        for number in numbers {
            let Excerpt { signal, mel, class, .. } = self.excerpt(split, number, self.config.crop_frames)?;
            let std = self.std(&mel, samples);
            let Level { signal_scale, step } = self.level(split, number);
            let noise_scale = (1.0 - signal_scale * signal_scale).sqrt() as f32;
            let start = batch.noise.len();
            batch.noise.resize(start + samples, 0.0);
            noise.fill(0, split as u16, number.wrapping_mul(samples as u64), &mut batch.noise[start..]);
            batch.signal.extend(signal);
            batch.noise_scale.extend(std.iter().map(|std| noise_scale * std));
            batch.signal_scale.push(signal_scale as f32);
            batch.levels.push(step as f32);
            batch.labels.extend((self.header.network.classes() > 0).then_some(class));
            batch.mels.extend(self.header.dialect.is_some().then_some(mel));
        }
        Ok(batch)
    }

    /// Crop `number` of `split`, `frames` long.
    ///
    /// It is cut from a longer one, so that its first and last frames see their real neighbours.
    ///
    /// # Errors
    /// Where the data cannot be read.
    pub fn excerpt(&self, split: Split, number: u64, frames: usize) -> Result<Excerpt> {
        let hop = DiffWaveConfig::HOP;
        let Some(dialect) = &self.header.dialect else {
            let Crop { audio, class } = self.data.crop(split, number, frames * hop)?;
            return Ok(Excerpt { signal: audio.clone(), audio, class, ..Excerpt::default() });
        };
        let margin = dialect.pad_samples().div_ceil(hop) + self.header.encoder_frames();
        let Crop { audio: whole, class } = self.data.crop(split, number, (frames + 2 * margin) * hop)?;
        let mel = mel_of(&whole, dialect)?;
        let inner = |samples: &[f32]| samples[margin * hop..(margin + frames) * hop].to_vec();
        let (audio, mut signal) = (inner(&whole), whole);
        if let Some(filter) = &self.filter {
            filter.clone().whiten(&mel, &mut signal);
            // Where a frame's envelope misses a transient, the inverse makes a peak that no network should follow.
            signal.iter_mut().for_each(|value| *value = value.clamp(-WHITENED_PEAK, WHITENED_PEAK));
        }
        Ok(Excerpt { audio, signal: inner(&signal), mel: mel.slice(margin..margin + frames), class })
    }

    /// Standard deviation of the noise, `[samples]`.
    fn std(&self, mel: &Mel, samples: usize) -> Vec<f32> {
        match (&self.header.prior, &self.header.dialect) {
            (Some(Prior::Energy(prior)), Some(dialect)) => prior.std(mel, dialect),
            _ => vec![1.0; samples],
        }
    }

    /// The level that crop `number` is noised to.
    ///
    /// Antithetic crops come in pairs u, 1 − u, which evens out what a batch sees (as in variational diffusion
    /// models, Kingma et al. 2021, appendix I.1).
    fn level(&self, split: Split, number: u64) -> Level {
        let (pair, mirrored) = match self.config.antithetic {
            true => (number / 2, number % 2 == 1),
            false => (number, false),
        };
        self.levels.draw(&mut Draws::new(self.config.seed, LEVELS + split as u32, pair), mirrored)
    }
}
