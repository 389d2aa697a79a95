//! WaveGrad (Chen et al. 2020, arXiv:2009.00713): a convolutional network that upsamples mel frames to noise, every stage of
//! which is modulated by what the noisy signal, downsampled to its rate, and the continuous noise level say.

#[cfg(feature = "burn")]
pub mod burn;
mod config;
pub mod cpu;
mod encoding;
#[cfg(feature = "gpu")]
pub mod gpu;
pub(crate) mod names;
mod reach;

pub use config::{Formulation, WaveGradConfig};
pub use encoding::encoding;

use std::ops::RangeInclusive;

use crate::diffusion::Denoiser;
use crate::mel::{Dialect, Mel};
use crate::network::{Backend, Layout, LevelKind, NetworkConfig, Weights};
use crate::{Error, Result};

/// Steps of the training schedule, its first β and its last: they rise linearly (lmnt-com/wavegrad, ivanvovk/WaveGrad).
pub const TRAINING_BETAS: (usize, f64, f64) = (1000, 1e-6, 0.01);
/// βs of the schedule of six iterations that suits networks which nobody has searched one for (from the experiments of
/// PriorGrad, Lee et al. 2022).
pub const SIX_ITERATIONS: [f64; 6] = [7e-6, 1.4e-4, 2.1e-3, 2.8e-2, 0.35, 0.7];

impl NetworkConfig for WaveGradConfig {
    fn family(&self) -> &'static str {
        "WaveGrad"
    }

    fn shape(&self) -> String {
        let list = |numbers: &[usize]| numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        format!("channels {} at factors {}", list(&self.up_channels), list(&self.factors))
    }

    fn layout(&self) -> Layout {
        self.layout()
    }

    fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        self.tensors()
    }

    fn validate(&self, place: &str) -> Result<()> {
        self.validate(place)
    }

    /// √ᾱ.
    fn levels(&self) -> RangeInclusive<f32> {
        0.0..=1.0
    }

    fn level_kind(&self) -> LevelKind {
        LevelKind::SignalScales
    }

    fn operations(&self) -> f64 {
        self.operations()
    }

    fn denoiser(
        &self,
        weights: &Weights,
        _: Option<&Dialect>,
        backend: &Backend,
        threads: usize,
    ) -> Result<Box<dyn Denoiser>> {
        match backend {
            Backend::Cpu => Ok(Box::new(cpu::WaveGradCpu::new(self, weights, threads)?)),
            #[cfg(feature = "gpu")]
            Backend::Gpu(gpu) => Ok(Box::new(gpu::WaveGradGpu::new(self, weights, gpu)?)),
        }
    }
}

impl WaveGradConfig {
    /// Refuses spectrograms that do not fit the network, or `values` values of x: as many frames have to be there as they
    /// are made from, for both paths meet at every rate.
    fn check_batch(&self, place: &str, mels: &[&Mel], values: usize) -> Result<()> {
        let fits = |mel: &&&Mel| mel.n_mels() == self.n_mels && mel.frames() * self.hop() == values;
        match mels.iter().find(|mel| !fits(mel)) {
            None => Ok(()),
            Some(mel) => {
                let found = format!("{} frames of {} bands", mel.frames(), mel.n_mels());
                let frames = values as f64 / self.hop() as f64;
                let expected = format!("{frames} of {}, as there are {values} samples", self.n_mels);
                Err(Error::invalid(place, "mel", found, expected))
            }
        }
    }
}
