//! Spectra that the mel has whitened and a square root has flattened: what BandWave diffuses.
//!
//! A mel frame and a frame of the short-time Fourier transform share their centre. With σ, the deviation of each part of a
//! bin as the mel's envelope has it, and U = X/σ, a frame of x is U/√(|U| + 1e-4): of about unit variance, without the
//! peaks of voices. Its real parts come first, then the imaginary ones.

mod deviations;
mod fit;
mod overlap;

use std::f32::consts::FRAC_1_SQRT_2;
use std::ops::Range;
use std::sync::Arc;

use self::deviations::Deviations;
use self::fit::Fitting;
use self::overlap::Overlap;
use super::{Domain, Fit};
use crate::mel::{Dialect, Mel, Spectrum, SpectrumFit, WindowedTransform};
use crate::{Error, Result};

/// Added to magnitudes before their root is divided by.
const ROOT_FLOOR: f32 = 1e-4;

/// The domain of networks that diffuse spectra.
#[derive(Clone)]
pub struct Stft {
    hop: usize,
    /// Samples from a frame's first to that of its hop.
    lead: usize,
    transform: WindowedTransform,
    deviations: Deviations,
    fitting: Fitting,
    overlap: Overlap,
}

impl Stft {
    /// Spectra under mel frames of `dialect`, which [`Stft::validate`] has let pass.
    pub fn new(dialect: &Dialect) -> Self {
        let transform = WindowedTransform::new(dialect.n_fft, dialect.n_fft);
        let energy: f32 = transform.window.iter().map(|w| w * w).sum();
        Self {
            hop: dialect.hop,
            lead: dialect.lead_samples(),
            deviations: Deviations::new(dialect, energy.sqrt() * FRAC_1_SQRT_2),
            fitting: Fitting::new(dialect),
            overlap: Overlap::new(&transform.window),
            transform,
        }
    }

    /// Refuses a dialect whose frames are no spectra that audio can be made of again.
    ///
    /// # Errors
    /// Names `place` and the field.
    pub fn validate(place: &str, dialect: &Dialect) -> Result<()> {
        let field = |field: &str| format!("dialect.{field}");
        if dialect.win != dialect.n_fft {
            return Err(Error::invalid(place, field("win"), dialect.win, format!("n_fft = {}", dialect.n_fft)));
        }
        if dialect.hop * 2 > dialect.n_fft || !dialect.n_fft.is_multiple_of(dialect.hop) {
            let expected = format!("half of n_fft = {}, or another whole part of it", dialect.n_fft);
            return Err(Error::invalid(place, field("hop"), dialect.hop, expected));
        }
        match dialect.spectrum {
            Spectrum::Magnitude | Spectrum::MagnitudeEps => Ok(()),
            other => {
                let expected = "magnitude or magnitude-eps";
                Err(Error::invalid(place, field("spectrum"), format!("{other:?}"), expected))
            }
        }
    }

    /// Values of a frame: the real parts of its bins, and the imaginary ones.
    pub fn frame_values(dialect: &Dialect) -> usize {
        2 * (dialect.n_fft / 2 + 1)
    }

    /// Mel frames on either side of a sample's own whose windows reach it.
    pub fn reach_frames(dialect: &Dialect) -> usize {
        (dialect.n_fft / 2).div_ceil(dialect.hop)
    }

    fn bins(&self) -> usize {
        self.transform.bins.len()
    }

    /// σ of a mel frame, `[bins]`: the deviation of each part of a bin.
    #[cfg(feature = "train")]
    pub(crate) fn deviations(&mut self, frame: &[f32]) -> &[f32] {
        self.deviations.of(frame)
    }

    /// x of one frame of spectrum, whitened by its own envelope, into the end of `x`.
    fn encode_bins(&mut self, x: &mut Vec<f32>) {
        let (start, bins) = (x.len(), self.bins());
        x.resize(start + 2 * bins, 0.0);
        let (real, imaginary) = x[start..].split_at_mut(bins);
        let deviations = self.deviations.of(self.fitting.mel_of(&self.transform.bins));
        for (bin, value) in self.transform.bins.iter().enumerate() {
            let white = *value / deviations[bin];
            let flat = white / (white.norm() + ROOT_FLOOR).sqrt();
            (real[bin], imaginary[bin]) = (flat.re, flat.im);
        }
    }

    /// The windowed samples of one frame of x under the mel `frame` into the transform's `time`.
    fn decode_bins(&mut self, frame: &[f32], x: &[f32]) {
        let (real, imaginary) = x.split_at(self.bins());
        let (last, deviations) = (self.bins() - 1, self.deviations.of(frame));
        for (bin, value) in self.transform.bins.iter_mut().enumerate() {
            // Neither mean nor alternation has a phase.
            let imaginary = if bin == 0 || bin == last { 0.0 } else { imaginary[bin] };
            let magnitude = (real[bin] * real[bin] + imaginary * imaginary).sqrt();
            let gain = magnitude * deviations[bin];
            (value.re, value.im) = (real[bin] * gain, imaginary * gain);
        }
        self.transform.inverse();
    }
}

impl Domain for Stft {
    fn frame_values(&self) -> usize {
        2 * self.bins()
    }

    fn reach_frames(&self) -> usize {
        (self.transform.window.len() / 2).div_ceil(self.hop)
    }

    fn noise_std(&self, _: &Mel) -> Vec<f32> {
        Vec::new()
    }

    /// The audio's spectra under their own envelope: of a carrier, what is not its mel.
    fn encode(&mut self, mel: &Mel, audio: &[f32]) -> Vec<f32> {
        let mut x = Vec::with_capacity(mel.frames() * self.frame_values());
        for frame in 0..mel.frames() {
            let start = (frame * self.hop) as isize - self.lead as isize;
            let WindowedTransform { time, window, .. } = &mut self.transform;
            for (index, (time, weight)) in time.iter_mut().zip(&*window).enumerate() {
                let sample = usize::try_from(start + index as isize).ok().and_then(|at| audio.get(at));
                *time = sample.map_or(0.0, |sample| sample * weight);
            }
            self.transform.forward();
            self.encode_bins(&mut x);
        }
        x
    }

    fn decode(&mut self, mel: &Mel, x: Vec<f32>) -> Vec<f32> {
        let frames = x.len() / self.frame_values();
        self.overlap.begin(self.hop, frames);
        for (index, x) in x.chunks_exact(self.frame_values()).enumerate() {
            self.decode_bins(mel.frame(index), x);
            self.overlap.add(index * self.hop, &self.transform.time);
        }
        self.overlap.samples(self.lead..self.lead + frames * self.hop)
    }

    fn fits(&self) -> bool {
        true
    }

    fn fit(&mut self, frame: &[f32], fit: Fit, x0: &mut [f32]) {
        if fit.share > 0.0 {
            self.fitting.fit(frame, self.deviations.of(frame), fit, x0);
        }
    }

    fn fit_of(&mut self, windows: &[(&Mel, Fit)], frames: Range<usize>) -> Option<SpectrumFit> {
        let (mut deviations, mut wanted) = (Vec::new(), Vec::new());
        for frame in windows.iter().flat_map(|(mel, _)| frames.clone().map(|index| mel.frame(index))) {
            deviations.extend_from_slice(self.deviations.of(frame));
            wanted.extend_from_slice(frame);
        }
        let windows = windows.iter().map(|(_, fit)| self.fitting.window(*fit)).collect();
        Some(SpectrumFit { bank: Arc::clone(self.fitting.bank()), deviations, wanted, windows })
    }
}
