//! Diffusion without any network: noise, schedules, predictions and samplers.

mod box_muller;
mod composition;
mod condition;
mod denoiser;
mod evaluation;
mod gaussians;
mod guided;
mod history;
mod inpainting;
mod karras;
mod noise;
mod preconditioning;
mod prediction;
mod sampler;
mod sampling;
mod schedule;
mod threshold;
mod way;

pub use composition::Composition;
pub use condition::Condition;
pub use denoiser::{CausalDenoiser, Denoiser};
pub use evaluation::Evaluation;
pub use gaussians::{Draw, Gaussians, NoiseSource};
pub use guided::Guided;
pub use history::History;
pub use inpainting::Inpainting;
pub use karras::KarrasSchedule;
pub use noise::Noise;
#[cfg(feature = "train")]
pub(crate) use noise::philox;
pub use preconditioning::Preconditioning;
pub use prediction::Prediction;
#[cfg(feature = "train")]
pub(crate) use sampler::ancestral_steps;
pub use sampler::{Churn, Clamp, Course, Found, Sampler, SamplerKind, SamplingPlan, Start, Sum};
pub use sampling::Sampling;
pub use schedule::Schedule;
pub use threshold::Threshold;
pub use way::{Way, WayStep, WholeDenoiser};
