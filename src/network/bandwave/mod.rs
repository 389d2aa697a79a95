//! BandWave: DiffWave's gated residual layers on a grid of (frame, band), diffusing a spectrum that the mel has whitened.
//!
//! A network at the sample rate decides 44 100 times a second with the same weights that shape a formant over 100 ms. Here a
//! token is some neighbouring bins of a frame: 32 of them a frame of 11.6 ms. Layers mix tokens along time, causally, and along
//! bands in turn. The network predicts the signal; how many mel frames ahead it may look is chosen when it runs.

#[cfg(feature = "burn")]
pub mod burn;
mod conditioning;
mod config;
pub mod cpu;
#[cfg(feature = "gpu")]
pub mod gpu;
mod level;

#[cfg(feature = "train")]
pub(crate) use conditioning::Conditioning;
pub use config::{Along, BandGroup, BandWaveConfig, BandWaveSizes};

use std::f32::consts::FRAC_PI_2;
use std::ops::RangeInclusive;

use crate::diffusion::Denoiser;
use crate::mel::Dialect;
use crate::network::{Backend, Layout, LevelKind, NetworkConfig, Weights};
use crate::{Error, Result};

impl NetworkConfig for BandWaveConfig {
    fn family(&self) -> &'static str {
        "BandWave"
    }

    fn shape(&self) -> String {
        format!("{} channels × {} layers, {} bands", self.channels, self.layers, self.tokens())
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

    /// Angles, from 0 (the signal) to a right one (noise).
    fn levels(&self) -> RangeInclusive<f32> {
        0.0..=FRAC_PI_2
    }

    fn level_kind(&self) -> LevelKind {
        LevelKind::Angles
    }

    /// Those of the products of tokens with weights.
    fn operations(&self) -> f64 {
        let (c, tokens) = (self.channels as f64, self.tokens() as f64);
        let ends = 5.0 * c * (self.bins - 1) as f64;
        2.0 * (tokens * self.layers as f64 * 7.0 * c * c + ends)
    }

    fn denoiser(
        &self,
        weights: &Weights,
        dialect: Option<&Dialect>,
        backend: &Backend,
        threads: usize,
    ) -> Result<Box<dyn Denoiser>> {
        let Some(dialect) = dialect else {
            return Err(Error::invalid("BandWave", "dialect", "none", "the one that it was trained on"));
        };
        match backend {
            Backend::Cpu => Ok(Box::new(cpu::BandWaveCpu::new(self, weights, dialect, threads)?)),
            #[cfg(feature = "gpu")]
            Backend::Gpu(gpu) => Ok(Box::new(gpu::BandWaveGpu::new(self, weights, dialect, gpu)?)),
        }
    }
}
