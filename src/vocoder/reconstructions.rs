//! Where the phase reconstructions of signals stood, so that windows after one another sound like one signal.
//!
//! Unlike the network's pasts these are not known by what they were made from: what was heard last of a signal stays heard
//! when a setting changes, and a window goes on from it whatever the settings are.

use super::piece::Piece;
use crate::mel::Mel;
use crate::phase::Reconstruction;

/// One channel's.
struct Kept {
    signal: Option<u64>,
    /// The mel frames that it rests on, and the first of them, counted from the start of the signal.
    first_frame: u64,
    mel: Mel,
    /// The frame that is heard next.
    next_output: u64,
    state: Reconstruction,
}

impl Kept {
    /// Whether `piece` comes next in the same signal, and in the same of its channels: they say the same of all frames that
    /// this rests on.
    fn leads_to(&self, piece: &Piece) -> bool {
        let first = self.first_frame.checked_sub(piece.first_frame);
        let Some(first) = first.map(|first| first as usize) else { return false };
        let bands = self.mel.n_mels();
        let theirs = piece.mel.as_frames().get(first * bands..(first + self.mel.frames()) * bands);
        self.signal == piece.signal
            && self.next_output == piece.output()[0]
            && theirs == Some(self.mel.as_frames())
    }
}

/// How the latest stretch of a signal was heard.
struct Heard {
    signal: Option<u64>,
    /// The frames that it began with and ended before.
    output: [u64; 2],
    /// The coherence that it began and ended with.
    coherence: [f32; 2],
}

/// The reconstructions of several signals, some tens of kilobytes each, the oldest first.
#[derive(Default)]
pub(super) struct Reconstructions {
    kept: Vec<Kept>,
    heard: Vec<Heard>,
}

impl Reconstructions {
    /// The coherence that `piece` is to begin and to end with: what its signal was heard with last, so that a turned knob
    /// makes no step, and its own. It is heard so from here on.
    pub fn coherence(&mut self, piece: &Piece) -> [f32; 2] {
        let (signal, output, own) = (piece.signal, piece.output(), piece.request.coherence);
        let last = self.heard.iter().find(|heard| heard.signal == signal);
        let before = last.and_then(|heard| match heard.output {
            // Another channel of this very stretch.
            same if same == output => Some(heard.coherence[0]),
            [_, end] if end == output[0] => Some(heard.coherence[1]),
            _ => None,
        });
        let coherence = [before.unwrap_or(own), own];
        self.heard.retain(|heard| heard.signal != signal);
        self.heard.push(Heard { signal, output, coherence });
        coherence
    }

    /// The newest that leads to `piece`, if there is one. Channels that have been one so far go on from the same.
    pub fn find(&self, piece: &Piece) -> Option<Reconstruction> {
        self.kept.iter().rfind(|kept| kept.leads_to(piece)).map(|kept| kept.state.clone())
    }

    /// Keeps `state` for what follows `piece`, to which it has come.
    pub fn keep(&mut self, state: Reconstruction, piece: &Piece) {
        let seen = (state.seen_frames().saturating_sub(piece.first_frame) as usize).min(piece.mel.frames());
        let first = piece.output_frames.end.saturating_sub(piece.phase_frames);
        let [output, next_output] = piece.output();
        // The piece's own channel has gone on; another one may still have to, from where the piece begins.
        self.kept
            .retain(|kept| kept.signal != piece.signal || [output, next_output].contains(&kept.next_output));
        self.kept.push(Kept {
            signal: piece.signal,
            first_frame: piece.first_frame + first as u64,
            mel: piece.mel.slice(first.min(seen)..seen),
            next_output,
            state,
        });
    }

    /// Forgets those of `signal`.
    pub fn forget(&mut self, signal: Option<u64>) {
        self.kept.retain(|kept| kept.signal != signal);
        self.heard.retain(|heard| heard.signal != signal);
    }
}
