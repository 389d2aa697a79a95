//! The levels of channels that are rendered as one.

use std::ops::Range;

use crate::mel::{ChannelPair, Mel};
use crate::model::ModelHeader;
use crate::network::Rows;
use crate::render::Window;

/// Renders windows of samples at the level that the network is told, which of two channels with one sound is that of the
/// louder, and brings the sound to the level of each: so a network to which loud and quiet are not the same, as they are in
/// whitened spectra, gives both one sound.
pub(super) struct Leveller {
    pair: ChannelPair,
    hop: usize,
}

impl Leveller {
    /// That of the model with this `header`; none where networks know of no level.
    pub fn of(header: &ModelHeader) -> Option<Self> {
        let layout = header.network.layout();
        let dialect = header.dialect.as_ref().filter(|_| layout.rows == Rows::Samples)?;
        Some(Self { pair: ChannelPair::new(dialect), hop: layout.hop })
    }

    /// The mel frames that the sound of `window` is rendered as.
    pub fn mel(window: &Window) -> &Mel {
        if window.link.told.frames() == window.mel.frames() { &window.link.told } else { &window.mel }
    }

    /// Brings what was rendered of the frames `range` of `window`, `audio`, to its own level.
    pub fn apply(&self, window: &Window, range: Range<usize>, audio: &mut [f32]) {
        self.scale(window, range, audio, |sample, gain| sample * gain);
    }

    /// The way back, for what is to be rendered anew.
    pub fn undo(&self, window: &Window, range: Range<usize>, audio: &mut [f32]) {
        self.scale(window, range, audio, |sample, gain| sample / gain);
    }

    /// Scales `audio` as `by` does it with a gain that goes, frame by frame, from that of the frame before to its own.
    fn scale(&self, window: &Window, range: Range<usize>, audio: &mut [f32], by: impl Fn(f32, f32) -> f32) {
        let told = Self::mel(window);
        if std::ptr::eq(told, &window.mel) {
            return;
        }
        let gain = |frame: usize| self.pair.gain(window.mel.frame(frame), told.frame(frame));
        let mut before = gain(range.start.saturating_sub(1));
        for (frame, samples) in range.clone().zip(audio.chunks_mut(self.hop)) {
            let own = gain(frame);
            let step = (own - before) / self.hop as f32;
            for (index, sample) in samples.iter_mut().enumerate() {
                *sample = by(*sample, before + step * (index + 1) as f32);
            }
            before = own;
        }
    }
}
