//! Mel frames from outside of the audio: how they get to a stream.

use std::sync::Arc;

use rtrb::{Consumer, Producer, RingBuffer};

use super::feed_counts::FeedCounters;
use super::jitter::JitterBuffer;
use crate::mel::{Dialect, LoudnessLimit};

/// Frames that wait for their time: three seconds and less.
const BUFFERED_FRAMES: usize = 256;
/// Frames on their way to the audio thread.
const UNDER_WAY: usize = 128;

/// Why a frame was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FeedRefusal {
    /// It has another number of bands than the model's frames.
    Bands,
    /// A band is no finite number.
    Value,
    /// As many are under way as may be: the stream does not run, or there is a flood.
    Full,
    /// The stream is gone.
    Closed,
}

struct FedFrame {
    index: i64,
    bands: Vec<f32>,
}

/// Where mel frames are given to a stream whose [`super::MelFrom`] is `Feed`: by any thread but the audio thread.
pub struct MelFeed {
    dialect: Dialect,
    limit: LoudnessLimit,
    free: Consumer<Box<FedFrame>>,
    filled: Producer<Box<FedFrame>>,
}

impl MelFeed {
    /// The dialect of the frames.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// Gives frame `index` of the sender's, `bands`. It may come in any order; the stream plays one for each of its own.
    /// A frame louder than any sound is made as loud as the loudest.
    ///
    /// # Errors
    /// Why it was not taken.
    pub fn send(&mut self, index: i64, bands: &[f32]) -> Result<(), FeedRefusal> {
        if bands.len() != self.dialect.n_mels {
            return Err(FeedRefusal::Bands);
        }
        if !bands.iter().all(|value| value.is_finite()) {
            return Err(FeedRefusal::Value);
        }
        if self.filled.is_abandoned() {
            return Err(FeedRefusal::Closed);
        }
        let mut frame = self.free.pop().map_err(|_| FeedRefusal::Full)?;
        frame.index = index;
        frame.bands.copy_from_slice(bands);
        // Anyone who reaches the port may send what no sound has.
        self.limit.apply(&mut frame.bands);
        // There is room for all frames.
        self.filled.push(frame).map_err(|_| FeedRefusal::Full)
    }
}

/// The audio thread's end. Real-time but for [`feed`].
pub(super) struct Inlet {
    filled: Consumer<Box<FedFrame>>,
    free: Producer<Box<FedFrame>>,
    buffer: JitterBuffer,
    counters: Arc<FeedCounters>,
}

/// A feed of frames in `dialect`, and what it leads to.
pub(super) fn feed(dialect: &Dialect) -> (MelFeed, Inlet, Arc<FeedCounters>) {
    let (mut give_free, free) = RingBuffer::new(UNDER_WAY);
    let (filled, take_filled) = RingBuffer::new(UNDER_WAY);
    for _ in 0..UNDER_WAY {
        // The ring was made for exactly as many.
        let _ = give_free.push(Box::new(FedFrame { index: 0, bands: vec![0.0; dialect.n_mels] }));
    }
    let (silence, counters) = (dialect.silence(), Arc::new(FeedCounters::default()));
    let limit = LoudnessLimit::new(dialect);
    let feed = MelFeed { limit, free, filled, dialect: dialect.clone() };
    let buffer = JitterBuffer::new(BUFFERED_FRAMES, dialect.n_mels, silence);
    let inlet = Inlet { filled: take_filled, free: give_free, buffer, counters: Arc::clone(&counters) };
    (feed, inlet, counters)
}

impl Inlet {
    /// Takes in what has come, or drops it where nobody `listens`. Whether there is something to play.
    pub fn receive(&mut self, listens: bool) -> bool {
        for _ in 0..UNDER_WAY {
            let Ok(frame) = self.filled.pop() else { break };
            if listens {
                self.buffer.push(frame.index, &frame.bands);
            }
            // There is room for all frames.
            let _ = self.free.push(frame);
        }
        if !listens && self.buffer.is_active() {
            self.buffer.reset();
        }
        self.counters.store(self.buffer.counts());
        self.buffer.is_active()
    }

    /// The next frame into `out`, `[n_mels]`.
    pub fn next(&mut self, out: &mut [f32]) {
        self.buffer.pop(out);
    }

    /// Forgets all frames that wait.
    pub fn reset(&mut self) {
        self.buffer.reset();
    }
}
