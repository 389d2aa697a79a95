//! A renderer in the engine, with the one to go to where it fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::{RendererKey, RendererState, RendererStatus};
use crate::render::{Format, Render, Window};
use crate::{Error, Result};

/// The weight of the latest render in the averaged load.
const LOAD_WEIGHT: f32 = 0.1;

/// One renderer and what stands in for it.
pub(super) struct Failover {
    /// The format that streams are opened for: that of the first, but for the windows that the renderer in use has side by side.
    format: Format,
    /// The renderer in use first, then those to fall back to; empty once all have failed.
    renderers: Vec<Box<dyn Render>>,
    state: RendererState,
    /// What it said of the latest request that it could not meet, until it meets one.
    refusal: Option<String>,
    /// Time spent rendering over audio time, of a chunk among those that were rendered with it, and of frames in a row.
    load: f32,
    row_load: f32,
}

impl Failover {
    pub fn new(renderer: Box<dyn Render>, fallback: Option<Box<dyn Render>>) -> Self {
        Self {
            format: renderer.format(),
            renderers: std::iter::once(renderer).chain(fallback).collect(),
            state: RendererState::Ready,
            refusal: None,
            load: 0.0,
            row_load: 0.0,
        }
    }

    /// The time base.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Renders `windows` into `out`, with the fallback if need be. False where it cannot. A request that cannot be met
    /// is that request's failure; only a device that has failed, or a panic, is the renderer's.
    pub fn render(&mut self, windows: &[&Window], out: &mut [Vec<f32>]) -> bool {
        while let Some(renderer) = self.renderers.first_mut() {
            let start = Instant::now();
            match caught(|| checked(renderer.as_mut(), self.format, windows, out)) {
                Ok(()) => {
                    // Channels of one signal lie side by side: what a chunk costs is that of all of them.
                    let chunks = windows.chunk_by(|a, b| a.signal == b.signal).count();
                    let frames = windows.first().map_or(0, |window| window.output.len());
                    let in_a_row = self.format.frames_in_a_row(frames, windows.len());
                    let took = start.elapsed().as_secs_f32();
                    for (load, frames) in [(&mut self.load, frames * chunks), (&mut self.row_load, in_a_row)] {
                        let sound = duration(self.format, frames).as_secs_f32();
                        *load += LOAD_WEIGHT * (took / sound.max(1e-9) - *load);
                    }
                    self.refusal = None;
                    return true;
                }
                Err(Error::Device { device, reason }) => {
                    let error = Error::Device { device, reason }.to_string();
                    let failed = self.renderers.remove(0);
                    // A renderer whose device is lost may panic once more as it is dropped.
                    let _ = catch_unwind(AssertUnwindSafe(|| drop(failed)));
                    self.state = match self.renderers.first() {
                        None => RendererState::Failed { error },
                        Some(next) => {
                            self.format.side_by_side = next.format().side_by_side;
                            RendererState::OnFallback { error }
                        }
                    };
                }
                Err(refusal) => {
                    self.refusal = Some(refusal.to_string());
                    return false;
                }
            }
        }
        false
    }

    /// How long `frames` frames of sound last.
    pub fn duration(&self, frames: usize) -> Duration {
        duration(self.format, frames)
    }

    /// How long `frames` frames of sound in a row will presumably take to render.
    pub fn estimate(&self, frames: usize) -> Duration {
        self.duration(frames).mul_f32(self.row_load)
    }

    /// Tells all renderers that nothing more will come of `signal`.
    pub fn forget(&mut self, signal: u64) {
        self.renderers.iter_mut().for_each(|renderer| renderer.forget(signal));
    }

    /// Time spent rendering over audio time, averaged over the latest renders.
    pub fn load(&self) -> f32 {
        self.load
    }

    pub fn status(&self, key: RendererKey) -> RendererStatus {
        RendererStatus { key, state: self.state.clone(), refusal: self.refusal.clone(), load: self.load }
    }
}

fn duration(format: Format, frames: usize) -> Duration {
    Duration::from_secs_f64((frames * format.hop) as f64 / f64::from(format.rate_hz))
}

/// Renders, and checks that every window got the samples that it is due.
fn checked(renderer: &mut dyn Render, format: Format, windows: &[&Window], out: &mut [Vec<f32>]) -> Result<()> {
    renderer.render(windows, out)?;
    for (window, samples) in windows.iter().zip(out) {
        let expected = window.output.len() * format.hop;
        if samples.len() != expected {
            let reason = format!("gave {} samples for a window of {expected}", samples.len());
            return Err(Error::Device { device: "renderer".to_owned(), reason });
        }
    }
    Ok(())
}

/// A panic in a renderer (a GPU backend's answer to a lost device) is a failure of that renderer, not of the engine.
fn caught(render: impl FnOnce() -> Result<()>) -> Result<()> {
    catch_unwind(AssertUnwindSafe(render)).unwrap_or_else(|panic| Err(Error::panicked("renderer", &*panic)))
}
