//! Where signals stand: what is kept of each of their channels to go on with.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diffusion::History;
use crate::domain::phase::Reconstruction;
use crate::render::Window;

/// Where one channel of a signal stands.
///
/// Nothing that a user turns throws it away: a window goes on from here whatever its request is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SignalState {
    /// The frame that is sampled next, counted as windows count.
    pub next_frame: u64,
    /// Whether the signal began with the first frame that was sampled of it: before it there is silence, while of one
    /// that was joined later nothing is known.
    pub from_beginning: bool,
    /// The first frame that was sampled.
    pub first_frame: u64,
    /// The last sampled values before the next frame, as far as decoding needs them.
    pub tail: Vec<f32>,
    /// The level of every evaluation in the latest sampling.
    pub levels: Vec<f32>,
    /// What the network keeps of each.
    pub histories: Vec<History>,
    /// How its latest sound ended.
    pub last_output: Option<LastOutput>,
}

/// How the latest sound of a channel ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LastOutput {
    /// The frame that is heard next.
    pub next_output: u64,
    /// The coherence that was arrived at.
    pub coherence: f32,
    /// Where its phase reconstruction stands, if there was one.
    pub reconstruction: Option<Reconstruction>,
}

impl SignalState {
    /// Nothing before `frame`.
    pub fn new(frame: u64, from_beginning: bool) -> Self {
        Self { next_frame: frame, first_frame: frame, from_beginning, ..Self::default() }
    }

    /// Brings the histories to the evaluations of a sampling at `levels`, one that is new goes on from the one
    /// whose level is nearest, or from `nothing`.
    pub fn adapt(&mut self, levels: &[f32], nothing: impl Fn() -> History) {
        if self.levels == levels {
            return;
        }
        let distance = |level: f32, index: &usize| (self.levels[*index] - level).abs();
        let nearest = |level: &f32| {
            let indices = 0..self.levels.len();
            indices.min_by(|a, b| distance(*level, a).total_cmp(&distance(*level, b)))
        };
        let sources: Vec<Option<usize>> = levels.iter().map(nearest).collect();
        let mut old = std::mem::take(&mut self.histories);
        let adapted = sources.iter().enumerate().map(|(index, source)| match source {
            // The last that goes on from it needs no copy.
            Some(from) if !sources[index + 1..].contains(source) => {
                std::mem::replace(&mut old[*from], History::zeros(0))
            }
            Some(from) => old[*from].clone(),
            None => nothing(),
        });
        self.histories = adapted.collect();
        self.levels = levels.to_vec();
    }

    /// How its sound up to frame `output` ended; none where something else came in between.
    pub fn take_last_output(&mut self, output: u64) -> Option<LastOutput> {
        self.last_output.take().filter(|last| last.next_output == output)
    }
}

/// The states of all channels of all signals. Channels that have been one so far share theirs.
#[derive(Debug, Default)]
pub(super) struct Signals(HashMap<(u64, u16), Arc<SignalState>>);

impl Signals {
    /// Takes the state that `window` goes on from, if there is one.
    pub fn take(&mut self, window: &Window) -> Option<Arc<SignalState>> {
        self.0.remove(&(window.signal, window.channel))
    }

    /// Keeps `state` for what follows `window`.
    pub fn keep(&mut self, window: &Window, state: Arc<SignalState>) {
        self.0.insert((window.signal, window.channel), state);
    }

    /// Drops the states of `signal`.
    pub fn forget(&mut self, signal: u64) {
        self.0.retain(|(of, _), _| *of != signal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histories_follow_their_levels() {
        let mut state = SignalState::new(0, true);
        let history = |value: f32| History::Values(vec![value]);
        let nothing = || history(0.0);
        state.adapt(&[9.0, 5.0, 1.0], nothing);
        assert_eq!(state.histories, [0.0; 3].map(history), "nothing to go on from");
        state.histories = [9.0, 5.0, 1.0].map(history).to_vec();
        // Fewer steps, a level in between, one more than there were.
        state.adapt(&[8.0, 1.0], nothing);
        assert_eq!(state.histories, [9.0, 1.0].map(history));
        state.adapt(&[8.0, 2.0, 1.0, 0.5], nothing);
        assert_eq!(state.histories, [9.0, 1.0, 1.0, 1.0].map(history));
        assert_eq!(state.levels, [8.0, 2.0, 1.0, 0.5]);
    }

    #[test]
    fn the_last_output_counts_only_where_it_ended() {
        let last = LastOutput { next_output: 7, coherence: 0.5, reconstruction: None };
        let mut state = SignalState { last_output: Some(last.clone()), ..SignalState::new(0, true) };
        assert_eq!(state.take_last_output(7), Some(last.clone()));
        state.last_output = Some(last);
        assert_eq!(state.take_last_output(8), None);
    }
}
