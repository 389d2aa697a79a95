//! Frames that come over a network, brought into their order and onto the stream's clock.

use super::feed_counts::FeedCounts;

/// Frames that wait before the first is played: what a sender's and a network's unevenness is taken out of.
const DEPTH: usize = 4;
/// Frames for which the latest is repeated where one is missing, and over which it then fades to silence.
const HOLD: u32 = 4;
const FADE: u32 = 8;
/// Over so many frames the fewest that waited are looked at: where that is more than [`MOST_WAITING`], one is left out.
const DRIFT_FRAMES: u32 = 128;
const MOST_WAITING: usize = DEPTH + 4;
/// An index so far behind is no late frame, but a sender that has begun anew.
const RESTART: i64 = 64;

/// A bounded buffer of frames by index, from which one is taken per frame of the stream. Real-time but for `new`.
///
/// - A frame that was played already is late, one that waits already is a duplicate: both are dropped.
/// - Where one is missing and others wait, the latest is repeated in its place. Where none waits, it is repeated too, and
///   fades to silence: then nothing is waited for, and the next frame is a beginning.
/// - A sender whose clock is slower makes the buffer run dry, and a frame is repeated; of one whose clock is faster, a frame
///   is left out now and then.
pub(super) struct JitterBuffer {
    silence: f32,
    n_mels: usize,
    /// The index of the frame in each place, `index mod capacity`.
    indices: Vec<Option<i64>>,
    /// `[capacity, n_mels]`.
    frames: Vec<f32>,
    waiting: usize,
    state: State,
    /// The index that is played next.
    next: i64,
    /// The latest index that was seen, stored or not.
    newest: i64,
    /// What is repeated, and for how many frames it has been.
    held: Vec<f32>,
    missing: u32,
    /// The fewest that waited in the latest frames, and how many these are.
    fewest: usize,
    looked: u32,
    counts: FeedCounts,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// Nothing comes.
    Idle,
    /// Something has come, so many frames ago; nothing of it is played yet.
    Filling(usize),
    Playing,
}

impl JitterBuffer {
    /// A buffer of `capacity` frames of `n_mels` bands, in which `silence` is that of every band.
    pub fn new(capacity: usize, n_mels: usize, silence: f32) -> Self {
        Self {
            silence,
            n_mels,
            indices: vec![None; capacity],
            frames: vec![silence; capacity * n_mels],
            waiting: 0,
            state: State::Idle,
            next: 0,
            newest: 0,
            held: vec![silence; n_mels],
            missing: HOLD + FADE,
            fewest: usize::MAX,
            looked: 0,
            counts: FeedCounts::default(),
        }
    }

    /// Forgets all frames; what was counted stays.
    pub fn reset(&mut self) {
        self.clear();
        self.state = State::Idle;
        self.missing = HOLD + FADE;
    }

    /// Whether frames come, or the latest have not died away.
    pub fn is_active(&self) -> bool {
        self.state != State::Idle
    }

    /// What has been counted.
    pub fn counts(&self) -> FeedCounts {
        self.counts
    }

    /// Takes frame `index`, `[n_mels]`.
    pub fn push(&mut self, index: i64, frame: &[f32]) {
        let (ahead, capacity) = (index.wrapping_sub(self.next), self.indices.len() as i64);
        let beyond = index.wrapping_sub(self.newest);
        match self.state {
            State::Idle => self.begin(index),
            // Nothing is played yet: an earlier one may still be the first.
            State::Filling(_) if ahead < 0 && ahead > -RESTART && -beyond < capacity => self.next = index,
            _ if (0..capacity).contains(&ahead) => {}
            _ if ahead < 0 && ahead > -RESTART => {
                self.counts.late += 1;
                return;
            }
            // More at once than there is room for.
            _ if beyond == 1 => {
                self.counts.overflowed += 1;
                self.newest = index;
                return;
            }
            _ => {
                self.counts.restarts += 1;
                self.begin(index);
            }
        }
        let place = self.place(index);
        if self.indices[place] == Some(index) {
            self.counts.duplicate += 1;
            return;
        }
        self.counts.taken += 1;
        self.indices[place] = Some(index);
        self.frames[place * self.n_mels..(place + 1) * self.n_mels].copy_from_slice(frame);
        self.waiting += 1;
        if index.wrapping_sub(self.newest) > 0 {
            self.newest = index;
        }
    }

    /// Gives the frame, `[n_mels]`, of the stream's next one.
    pub fn pop(&mut self, out: &mut [f32]) {
        match self.state {
            State::Idle => out.fill(self.silence),
            State::Filling(frames) if self.waiting < DEPTH && frames < DEPTH => {
                self.state = State::Filling(frames + 1);
                self.conceal(out);
            }
            State::Filling(_) | State::Playing => {
                self.state = State::Playing;
                self.play(out);
            }
        }
    }

    fn play(&mut self, out: &mut [f32]) {
        let place = self.place(self.next);
        if self.indices[place] == Some(self.next) {
            out.copy_from_slice(&self.frames[place * self.n_mels..(place + 1) * self.n_mels]);
            self.held.copy_from_slice(out);
            self.missing = 0;
            self.advance();
            self.follow_drift();
        } else if self.waiting > 0 {
            self.counts.lost += 1;
            if self.missing >= HOLD + FADE {
                self.next = self.earliest();
            } else {
                self.next = self.next.wrapping_add(1);
            }
            self.conceal(out);
        } else {
            self.counts.repeated += 1;
            self.fewest = usize::MAX;
            self.looked = 0;
            self.conceal(out);
            if self.missing >= HOLD + FADE {
                self.reset();
            }
        }
    }

    /// What is heard in place of a frame that is not there.
    fn conceal(&mut self, out: &mut [f32]) {
        let left = (HOLD + FADE).saturating_sub(self.missing).min(FADE) as f32 / FADE as f32;
        for (out, held) in out.iter_mut().zip(&self.held) {
            *out = self.silence + left * (held - self.silence);
        }
        self.missing = (self.missing + 1).min(HOLD + FADE);
    }

    /// Leaves a frame out where more have waited all the time than there is use for.
    fn follow_drift(&mut self) {
        self.fewest = self.fewest.min(self.waiting);
        self.looked += 1;
        if self.looked < DRIFT_FRAMES {
            return;
        }
        if self.fewest > MOST_WAITING {
            self.counts.skipped += 1;
            self.advance();
        }
        (self.fewest, self.looked) = (usize::MAX, 0);
    }

    /// Leaves the frame that is next behind.
    fn advance(&mut self) {
        let place = self.place(self.next);
        if self.indices[place].take_if(|index| *index == self.next).is_some() {
            self.waiting -= 1;
        }
        self.next = self.next.wrapping_add(1);
    }

    /// The frame that waits and comes first.
    fn earliest(&self) -> i64 {
        let indices = self.indices.iter().flatten();
        indices.copied().min_by_key(|index| index.wrapping_sub(self.next)).unwrap_or(self.next)
    }

    fn begin(&mut self, index: i64) {
        self.clear();
        (self.next, self.newest, self.state) = (index, index, State::Filling(0));
    }

    fn clear(&mut self) {
        self.indices.fill(None);
        self.waiting = 0;
        (self.fewest, self.looked) = (usize::MAX, 0);
    }

    fn place(&self, index: i64) -> usize {
        index.rem_euclid(self.indices.len() as i64) as usize
    }
}

#[cfg(test)]
#[path = "jitter_tests.rs"]
mod tests;
