//! Diffusion without any network: noise, schedules, samplers and the spans a long render is cut into.

mod denoiser;
mod spans;

pub use denoiser::Denoiser;
pub use spans::{Span, SpanPlan};
