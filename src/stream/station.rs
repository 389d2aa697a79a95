//! The place of one renderer in the engine: with its fallback, its state and its load.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::batch::Batch;
use super::{Render, RendererKey, RendererState, RendererStatus};
use crate::diffusion::SpanPlan;
use crate::{Error, Result};

/// The weight of the latest batch in the averaged load.
const LOAD_WEIGHT: f32 = 0.1;

/// One renderer and what stands in for it.
pub(super) struct Station {
    /// The renderer in use first, then those to fall back to; empty once all have failed.
    renderers: Vec<Box<dyn Render>>,
    state: RendererState,
    load: f32,
}

impl Station {
    pub fn new(renderer: Box<dyn Render>, fallback: Option<Box<dyn Render>>) -> Self {
        let renderers = std::iter::once(renderer).chain(fallback).collect();
        Self { renderers, state: RendererState::Ready, load: 0.0 }
    }

    /// The plan that the renderer in use wants; none where all have failed.
    pub fn plan(&self, chunk_frames: usize) -> Option<SpanPlan> {
        self.renderers.first().map(|renderer| renderer.plan(chunk_frames))
    }

    /// Renders `batch`, with the fallback if need be. Whether that changed the state.
    pub fn render(&mut self, batch: &mut Batch) -> bool {
        let mut changed = false;
        while let Some(renderer) = self.renderers.first_mut() {
            let format = renderer.format();
            let start = Instant::now();
            match guarded(|| batch.render(renderer.as_mut())) {
                Ok(()) => {
                    let load = start.elapsed().as_secs_f32() / batch.duration(format).as_secs_f32().max(1e-9);
                    self.load += LOAD_WEIGHT * (load - self.load);
                    break;
                }
                Err(error) => {
                    changed = true;
                    let error = error.to_string();
                    let failed = self.renderers.remove(0);
                    // A renderer whose device is lost may panic once more as it is dropped.
                    let _ = catch_unwind(AssertUnwindSafe(|| drop(failed)));
                    self.state = if self.renderers.is_empty() {
                        RendererState::Failed { error }
                    } else {
                        RendererState::OnFallback { error }
                    };
                }
            }
        }
        changed
    }

    /// Tells all renderers that nothing more will come of `signal`.
    pub fn forget(&mut self, signal: u64) {
        self.renderers.iter_mut().for_each(|renderer| renderer.forget(signal));
    }

    /// Time spent rendering over audio time, averaged over the latest batches.
    pub fn load(&self) -> f32 {
        self.load
    }

    pub fn status(&self, key: RendererKey) -> RendererStatus {
        RendererStatus { key, state: self.state.clone(), load: self.load }
    }
}

/// A panic in a renderer (a GPU backend's answer to a lost device) is a failure of that renderer, not of the engine.
fn guarded(render: impl FnOnce() -> Result<()>) -> Result<()> {
    catch_unwind(AssertUnwindSafe(render)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        let reason = text.unwrap_or_else(|| "it panicked".to_owned());
        Err(Error::Device {
            device: "renderer".to_owned(),
            reason: reason.lines().collect::<Vec<_>>().join(" "),
        })
    })
}
