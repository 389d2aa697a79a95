//! Mel frames from outside of the audio: how they get to a stream.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};

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
    free: Receiver<Box<FedFrame>>,
    filled: Sender<Box<FedFrame>>,
    sent: Arc<AtomicU64>,
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
        let mut frame = self
            .free
            .try_recv()
            .map_err(|error| if error.is_disconnected() { FeedRefusal::Closed } else { FeedRefusal::Full })?;
        frame.index = index;
        frame.bands.copy_from_slice(bands);
        // Anyone who reaches the port may send what no sound has.
        self.limit.apply(&mut frame.bands);
        // There is room for all frames.
        self.filled.try_send(frame).map_err(|_| FeedRefusal::Closed)?;
        self.sent.fetch_add(1, Ordering::Release);
        Ok(())
    }
}

/// The audio thread's end. Real-time but for [`feed`].
pub(super) struct Inlet {
    filled: Receiver<Box<FedFrame>>,
    /// Frames that have been sent, and those that were taken of them. A receiver of a channel waits for a sender who has begun to
    /// send, and that one may have been stopped by the very thread that waits: so only what has been sent is asked for.
    sent: Arc<AtomicU64>,
    taken: u64,
    free: Sender<Box<FedFrame>>,
    /// A frame that came back because the feed is gone: kept, since dropping it would free memory.
    refused: Option<Box<FedFrame>>,
    buffer: JitterBuffer,
    counters: Arc<FeedCounters>,
}

/// A feed of frames in `dialect`, and what it leads to.
pub(super) fn feed(dialect: &Dialect) -> (MelFeed, Inlet, Arc<FeedCounters>) {
    let (give_free, free) = bounded(UNDER_WAY);
    let (filled, take_filled) = bounded(UNDER_WAY);
    for _ in 0..UNDER_WAY {
        // The channel was made for exactly as many.
        let _ = give_free.try_send(Box::new(FedFrame { index: 0, bands: vec![0.0; dialect.n_mels] }));
    }
    let (silence, counters) = (dialect.silence(), Arc::new(FeedCounters::default()));
    let limit = LoudnessLimit::new(dialect);
    let sent = Arc::new(AtomicU64::new(0));
    let feed = MelFeed { limit, free, filled, sent: Arc::clone(&sent), dialect: dialect.clone() };
    let buffer = JitterBuffer::new(BUFFERED_FRAMES, dialect.n_mels, silence);
    let inlet = Inlet {
        filled: take_filled,
        sent,
        taken: 0,
        free: give_free,
        refused: None,
        buffer,
        counters: Arc::clone(&counters),
    };
    (feed, inlet, counters)
}

impl Inlet {
    /// Takes in what has come, or drops it where nobody `listens`. Whether there is something to play.
    pub fn receive(&mut self, listens: bool) -> bool {
        for _ in 0..UNDER_WAY {
            if self.refused.is_some() || self.taken == self.sent.load(Ordering::Acquire) {
                break;
            }
            let Ok(frame) = self.filled.try_recv() else { break };
            self.taken += 1;
            if listens {
                self.buffer.push(frame.index, &frame.bands);
            }
            self.refused = self.free.try_send(frame).err().map(|refused| refused.into_inner());
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
