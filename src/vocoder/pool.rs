//! Threads that render windows side by side, each its own from beginning to end.

use std::sync::Arc;

use parking_lot::Mutex;

use super::pipeline::{Pipeline, Task};
use crate::Result;
use crate::diffusion::Denoiser;
use crate::kernel::Workers;
use crate::model::Model;

/// Frames of a window from which on threads share it, though they meet after every layer. A shorter one is one thread's.
const SHARED_FRAMES: usize = 6;

/// A pipeline for every thread. They meet only when all windows are done.
pub(super) struct PipelinePool(Workers<Pipeline>);

impl PipelinePool {
    /// The pool of networks that work side by side with `denoiser`, of `model`; none where there are none.
    ///
    /// # Errors
    /// Where the system refuses a thread.
    pub(super) fn beside(model: &Arc<Model>, denoiser: &dyn Denoiser) -> Result<Option<Self>> {
        let denoisers = denoiser.side_by_side()?;
        if denoisers.is_empty() {
            return Ok(None);
        }
        let pipelines = denoisers.into_iter().map(|denoiser| Pipeline::new(Arc::clone(model), denoiser));
        Ok(Some(Self(Workers::new("remel render", pipelines)?)))
    }

    /// Threads, the caller's being one of them.
    pub(super) fn threads(&self) -> usize {
        self.0.threads()
    }

    /// Whether tasks are for the pool: there are several, of whatever shapes, or it is too short to share.
    pub(super) fn takes(tasks: &[Task]) -> bool {
        tasks.len() > 1 || tasks.iter().all(|task| task.frames() < SHARED_FRAMES)
    }

    /// Renders `tasks` as [`Pipeline::render`] does, each by the next thread that is free; a lone one tells of its evaluations.
    pub(super) fn render(
        &mut self,
        tasks: &mut [Task],
        sounds: &mut Vec<Option<Vec<f32>>>,
        on_evaluation: &mut dyn FnMut(),
    ) -> Result<()> {
        if let [_] = tasks {
            return self.0.first().render(tasks, sounds, on_evaluation);
        }
        let places: Vec<_> = tasks.iter_mut().map(|task| Mutex::new((task, Ok(None)))).collect();
        self.0.run(places.len(), |index, pipeline| {
            let (task, sound) = &mut *places[index].lock();
            let mut sounds = Vec::with_capacity(1);
            let rendered = pipeline.render(std::slice::from_mut(task), &mut sounds, &mut || ());
            *sound = rendered.map(|()| sounds.pop().flatten());
        });
        for place in places {
            sounds.push(place.into_inner().1?);
        }
        Ok(())
    }
}
