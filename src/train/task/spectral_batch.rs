//! Crops as BandWave learns from them: whitened spectra, noised, and all that the network is told.

use std::f32::consts::FRAC_PI_2;
use std::ops::Range;
use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use crate::Result;
use crate::diffusion::Noise;
use crate::domain::Stft;
use crate::mel::Dialect;
use crate::network::BandWaveConfig;
use crate::network::bandwave::Conditioning;
use crate::network::bandwave::burn::Inputs;
use crate::train::config::TrainingConfig;
use crate::train::data::{Draws, Split};
use crate::train::loss::Spectra;
use crate::train::pairs::{Excerpt, Pairs};

/// The stream of [`Draws`] that a crop's angle and look-ahead come from, and that of what a batch has in common.
const CROPS: u32 = 2;
const BATCHES: u32 = 4;
/// Mel frames ahead that a crop may be told, each as often as any other.
const LOOK_AHEAD: [usize; 4] = [0, 1, 2, 4];
/// Most that a bin's error counts, relative to the mean.
const MOST_WEIGHT: f32 = 20.0;
/// A peak below which a crop is silent, and a mean square of x from which it is none that the envelope describes: neither is
/// learned from.
const SILENT: f32 = 1e-3;
const MOST_SQUARE: f32 = 10.0;
/// Frames at each end whose errors do not count: their neighbours are missing.
const EDGE_FRAMES: usize = 4;

/// What a network learns from crops of one batch. Rows lie crop after crop.
pub struct SpectralBatch {
    /// How many of the crops, the first ones, are listened to: of a training's batch the first quarter, else all.
    pub heard: usize,
    /// By what the mean over those is multiplied, so that over all parts of a batch it becomes the mean of all that are
    /// listened to.
    pub share: f64,
    /// The clean spectra, `[crops, frames, 2 · bins]`.
    pub x0: Tensor<3>,
    /// The same, noised to `angles`.
    pub x: Tensor<3>,
    /// φ of every crop.
    pub angles: Vec<f32>,
    /// What the network is told.
    pub inputs: Inputs,
    /// What the spectra are whitened by and held to.
    pub spectra: Spectra,
    /// What each error counts, edges and crops that are not learned from left out, `[crops, frames, 2 · bins]`.
    pub weights: Tensor<3>,
    /// The audio of the crops that are listened to, `[heard, samples]`.
    pub audio: Tensor<2>,
    /// What the batch has in common: the draws of its own sampling.
    pub draws: Draws,
}

/// Makes batches of crops.
pub struct SpectralBatches {
    pairs: Arc<Pairs>,
    network: BandWaveConfig,
    /// Of these every crop takes a copy.
    conditioning: Conditioning,
    stft: Stft,
    config: TrainingConfig,
    device: Device,
}

/// The values of a batch's crops so far.
#[derive(Default)]
struct Values {
    x0: Vec<f32>,
    noised: Vec<f32>,
    log_envelopes: Vec<f32>,
    rows: Vec<f32>,
    deviations: Vec<f32>,
    mel: Vec<f32>,
    weights: Vec<f32>,
    audio: Vec<f32>,
}

impl SpectralBatches {
    /// Batches for `network`, whose mel frames are those of `dialect`, from `pairs`.
    pub fn new(
        config: &TrainingConfig,
        network: &BandWaveConfig,
        dialect: &Dialect,
        pairs: Arc<Pairs>,
        device: Device,
    ) -> Self {
        Self {
            pairs,
            network: network.clone(),
            conditioning: Conditioning::new(network, dialect),
            stft: Stft::new(dialect),
            config: config.clone(),
            device,
        }
    }

