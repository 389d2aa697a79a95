//! Threads that render windows side by side, each its own from beginning to end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::pipeline::{Pipeline, Task};
use crate::Result;
use crate::diffusion::Denoiser;
use crate::kernel::Pool;
use crate::model::Model;

/// Frames of a window from which on threads share it, though they meet after every layer. A shorter one is one thread's.
const SHARED_FRAMES: usize = 6;

/// A pipeline for every thread. They meet only when all windows are done.
pub(super) struct PipelinePool {
    pipelines: Vec<Mutex<Pipeline>>,
    pool: Pool,
}

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
        let pool = Pool::new("remel render", denoisers.len())?;
        let pipeline = |denoiser| Mutex::new(Pipeline::new(Arc::clone(model), denoiser));
        Ok(Some(Self { pipelines: denoisers.into_iter().map(pipeline).collect(), pool }))
    }

    /// Threads, the caller's being one of them.
    pub(super) fn threads(&self) -> usize {
        self.pipelines.len()
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
            // The other threads are not woken for it.
            return self.pipelines[0].get_mut().render(tasks, sounds, on_evaluation);
        }
        let (pipelines, next) = (&self.pipelines, AtomicUsize::new(0));
        let places: Vec<_> = tasks.iter_mut().map(|task| Mutex::new((task, Ok(None)))).collect();
        self.pool.run(&|thread| {
            let mut pipeline = pipelines[thread].lock();
            while let Some(place) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
                let (task, sound) = &mut *place.lock();
                let mut sounds = Vec::with_capacity(1);
                let rendered = pipeline.render(std::slice::from_mut(task), &mut sounds, &mut || ());
                *sound = rendered.map(|()| sounds.pop().flatten());
            }
        });
        for place in places {
            sounds.push(place.into_inner().1?);
        }
        Ok(())
    }
}
