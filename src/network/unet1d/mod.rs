//! UNet1d of audio-diffusion-pytorch 0.0.60: a U-Net over the samples of a signal with any number of channels. Blocks join
//! neighbouring samples into channels, layers make the signal shorter and shorter, and longer again, with skip connections
//! between both ways; transformers sit in the inner ones.
//!
//! What it is told beside the signal makes of one network the package's several models: nothing (`AudioDiffusionModel`), a signal
//! of a lower rate (`AudioDiffusionUpsampler`), what an encoder has made of another (`AudioDiffusionAutoencoder`), or tokens
//! (`AudioDiffusionConditional`).

mod arguments;
mod autoencoder;
#[cfg(feature = "burn")]
pub mod burn;
mod condition;
mod config;
pub mod cpu;
mod embedding;
mod encoder;
pub(crate) mod names;
mod structure;
mod table;
mod upsampling;
mod validate;

pub use arguments::Arguments;
pub use autoencoder::{Autoencoder, LatentBottleneck};
pub use config::UNet1dConfig;

use std::ops::RangeInclusive;

use crate::Result;
use crate::diffusion::{Condition, Denoiser};
use crate::mel::Dialect;
use crate::network::{Backend, Layout, NetworkConfig, Weights};

/// Levels that a call takes: any number that tells σ apart, in either diffusion.
const LEVELS: RangeInclusive<f32> = -100.0..=100.0;

impl NetworkConfig for UNet1dConfig {
    fn family(&self) -> &'static str {
        "UNet1d"
    }

    fn shape(&self) -> String {
        let depths: Vec<String> = self.multipliers.iter().map(|m| (self.channels * m).to_string()).collect();
        format!("{} channels, a value per {} samples within", depths.join(" · "), self.total_factor())
    }

    fn layout(&self) -> Layout {
        self.layout()
    }

    fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        table::tensors(self)
    }

    fn validate(&self, place: &str) -> Result<()> {
        self.validate(place)
    }

    fn levels(&self) -> RangeInclusive<f32> {
        LEVELS
    }

    /// Those of its linear maps: attention itself is left out, which a long window has more of.
    fn operations(&self) -> f64 {
        table::operations(self)
    }

    fn some_condition(&self) -> Condition {
        self.zero_condition()
    }

    fn denoiser(
        &self,
        weights: &Weights,
        _: Option<&Dialect>,
        backend: &Backend,
        threads: usize,
    ) -> Result<Box<dyn Denoiser>> {
        match backend {
            Backend::Cpu => Ok(Box::new(cpu::UNet1dCpu::new(self, weights, threads)?)),
            #[cfg(feature = "train-gpu")]
            gpu => Ok(Box::new(burn::UNet1dBurn::new(self, weights, gpu)?)),
            #[cfg(all(feature = "gpu", not(feature = "train-gpu")))]
            gpu => Err(crate::Error::Device {
                device: gpu.to_string(),
                reason: "renders UNet1d in builds with the feature train-gpu alone; the CPU does in all"
                    .to_owned(),
            }),
        }
    }
}
