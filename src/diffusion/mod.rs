//! Diffusion without any network: noise, schedules, predictions and samplers.

mod denoiser;
mod guided;
mod noise;
mod prediction;
mod sampler;
mod sampling;
mod schedule;

pub use denoiser::{CausalDenoiser, Denoiser};
pub use guided::Guided;
pub use noise::Noise;
#[cfg(feature = "train")]
pub(crate) use noise::philox;
pub use prediction::Prediction;
pub use sampler::{Clamp, Evaluation, Found, Sampler, SamplerKind, SamplingPlan, Start};
pub use sampling::{Draw, Gaussians, NoiseSource, Sampling};
pub use schedule::{Schedule, karras_sigmas};