    /// The crops `numbers` of `split`: a batch of the training, or a part of one.
    ///
    /// # Errors
    /// Where the data cannot be read.
    pub fn batch(&self, split: Split, numbers: Range<u64>) -> Result<SpectralBatch> {
        let (size, frames) = (self.config.batch as u64, self.config.crop_frames);
        let crops = (numbers.end - numbers.start) as usize;
        let first = (numbers.start % size) as usize;
        let (heard, share) = match split {
            Split::Train => {
                let all = (self.config.batch / 4).max(1);
                let heard = all.saturating_sub(first).min(crops);
                (heard, (heard * self.config.batch) as f64 / (all * crops) as f64)
            }
            Split::Validation => (crops, 1.0),
        };
        let mut draws = Draws::new(self.config.seed, BATCHES + split as u32, numbers.start / size);
        let slots = shuffled(self.config.batch, &mut draws);
        let (mut values, mut angles) = (Values::default(), Vec::with_capacity(crops));
        for (index, number) in numbers.clone().enumerate() {
            let mut own = Draws::new(self.config.seed, CROPS + split as u32, number);
            // Evenly over the batch, in an order that says nothing of which crops are listened to.
            let place = (slots[first + index] as f64 + own.uniform()) / size as f64;
            angles.push(FRAC_PI_2 * place as f32);
            let excerpt = self.pairs.excerpt(split, number, frames)?;
            let look_ahead = LOOK_AHEAD[own.below(LOOK_AHEAD.len() as u64) as usize];
            self.take(&mut values, &excerpt, look_ahead);
            self.noise(&mut values, &excerpt.signal, angles[index], split, number);
            if index < heard {
                values.audio.extend(&excerpt.audio);
            }
        }
        let (bins, network) = (self.network.bins, &self.network);
        let plane = |values: Vec<f32>, width: usize| {
            Tensor::<3>::from_data(TensorData::new(values, [crops, frames, width]), &self.device)
        };
        let samples = frames * self.network.hop;
        Ok(SpectralBatch {
            heard,
            share,
            x0: plane(values.x0, 2 * bins),
            x: plane(values.noised, 2 * bins),
            angles,
            inputs: Inputs::new(network, [crops, frames], &values.log_envelopes, &values.rows, &self.device),
            spectra: Spectra {
                deviations: plane(values.deviations, bins),
                mel: plane(values.mel, network.n_mels),
            },
            weights: plane(values.weights, 2 * bins),
            audio: Tensor::from_data(TensorData::new(values.audio, [heard, samples]), &self.device),
            draws,
        })
    }

    /// Takes a crop with what the network is told of it, `look_ahead` frames ahead.
    fn take(&self, values: &mut Values, excerpt: &Excerpt, look_ahead: usize) {
        let (frames, bins) = (excerpt.mel.frames(), self.network.bins);
        let (mut conditioning, mut stft) = (self.conditioning.clone(), self.stft.clone());
        conditioning.take(&excerpt.mel, 0..frames, look_ahead.min(self.network.look_ahead));
        let deviations = (0..frames).flat_map(|frame| stft.deviations(excerpt.mel.frame(frame)).to_vec());
        let deviations: Vec<f32> = deviations.collect();
        let peak = excerpt.audio.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let square = excerpt.signal.iter().map(|x| x * x).sum::<f32>() / excerpt.signal.len() as f32;
        let learned = peak > SILENT && square < MOST_SQUARE;
        let mean = deviations.iter().map(|deviation| deviation.sqrt()).sum::<f32>() / deviations.len() as f32;
        for (frame, deviations) in deviations.chunks_exact(bins).enumerate() {
            let counts = learned && (EDGE_FRAMES..frames - EDGE_FRAMES).contains(&frame);
            let weight =
                |deviation: &f32| if counts { (deviation.sqrt() / mean).min(MOST_WEIGHT) } else { 0.0 };
            values.weights.extend(deviations.iter().map(weight));
            values.weights.extend(deviations.iter().map(weight));
        }
        values.x0.extend(&excerpt.signal);
        values.log_envelopes.append(&mut conditioning.log_envelopes);
        values.rows.append(&mut conditioning.rows);
        values.deviations.extend(deviations);
        values.mel.extend(excerpt.mel.as_frames());
    }

    /// Adds the spectra of crop `number`, noised to `angle`.
    fn noise(&self, values: &mut Values, x0: &[f32], angle: f32, split: Split, number: u64) {
        let start = values.noised.len();
        values.noised.resize(start + x0.len(), 0.0);
        let noised = &mut values.noised[start..];
        let place = number.wrapping_mul(x0.len() as u64);
        Noise::new(self.config.seed).fill(0, split as u16, place, noised);
        let (sine, cosine) = angle.sin_cos();
        noised.iter_mut().zip(x0).for_each(|(x, x0)| *x = cosine * x0 + sine * *x);
    }
}

impl SpectralBatch {
    /// Values whose errors would count, were all crops learned from.
    pub fn counted(&self) -> f64 {
        let [crops, frames, values] = self.x0.dims();
        (crops * (frames - 2 * EDGE_FRAMES) * values) as f64
    }
}

/// The numbers below `count` in a random order (Fisher and Yates).
fn shuffled(count: usize, draws: &mut Draws) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, draws.below(last as u64 + 1) as usize);
    }
    order
}
