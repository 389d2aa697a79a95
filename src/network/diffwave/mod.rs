//! DiffWave (Kong et al., ICLR 2021): a WaveNet that predicts noise, all samples at once.

#[cfg(feature = "train")]
pub mod amx;
#[cfg(feature = "burn")]
pub mod burn;
mod config;
pub mod cpu;
mod embedding;
#[cfg(feature = "gpu")]
pub mod gpu;
pub(crate) mod names;
mod projections;

pub use config::{DiffWaveConfig, Variant};
pub use embedding::embedding_row;

use std::ops::RangeInclusive;

use crate::Result;
use crate::diffusion::Denoiser;
use crate::mel::Dialect;
use crate::network::{Backend, Layout, NetworkConfig, Weights};

impl NetworkConfig for DiffWaveConfig {
    fn family(&self) -> &'static str {
        "DiffWave"
    }

    fn shape(&self) -> String {
        let Self { channels, layers, dilation_cycle, .. } = self;
        format!("{channels} channels × {layers} layers (dilation cycle {dilation_cycle})")
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

    /// Steps, integer or real-valued.
    fn levels(&self) -> RangeInclusive<f32> {
        0.0..=(self.training_steps - 1) as f32
    }

    fn classes(&self) -> usize {
        self.classes.unwrap_or(0)
    }

    fn training_steps(&self) -> Option<usize> {
        Some(self.training_steps)
    }

    fn learned_variance(&self) -> bool {
        self.learned_variance
    }

    /// Those of the residual layers: what lies around them hardly counts.
    fn operations(&self) -> f64 {
        let (c, bands) = (self.channels as f64, self.n_mels.unwrap_or(0) as f64);
        Self::HOP as f64 * self.layers as f64 * 2.0 * (6.0 * c * c + 2.0 * c * c + 2.0 * bands * c)
    }

    fn denoiser(
        &self,
        weights: &Weights,
        _: Option<&Dialect>,
        backend: &Backend,
        threads: usize,
    ) -> Result<Box<dyn Denoiser>> {
        match backend {
            #[cfg(feature = "gpu")]
            Backend::Gpu(gpu) => Ok(Box::new(gpu::DiffWaveGpu::new(self, weights, gpu)?)),
            #[cfg(feature = "burn")]
            Backend::Cpu if self.learned_variance => {
                Ok(Box::new(burn::DiffWaveBurn::new(self, weights, backend)?))
            }
            Backend::Cpu => Ok(Box::new(cpu::DiffWaveCpu::new(self, weights, threads)?)),
        }
    }
}
