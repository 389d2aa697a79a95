//! The vocoder: a model at rest on a backend, which turns mel frames into sound.
//!
//! `pipeline` is the way of a window, and `pool` a pipeline for every thread; `windows` takes those of a call there, and `state`
//! is what is kept of a signal between two of them. `leveller` keeps a sound in two channels one. `spans` cuts long renders, `file` does whole audio files, and
//! `schedule_search` finds the steps to render them in.

mod continued;
mod decode;
mod encode;
mod file;
mod fitted;
mod inpaint;
mod input;
mod instance;
mod leveller;
mod one_window;
mod pipeline;
mod pool;
mod rendering;
mod sample;
mod schedule_search;
mod spans;
mod state;
mod windows;

pub use file::FileRequest;
pub use instance::{THREADS, Vocoder};
pub use one_window::check_noise;
pub use rendering::StandIn;
pub use schedule_search::{FoundSchedule, ScheduleGrid};
