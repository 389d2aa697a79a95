//! Diffusion without any network: noise, schedules, predictions and samplers.

mod box_muller;
mod condition;
mod denoiser;
mod evaluation;
mod gaussians;
mod guided;
mod noise;
mod prediction;
mod sampler;
mod sampling;
mod schedule;

pub use condition::Condition;
pub use denoiser::{CausalDenoiser, Denoiser};
pub use evaluation::Evaluation;
pub use gaussians::{Draw, Gaussians, NoiseSource};
pub use guided::Guided;
pub use noise::Noise;
#[cfg(feature = "train")]
pub(crate) use noise::philox;
pub use prediction::Prediction;
#[cfg(feature = "train")]
pub(crate) use sampler::ancestral_steps;
pub use sampler::{Clamp, Course, Found, Sampler, SamplerKind, SamplingPlan, Start};
pub use sampling::Sampling;
pub use schedule::{Schedule, karras_sigmas};
