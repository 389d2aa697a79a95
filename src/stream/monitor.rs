//! What the editor may look at while a stream runs: counters, and mel frames on their way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use rtrb::{Consumer, Producer, RingBuffer};

use super::Latency;
use super::feed::MelFeed;
use super::feed_counts::{FeedCounters, FeedCounts};
use super::link::LinkState;

/// Frames that may wait for the editor: more than a second's.
const TAP_FRAMES: usize = 128;

/// Which frames a tap hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MelTap {
    /// Those that go to the renderer, the user's edits included.
    In,
    /// Those of the rendered sound, before the mix.
    Out,
}

/// The editor's side of a stream. Nothing here ever makes the audio thread wait.
pub struct StreamMonitor {
    latency: Latency,
    counters: Arc<Counters>,
    link: Arc<LinkState>,
    taps: [TapReader; 2],
    feed: Option<MelFeed>,
    fed: Arc<FeedCounters>,
}

/// How far samples went from zero, as magnitudes: 1 is full scale.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Levels {
    /// The main input.
    pub input: f32,
    /// What the host got.
    pub output: f32,
}

/// What the audio thread counts.
#[derive(Default)]
pub(super) struct Counters {
    pub underruns: AtomicU64,
    pub rendering: AtomicBool,
    pub asleep: AtomicBool,
    pub input: Peak,
    pub output: Peak,
}

/// The greatest magnitude since somebody looked. The bits of floats that are not negative are in the order of the floats.
#[derive(Default)]
pub(super) struct Peak(AtomicU32);

impl Peak {
    /// Takes in a block of every channel in `channels`. What is not finite counts as silence, as it does to the stream.
    /// Real-time.
    pub fn note(&self, channels: &[&mut [f32]]) {
        let samples = channels.iter().flat_map(|channel| channel.iter());
        let peak = samples.map(|sample| sample.abs()).filter(|peak| peak.is_finite()).fold(0.0, f32::max);
        self.0.fetch_max(peak.to_bits(), Ordering::Relaxed);
    }

    fn take(&self) -> f32 {
        f32::from_bits(self.0.swap(0, Ordering::Relaxed))
    }
}

/// A mel frame on its way to the editor.
struct TapFrame {
    index: u64,
    bands: Vec<f32>,
}

/// The audio thread's end of a tap.
pub(super) struct TapWriter {
    free: Consumer<Box<TapFrame>>,
    filled: Producer<Box<TapFrame>>,
}

struct TapReader {
    free: Producer<Box<TapFrame>>,
    filled: Consumer<Box<TapFrame>>,
}

impl StreamMonitor {
    /// A monitor, with what the audio thread writes to: counters, and the taps in and out.
    pub(super) fn new(
        latency: Latency,
        link: Arc<LinkState>,
        n_mels: usize,
        (feed, fed): (MelFeed, Arc<FeedCounters>),
    ) -> (Self, Arc<Counters>, [TapWriter; 2]) {
        let counters = Arc::new(Counters::default());
        let ((write_in, read_in), (write_out, read_out)) = (tap(n_mels), tap(n_mels));
        let taps = [read_in, read_out];
        let monitor = Self { latency, counters: Arc::clone(&counters), link, taps, feed: Some(feed), fed };
        (monitor, counters, [write_in, write_out])
    }

    /// The latency and its terms.
    pub fn latency(&self) -> &Latency {
        &self.latency
    }

    /// How often rendered sound went missing since the stream was opened.
    pub fn underruns(&self) -> u64 {
        self.counters.underruns.load(Ordering::Relaxed)
    }

    /// The peaks of what went in and what came out since the last call, over all channels.
    pub fn take_levels(&self) -> Levels {
        Levels { input: self.counters.input.take(), output: self.counters.output.take() }
    }

    /// Time spent rendering over the audio time it yields, averaged: at 1 the renderer only just keeps up.
    pub fn load(&self) -> f32 {
        self.link.load()
    }

    /// Whether rendered sound (and not what is heard on an underrun) is what the mix gets right now.
    pub fn rendering(&self) -> bool {
        self.counters.rendering.load(Ordering::Relaxed)
    }

    /// Whether the stream sleeps: nothing sounds, and nothing is rendered.
    pub fn asleep(&self) -> bool {
        self.counters.asleep.load(Ordering::Relaxed)
    }

    /// Where mel frames are given to the stream; there is one, so none the next time.
    pub fn take_feed(&mut self) -> Option<MelFeed> {
        self.feed.take()
    }

    /// What became of the frames that were given to it.
    pub fn fed(&self) -> FeedCounts {
        self.fed.load()
    }

    /// Hands over the frames of channel 0 that came since the last call, `(frame index, [n_mels])`, in order. While
    /// nobody fetches them, all beyond the first second or so are lost; indices show the gap.
    pub fn mel_frames(&mut self, tap: MelTap, mut each: impl FnMut(u64, &[f32])) {
        let reader = match tap {
            MelTap::In => &mut self.taps[0],
            MelTap::Out => &mut self.taps[1],
        };
        while let Ok(frame) = reader.filled.pop() {
            each(frame.index, &frame.bands);
            // There is room for all frames.
            let _ = reader.free.push(frame);
        }
    }
}

fn tap(n_mels: usize) -> (TapWriter, TapReader) {
    let (mut give_free, free) = RingBuffer::new(TAP_FRAMES);
    let (filled, take_filled) = RingBuffer::new(TAP_FRAMES);
    for _ in 0..TAP_FRAMES {
        // The ring was made for exactly as many.
        let _ = give_free.push(Box::new(TapFrame { index: 0, bands: vec![0.0; n_mels] }));
    }
    (TapWriter { free, filled }, TapReader { free: give_free, filled: take_filled })
}

impl TapWriter {
    /// Shows a frame to the editor, or drops it where the editor has too many. Real-time.
    pub fn write(&mut self, index: u64, bands: &[f32]) {
        let Ok(mut frame) = self.free.pop() else { return };
        frame.index = index;
        frame.bands.copy_from_slice(bands);
        // There is room for all frames.
        let _ = self.filled.push(frame);
    }
}
