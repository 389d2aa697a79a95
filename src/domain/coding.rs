//! What a domain is.

use std::ops::Range;

use crate::mel::{Mel, SpectrumFit};

/// What a network diffuses, x: made of audio under its mel frames, and audio again. All of it by whole mel frames.
///
/// Frames are those of the mel that is given along: what lies beyond its ends is taken for silence, so that values
/// within [`Domain::reach_frames`] of an end at which a signal goes on are not its own.
pub trait Domain: Send {
    /// Values of x per mel frame.
    fn frame_values(&self) -> usize;

    /// Mel frames on either side of a frame's own that encoding and decoding look at.
    fn reach_frames(&self) -> usize;

    /// Standard deviation of the noise per value for the frames of `mel`; empty where it is 1.
    fn noise_std(&self, mel: &Mel) -> Vec<f32>;

    /// x for the frames of `mel` of the `audio`, `[frames · hop]`, and of spectra what else lies under the last
    /// window.
    fn encode(&mut self, mel: &Mel, audio: &[f32]) -> Vec<f32>;

    /// The audio of `x` for the frames of `mel`. Both may end within the last frame, at the same place of it.
    fn decode(&mut self, mel: &Mel, x: Vec<f32>) -> Vec<f32>;

    /// Whether [`Domain::fit`] does anything.
    fn fits(&self) -> bool {
        false
    }

    /// Scales one frame of a predicted signal, `x0`, so that it says of itself what its mel `frame` says, where the domain can.
    fn fit(&mut self, _frame: &[f32], _fit: Fit, _x0: &mut [f32]) {}

    /// What [`Domain::fit`] takes for a batch of windows, of each of whose spectrograms `frames` are predicted, for devices that
    /// do the same; none where nothing is fitted.
    fn fit_of(&mut self, _windows: &[(&Mel, Fit)], _frames: Range<usize>) -> Option<SpectrumFit> {
        None
    }
}

/// How far predictions are held to the mel frames that they were made for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Share of the gains that would make their mel what was asked for, 0 to 1.
    pub share: f32,
    /// What is left of the mel's detail over bands: see [`crate::mel::BandSmoothing`].
    pub detail: f32,
}

/// Limits samples to full scale.
pub(crate) fn limit(samples: &mut [f32]) {
    samples.iter_mut().for_each(|x| *x = x.clamp(-1.0, 1.0));
}
