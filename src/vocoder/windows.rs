//! Windows of one call: each distinct one is placed, those of one shape are rendered together, and their states kept.

use std::sync::Arc;

use super::Vocoder;
use super::pipeline::Task;
use super::pool::PipelinePool;
use super::state::SignalState;
use crate::Result;
use crate::render::Window;

/// Whether two windows sound the same, given where their channels stand. The cheap comparisons come first.
fn are_one(a: (&Window, &Option<Arc<SignalState>>), b: (&Window, &Option<Arc<SignalState>>)) -> bool {
    let cheap = |w: &Window| (w.signal, w.first_frame, w.output.clone());
    let stand_alike = || match (a.1, b.1) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
        (None, None) => true,
        _ => false,
    };
    cheap(a.0) == cheap(b.0)
        && a.0.request == b.0.request
        && a.0.mel == b.0.mel
        && a.0.carrier == b.0.carrier
        && a.0.link.told == b.0.link.told
        && have_one_noise(a.0, b.0)
        && stand_alike()
}

/// Whether two windows, where both are of one signal, are rendered from the same noise.
fn have_one_noise(a: &Window, b: &Window) -> bool {
    let all_shared = |window: &Window| window.link.shared.iter().all(|share| *share == 1.0);
    a.channel == b.channel || all_shared(a) && all_shared(b)
}

impl Vocoder {
    /// Renders `windows`, each into the vector of the same index. A lone one tells `on_evaluation` after each network call.
    pub(super) fn render_windows(
        &mut self,
        windows: &[&Window],
        out: &mut [Vec<f32>],
        on_evaluation: &mut dyn FnMut(),
    ) -> Result<()> {
        for window in windows {
            self.pipeline.model.header().check_request(window.request.class, window.request.guidance)?;
        }
        let mut states: Vec<_> = windows.iter().map(|window| self.signals.take(window)).collect();
        // Channels that are one (mono material in stereo, mostly) are rendered once.
        let one_with = |index: usize| {
            let of = |index: usize| (windows[index], &states[index]);
            (0..index).find(|other| are_one(of(*other), of(index))).unwrap_or(index)
        };
        let first_of: Vec<usize> = (0..windows.len()).map(one_with).collect();
        let distinct: Vec<usize> = (0..windows.len()).filter(|index| first_of[*index] == *index).collect();
        let distinct_states: Vec<_> = distinct.iter().map(|index| states[*index].take()).collect();
        drop(states);
        let placed = distinct.iter().zip(distinct_states);
        let mut tasks: Vec<Task> =
            placed.map(|(index, state)| self.pipeline.place(windows[*index], state)).collect();
        let mut sounds = Vec::with_capacity(tasks.len());
        let rendered = match &mut self.pool {
            Some(pool) if PipelinePool::takes(&tasks) => pool.render(&mut tasks, &mut sounds, on_evaluation),
            _ => {
                let mut alike = tasks.chunk_by_mut(|a, b| a.batch() == b.batch());
                alike.try_for_each(|tasks| self.pipeline.render_alike(tasks, &mut sounds, on_evaluation))
            }
        };
        for ((window, out), first) in windows.iter().zip(out).zip(first_of) {
            let task = distinct.binary_search(&first).expect("every window is one with a distinct one");
            // What is not finite is not heard, and nothing goes on from it.
            let sound = sounds.get(task).and_then(Option::as_deref);
            out.clear();
            out.extend_from_slice(sound.unwrap_or_default());
            out.resize(window.output.len() * self.pipeline.layout.hop, 0.0);
            if sound.is_some() || rendered.is_err() {
                self.signals.keep(window, Arc::clone(&tasks[task].state));
            }
        }
        rendered
    }
}
