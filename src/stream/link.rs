//! The link between one stream and the worker: chunks go out to be rendered and come back.
//!
//! Every chunk is allocated when the stream is opened and travels round: from the audio thread's store to the worker
//! and back. Both rings hold all chunks, so sending never fails for want of room. Neither end of a ring ever waits for the other, not
//! even for one that was stopped in the middle of sending: a thread of lower priority might not go on before the audio thread
//! has done. The worker, which may not be woken, is told when to look for the next.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::thread::Thread;
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer, PushError, RingBuffer};

use crate::mel::Mel;
use crate::render::{Format, Link, Request, SpanPlan, Window};

/// One chunk of one stream, all channels of it.
pub(super) struct Chunk {
    /// Which life of the stream it belongs to: a reset starts a new one, and what is left of the old is discarded.
    pub epoch: u64,
    /// Its index in the stream's plan.
    pub index: u64,
    /// Which of the life's stretches of sound it belongs to: silence ends one.
    pub stretch: u32,
    /// When it is heard; none where the audio thread waits for it.
    pub needed_at: Option<Instant>,
    /// What to render, one window per channel.
    pub windows: Vec<Window>,
    /// What was rendered, one vector per channel: the samples of the windows' output frames.
    pub samples: Vec<Vec<f32>>,
    /// Whether `samples` is that; false where the renderer failed or the chunk came too late.
    pub rendered: bool,
}

impl Chunk {
    fn new(format: Format, plan: SpanPlan, channels: usize) -> Self {
        let frames = plan.window_frames();
        let window = |channel: usize| Window {
            signal: 0,
            channel: channel as u16,
            first_frame: 0,
            mel: Mel::with_capacity(format.n_mels, frames),
            output: 0..0,
            carrier: Vec::with_capacity(frames * format.hop + format.tail_samples),
            link: Link {
                told: Mel::with_capacity(format.n_mels, if channels > 1 { frames } else { 0 }),
                shared: Vec::with_capacity(if channel > 0 { frames } else { 0 }),
            },
            request: Request::default(),
        };
        Self {
            epoch: 0,
            index: 0,
            stretch: 0,
            needed_at: None,
            windows: (0..channels).map(window).collect(),
            samples: vec![Vec::with_capacity(plan.chunk_frames * format.hop); channels],
            rendered: false,
        }
    }
}

/// What both sides of a link, and the monitor, see.
pub(super) struct LinkState {
    /// What moments are counted from.
    opened: Instant,
    /// Microseconds until the next chunk may come.
    next_chunk_us: AtomicU64,
    /// The stream's life, counted by the audio thread.
    epoch: AtomicU64,
    /// The first chunk that can still be heard in part.
    first_wanted: AtomicU64,
    /// The renderer's load as bits of an `f32`.
    load: AtomicU32,
}

impl LinkState {
    fn new() -> Self {
        Self {
            opened: Instant::now(),
            next_chunk_us: AtomicU64::new(0),
            epoch: AtomicU64::new(0),
            first_wanted: AtomicU64::new(0),
            load: AtomicU32::new(0),
        }
    }

    /// The moment before which no chunk will come.
    pub fn next_chunk(&self) -> Instant {
        self.opened + Duration::from_micros(self.next_chunk_us.load(Ordering::Relaxed))
    }

    /// Tells the worker the moment before which no chunk will come. Real-time.
    pub fn expect_chunk(&self, at: Instant) {
        let us = at.saturating_duration_since(self.opened).as_micros() as u64;
        self.next_chunk_us.store(us, Ordering::Relaxed);
    }

    /// Whether a chunk is still worth rendering.
    pub fn wants(&self, chunk: &Chunk) -> bool {
        chunk.epoch == self.epoch.load(Ordering::Acquire)
            && chunk.index >= self.first_wanted.load(Ordering::Acquire)
    }

    /// Time spent rendering over audio time, averaged.
    pub fn load(&self) -> f32 {
        f32::from_bits(self.load.load(Ordering::Relaxed))
    }

    pub fn set_load(&self, load: f32) {
        self.load.store(load.to_bits(), Ordering::Relaxed);
    }
}

