//! Where the phase reconstructions of signals stood, so that windows after one another sound like one signal.
//!
//! As with the network's pasts, a reconstruction is known by what it was made from and not by whose it is. But what was
//! heard last stays heard when a setting changes: so a window goes on from it whatever the settings are.

use super::piece::Piece;
use crate::mel::Mel;
use crate::phase::Reconstruction;

/// Reconstructions that are kept, some tens of kilobytes each.
const KEPT: usize = 256;

/// One signal's.
struct Kept {
    seed: u64,
    temperature: f32,
    trust: f32,
    /// The mel frames that it rests on, and the first of them, counted from the start of the signal.
    first_frame: u64,
    mel: Mel,
    /// The frame that is heard next.
    next_output: u64,
    state: Reconstruction,
}

impl Kept {
    /// Whether `piece` comes next and says the same of all frames that this rests on.
    fn leads_to(&self, piece: &Piece) -> bool {
        let first = self.first_frame.checked_sub(piece.first_frame);
        let Some(first) = first.map(|first| first as usize) else { return false };
        let bands = self.mel.n_mels();
        let theirs = piece.mel.as_frames().get(first * bands..(first + self.mel.frames()) * bands);
        self.seed == piece.seed
            && self.next_output == piece.first_frame + piece.output_frames.start as u64
            && theirs == Some(self.mel.as_frames())
    }
}

/// The reconstructions of several signals, the oldest first.
#[derive(Default)]
pub(super) struct Reconstructions(Vec<Kept>);

impl Reconstructions {
    /// The one that leads to `piece`, if there is one; of several, that with the same settings, or else the newest.
    pub fn find(&self, piece: &Piece, trust: f32) -> Option<Reconstruction> {
        let leading = self.0.iter().filter(|kept| kept.leads_to(piece));
        let same = |kept: &&Kept| kept.temperature == piece.temperature && kept.trust == trust;
        // Of equals the last is taken.
        leading.max_by_key(same).map(|kept| kept.state.clone())
    }

    /// Keeps `state` for what follows `piece`, to which it has come.
    pub fn keep(&mut self, state: Reconstruction, piece: &Piece, trust: f32) {
        let seen = (state.seen_frames().saturating_sub(piece.first_frame) as usize).min(piece.mel.frames());
        let first = piece.output_frames.end.saturating_sub(piece.phase_frames);
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push(Kept {
            seed: piece.seed,
            temperature: piece.temperature,
            trust,
            first_frame: piece.first_frame + first as u64,
            mel: piece.mel.slice(first..seen),
            next_output: piece.first_frame + piece.output_frames.end as u64,
            state,
        });
    }
}
