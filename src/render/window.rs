//! Windows of mel frames, and what turns them into sound.

use std::ops::Range;

use super::Request;
use crate::Result;
use crate::mel::{ChannelPair, Dialect, Mel};

/// The time base of a renderer, and what it needs around what it renders: all that a stream has to know of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// The model's sample rate.
    pub rate_hz: u32,
    /// Samples per mel frame.
    pub hop: usize,
    /// Bands per mel frame.
    pub n_mels: usize,
    /// Frames that windows hold beside those whose sound is wanted.
    pub context: Context,
    /// Frames of sound that can be rendered at a time at no extra cost, since the renderer goes on from where a signal
    /// stood; none where it renders every window from the window alone. A longer window is rendered in so many at a time,
    /// always, so that a render depends on nothing else that is rendered meanwhile.
    pub quantum_frames: Option<usize>,
    /// Windows that are rendered side by side, and take no longer than one.
    pub side_by_side: usize,
    /// Frames of the shortest chunk that is worth rendering.
    pub chunk_frames: usize,
    /// Samples after those of its frames that a window's carrier holds.
    pub tail_samples: usize,
}

impl Format {
    /// Whether a renderer of this format renders the windows that are cut for one of `other`: the time base is the same, and
    /// there is as much around them as it needs. How it goes about it may differ.
    pub fn serves(&self, other: &Self) -> bool {
        let base = |format: &Self| (format.rate_hz, format.hop, format.n_mels, format.tail_samples);
        let needed = |format: &Self| {
            let Context { left_frames, right_frames, least_right_frames, optional_right_frames } =
                format.context;
            [left_frames, right_frames, least_right_frames, optional_right_frames]
        };
        base(self) == base(other) && needed(self).iter().zip(needed(other)).all(|(own, there)| *own <= there)
    }

    /// Frames that take as long to render one after another as `frames` frames of each of `windows` windows together.
    pub fn frames_in_a_row(&self, frames: usize, windows: usize) -> usize {
        frames * windows.div_ceil(self.side_by_side)
    }
}

/// Frames around those whose sound is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Before: what keeps the seam of a window that is rendered alone inaudible.
    pub left_frames: usize,
    /// After.
    pub right_frames: usize,
    /// After, where latency counts more: what the renderer cannot do without.
    pub least_right_frames: usize,
    /// How many of those after are look-ahead that a network can do without, and is told that it does.
    pub optional_right_frames: usize,
}

impl Context {
    /// The frames that a network looks ahead in windows with so many after them.
    pub fn look_ahead_frames(&self, right_frames: usize) -> usize {
        right_frames.saturating_sub(self.right_frames - self.optional_right_frames)
    }
}

/// One window to render: some mel frames of a channel of a signal at an absolute position, and how.
#[derive(Clone, Debug)]
pub struct Window {
    /// Which signal it is of. No two signals have the same number: a stretch of sound from a reset, or from silence, to
    /// the next is one.
    pub signal: u64,
    /// Which of the signal's channels.
    pub channel: u16,
    /// Frames since the last reset of the stream at the window's first frame; noise is addressed by position.
    pub first_frame: u64,
    /// The window's mel frames.
    pub mel: Mel,
    /// Those of the frames whose sound is wanted; the others are their context.
    pub output: Range<usize>,
    /// What the noise replaces where `strength` is below 1: as many samples as the window has, and
    /// [`Format::tail_samples`] more; or empty.
    pub carrier: Vec<f32>,
    /// What the channel has in common with the other of a stereo signal.
    pub link: Link,
    /// How to render it.
    pub request: Request,
}

/// What a channel has in common with the other of a stereo signal ([`crate::mel::ChannelPair`] says it): so one sound in both
/// stays where it was, and what is wide stays wide. Empty for a channel alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    /// What the network is told in place of the window's frames, as many of them.
    pub told: Mel,
    /// Per frame of the window, the share of its noise that it has in common with the first channel, 0 to 1; empty for that.
    pub shared: Vec<f32>,
}

impl Link {
    /// That of each of the channels `mels`, `[n_mels]` frames of `dialect`; empty where they are not two of equal length.
    pub fn of(mels: &[Mel], dialect: &Dialect) -> Vec<Self> {
        let mut links = vec![Self::default(); mels.len()];
        let ([left, right], [left_link, right_link]) = (mels, &mut links[..]) else { return links };
        if left.frames() != right.frames() {
            return links;
        }
        (left_link.told, right_link.told) = (left.clone(), right.clone());
        let pair = ChannelPair::new(dialect);
        right_link.shared = (0..left.frames())
            .map(|frame| {
                let told = [left_link.told.frame_mut(frame), right_link.told.frame_mut(frame)];
                pair.compare([left.frame(frame), right.frame(frame)], told)
            })
            .collect();
        links
    }

    /// That of the frames `range`.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let shared = self.shared.get(range.clone()).unwrap_or_default().to_vec();
        let told = if self.told.frames() == 0 { Mel::default() } else { self.told.slice(range) };
        Self { told, shared }
    }
}

/// Something that turns windows of mel frames into sound.
///
/// Windows of one channel of a signal come in their order, and a renderer goes on with each from where the one before
/// ended, whatever of the request has changed in between. What other signals are rendered, and when, changes no bit.
pub trait Render: Send {
    /// The time base and the context.
    fn format(&self) -> Format;

    /// Renders each window's output frames into the vector of the same index: `output.len() · hop` samples at the
    /// model's rate. Vectors keep their capacity from call to call.
    ///
    /// # Errors
    /// [`crate::Error::Device`] where the renderer has failed for good; any other error is that of a request which
    /// cannot be met, and the next one may well be.
    fn render(&mut self, windows: &[&Window], out: &mut [Vec<f32>]) -> Result<()>;

    /// Drops what is kept of `signal`, of which no window will come any more. For renderers that keep something.
    fn forget(&mut self, _signal: u64) {}
}