/// Opens a link for `chunks` chunks. `worker` is the thread to wake when there is time for it.
pub(super) fn link(
    format: Format,
    plan: SpanPlan,
    channels: usize,
    chunks: usize,
    worker: Thread,
) -> (AudioHalf, WorkerHalf) {
    let (to_worker, from_audio) = RingBuffer::new(chunks);
    let (to_audio, from_worker) = RingBuffer::new(chunks);
    let state = Arc::new(LinkState::new());
    let store = (0..chunks).map(|_| Chunk::new(format, plan, channels)).collect();
    let audio = AudioHalf {
        to_worker,
        from_worker,
        store,
        state: Arc::clone(&state),
        worker,
        epoch: 0,
        in_flight: 0,
        worker_gone: false,
    };
    (audio, WorkerHalf { from_audio, to_audio, state })
}

/// The audio thread's half.
pub(super) struct AudioHalf {
    to_worker: Producer<Chunk>,
    from_worker: Consumer<Chunk>,
    store: Vec<Chunk>,
    state: Arc<LinkState>,
    worker: Thread,
    epoch: u64,
    /// Chunks of this epoch that have not come back.
    in_flight: usize,
    worker_gone: bool,
}

impl AudioHalf {
    /// An empty chunk to fill; none where all are under way. Real-time.
    pub fn take(&mut self) -> Option<Chunk> {
        self.store.pop()
    }

    /// Sends a chunk that [`AudioHalf::take`] gave. Real-time.
    pub fn send(&mut self, mut chunk: Chunk) {
        chunk.epoch = self.epoch;
        chunk.rendered = false;
        self.worker_gone |= self.to_worker.is_abandoned();
        if self.worker_gone {
            return self.store.push(chunk);
        }
        match self.to_worker.push(chunk) {
            Ok(()) => self.in_flight += 1,
            Err(PushError::Full(refused)) => self.store.push(refused),
        }
    }

    /// Hands over every chunk of this epoch that has come back, rendered or not. Real-time.
    pub fn receive(&mut self, mut each: impl FnMut(&Chunk)) {
        // Asked first: what a worker sends before it goes is received yet.
        self.worker_gone |= self.from_worker.is_abandoned();
        while let Ok(chunk) = self.from_worker.pop() {
            if chunk.epoch == self.epoch {
                self.in_flight -= 1;
                each(&chunk);
            }
            self.store.push(chunk);
        }
    }

    /// Whether a chunk of this epoch may still come back. Real-time.
    pub fn expecting(&self) -> bool {
        self.in_flight > 0 && !self.worker_gone
    }

    /// Whether a chunk to fill may still come back. Real-time.
    pub fn may_refill(&self) -> bool {
        self.store.is_empty() && !self.worker_gone
    }

    /// Starts a new epoch. Real-time.
    pub fn reset(&mut self) {
        self.epoch += 1;
        self.in_flight = 0;
        self.state.first_wanted.store(0, Ordering::Release);
        self.state.epoch.store(self.epoch, Ordering::Release);
    }

    /// Tells the worker that chunks before `index` are too late. Real-time.
    pub fn set_first_wanted(&self, index: u64) {
        self.state.first_wanted.store(index, Ordering::Release);
    }

    /// Wakes the worker: a system call, so only on borrowed time.
    pub fn wake_worker(&self) {
        self.worker.unpark();
    }

    pub fn state(&self) -> &Arc<LinkState> {
        &self.state
    }
}

/// That a stream has been dropped.
#[derive(Debug)]
pub(super) struct StreamGone;

/// The worker's half.
pub(super) struct WorkerHalf {
    from_audio: Consumer<Chunk>,
    to_audio: Producer<Chunk>,
    pub state: Arc<LinkState>,
}

impl WorkerHalf {
    /// The next chunk, if there is one. Never waits.
    ///
    /// # Errors
    /// The stream has been dropped.
    pub fn try_receive(&mut self) -> Result<Option<Chunk>, StreamGone> {
        match self.from_audio.is_abandoned() {
            true => Err(StreamGone),
            false => Ok(self.from_audio.pop().ok()),
        }
    }

    /// Sends `chunk` back; nobody gets it where the stream has been dropped.
    pub fn give_back(&mut self, chunk: Chunk) {
        // There is room for all chunks.
        let _ = self.to_audio.push(chunk);
    }
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
