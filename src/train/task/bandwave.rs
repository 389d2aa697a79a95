//! The task of BandWave: to find the clean spectra in noised ones, and to sound right in its own samplings.

use std::ops::Range;
use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use super::learning::{Task, scalar};
use super::spectral_batch::{SpectralBatch, SpectralBatches};
use crate::diffusion::{Course, Noise, ancestral_steps};
use crate::model::ModelHeader;
use crate::network::BandWaveConfig;
use crate::network::bandwave::burn::{BandWave, Inputs};
use crate::train::config::TrainingConfig;
use crate::train::data::Split;
use crate::train::loss::{MelDistance, Sound, Spectra};
use crate::train::pairs::Pairs;
use crate::train::parameters::{Differentiable, bandwave};
use crate::train::state::State;
use crate::{Error, Result};

/// Weights of the mel distance of predictions, and of the network's own samplings.
const PREDICTED: f64 = 0.1;
const OWN: f64 = 0.3;
/// Steps of own samplings, and η: 1 draws from the posterior of DDPM, 0 draws nothing.
const STEPS: [usize; 7] = [2, 3, 4, 4, 4, 6, 8];
const ETAS: [f64; 3] = [1.0, 1.0, 0.5];

/// Learning to find clean spectra.
///
/// 1. Diffusion: angles drawn evenly; the squared error of the predicted clean spectra, weighted by the root of the envelope;
///    and, of a quarter of the batch, the mel distance of what the fitted predictions sound like.
/// 2. Beside it, from the share `own` of the training on: the same quarter is sampled in 2 to 8 steps, and the mel distance of
///    the last prediction followed back through the last step. This mends what a network meets in its own trajectories only.
pub struct BandWaveTask {
    network: BandWaveConfig,
    batches: SpectralBatches,
    sound: Sound,
    distance: MelDistance,
    config: TrainingConfig,
    device: Device,
}

impl BandWaveTask {
    /// The task of `network`, of the model that `header` describes, with crops of `pairs`.
    ///
    /// # Errors
    /// Where the header names no dialect.
    pub fn new(
        config: &TrainingConfig,
        header: &ModelHeader,
        network: &BandWaveConfig,
        pairs: Arc<Pairs>,
        device: Device,
    ) -> Result<Self> {
        let missing = || Error::invalid("training", "dialect", "none", "one, as BandWave's frames are spectra");
        let dialect = header.dialect.as_ref().ok_or_else(missing)?;
        Ok(Self {
            network: network.clone(),
            batches: SpectralBatches::new(config, network, dialect, pairs, device.clone()),
            sound: Sound::new(dialect, &device),
            distance: MelDistance::new(dialect.rate_hz, dialect.n_fft, &device),
            config: config.clone(),
            device,
        })
    }

    /// What `network` learns from a batch as long as it samples nothing. `[1]`
    fn diffusion(&self, network: &BandWave, batch: &SpectralBatch) -> Tensor<1> {
        let predicted = network.forward(batch.x.clone(), &batch.inputs, &batch.angles, None);
        let errors = (predicted.clone() - batch.x0.clone()).square() * batch.weights.clone();
        let error = errors.sum() / batch.counted();
        if batch.heard == 0 {
            return error;
        }
        let distance = self.heard(predicted.narrow(0, 0, batch.heard), &batch.first_spectra(), batch);
        error + distance * (PREDICTED * batch.share)
    }

    /// The mel distance of what the spectra `x` of the crops that are listened to sound like. `[1]`
    fn heard(&self, x: Tensor<3>, spectra: &Spectra, batch: &SpectralBatch) -> Tensor<1> {
        let step = self.distance.step_samples();
        let (start, samples) = self.sound.span(x.dims()[1], step);
        let real = batch.audio.clone().narrow(1, start, samples);
        self.distance.of(&self.sound.of(x, spectra, step), &real)
    }

    /// The mel distance of what `network` makes of noise, with gradients through the last step alone: those before it take
    /// `plain`, the same network without. `[1]`
    fn own(&self, network: &BandWave, plain: &BandWave, batch: &SpectralBatch, number: u64) -> Tensor<1> {
        let mut draws = batch.draws.clone();
        let steps = STEPS[draws.below(STEPS.len() as u64) as usize];
        let eta = ETAS[draws.below(ETAS.len() as u64) as usize];
        let (inputs, spectra) = (batch.first_inputs(), batch.first_spectra());
        let shape = [batch.heard, batch.x0.dims()[1], batch.x0.dims()[2]];
        let gaussians = |row: usize| {
            let mut values = vec![0.0; shape.iter().product()];
            let start = number.wrapping_mul((shape[1] * shape[2]) as u64);
            Noise::new(self.config.seed).fill(row as u16, Split::Train as u16, start, &mut values);
            Tensor::<3>::from_data(TensorData::new(values, shape), &self.device)
        };
        let calls = ancestral_steps(&Course::of_angles(steps, 1.0).with_eta(eta));
        let (last, before) = calls.split_last().expect("a sampling has a step");
        // Row 0 is what the diffusion is noised with.
        let mut x = gaussians(1);
        for (index, (call, step)) in before.iter().enumerate() {
            let x0 = self.sound.fitted(plain.forward(x.clone(), &inputs, &[call.level], None), &spectra);
            x = x * step.x_scale + x0 * step.found_scale + gaussians(index + 2) * step.fresh_scale;
        }
        let last = network.forward(x, &inputs, &[last.0.level], None);
        self.heard(last, &spectra, batch)
    }
}

impl Task for BandWaveTask {
    fn gradient(&self, state: &State, crops: Range<u64>, done: f64) -> Result<(f64, Tensor<1>)> {
        let batch = self.batches.batch(Split::Train, crops.clone())?;
        let differentiable = Differentiable::bandwave(&self.network, &state.parameters);
        let mut loss = self.diffusion(&differentiable.network, &batch);
        if done >= self.config.own && batch.heard > 0 {
            let plain = bandwave(&self.network, &state.parameters);
            let own = self.own(&differentiable.network, &plain, &batch, crops.start);
            loss = loss + own * (OWN * batch.share);
        }
        let gradient = differentiable.gradient(&loss);
        Ok((scalar(loss), gradient))
    }

    fn measure(&self, state: &State, crops: Range<u64>) -> Result<f64> {
        let batch = self.batches.batch(Split::Validation, crops)?;
        Ok(scalar(self.diffusion(&bandwave(&self.network, &state.average), &batch)))
    }
}

impl SpectralBatch {
    /// The spectra of the crops that are listened to.
    fn first_spectra(&self) -> Spectra {
        Spectra {
            deviations: self.spectra.deviations.clone().narrow(0, 0, self.heard),
            mel: self.spectra.mel.clone().narrow(0, 0, self.heard),
        }
    }

    /// What conditions them.
    fn first_inputs(&self) -> Inputs {
        Inputs {
            log_envelope: self.inputs.log_envelope.clone().narrow(0, 0, self.heard),
            condition: self.inputs.condition.clone().narrow(0, 0, self.heard),
        }
    }
}
