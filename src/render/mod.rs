//! What is asked of whatever makes sound from mel frames, and what it gives.
//!
//! A [`Window`] is a stretch of one channel of one signal with a [`Request`] for it; [`Render`] turns windows into sound;
//! a [`SpanPlan`] says how a long signal is cut into them, which is the same offline and live.

mod request;
mod spans;
mod window;

pub use request::{Request, ScheduleChoice};
pub use spans::{Span, SpanPlan};
pub use window::{Context, Format, Link, Render, Window};
