//! Diffusion without any network: noise, schedules, samplers and the spans a long render is cut into.

mod denoiser;
mod guided;
mod noise;
mod sample;
mod sampler;
mod schedule;
mod spans;

pub use denoiser::{CausalDenoiser, Denoiser};
pub use guided::Guided;
pub use noise::Noise;
#[cfg(feature = "train")]
pub(crate) use noise::philox;
pub use sample::{Draw, NoiseSource, Sampling};
pub use sampler::{Clamp, Procedure, Sampler, Step};
pub use schedule::{Schedule, karras_sigmas};
pub use spans::{Span, SpanPlan};
