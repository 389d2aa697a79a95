//! The filter of the spectral prior.

use super::SpectralPrior;
use crate::mel::{Dialect, Mel, SpectralEnvelope, WindowedTransform};

/// Windows that overlap at any sample.
const OVERLAP: usize = 4;
/// Sum of the squares of periodic Hann windows a quarter apart.
const OVERLAPPED_ENERGY: f32 = 1.5;

/// The spectral envelope of mel frames as a zero-phase filter that changes with them: a short-time Fourier transform
/// whose bins are scaled.
///
/// Zero phase is what makes it invertible enough: neighbouring windows of different envelopes never cancel.
#[derive(Clone)]
pub struct SpectralFilter {
    prior: SpectralPrior,
    hop: usize,
    envelope: SpectralEnvelope,
    transform: WindowedTransform,
    /// ln of the envelope, `[frames, win / 2 + 1]`.
    envelopes: Vec<f32>,
    sum: Vec<f32>,
}

impl SpectralFilter {
    /// The filter for mel frames of `dialect`.
    pub fn new(prior: SpectralPrior, dialect: &Dialect) -> Self {
        Self {
            envelope: SpectralEnvelope::new(dialect, prior.win, prior.floor, prior.range),
            transform: WindowedTransform::new(prior.win, prior.win),
            envelopes: Vec::new(),
            sum: Vec::new(),
            prior,
            hop: dialect.hop,
        }
    }

    /// The prior that it belongs to.
    pub fn prior(&self) -> &SpectralPrior {
        &self.prior
    }

    /// Gives what was sampled in `x`, `[samples]`, the envelopes of `mel`, whose frame i belongs to sample i·hop.
    pub fn shape(&mut self, mel: &Mel, x: &mut [f32]) {
        self.filter(mel, x, 1.0, 1.0 / self.prior.std);
    }

    /// Takes the envelopes of `mel` from the signal `x`, `[samples]`: what the network diffuses.
    pub fn whiten(&mut self, mel: &Mel, x: &mut [f32]) {
        self.filter(mel, x, -1.0, self.prior.std);
    }

    /// What [`SpectralFilter::shape`] scales the bins of every window of `samples` samples by, for those who filter
    /// by themselves: `[windows, win / 2 + 1]`. Hann windows that begin `win / 4` samples apart, the first of them
    /// `3·win / 4` samples before the signal, are scaled in frequency, weighted again, and added up.
    pub fn gains(&mut self, mel: &Mel, samples: usize) -> Vec<f32> {
        self.measure(mel);
        let gain = 1.0 / (self.prior.std * OVERLAPPED_ENERGY);
        let gains = |start| self.log_gains(start).map(|log_gain| gain * log_gain.exp()).collect::<Vec<_>>();
        self.starts(samples).flat_map(gains).collect()
    }

    /// `x` through the envelopes raised to `power`, times `gain`. Beyond its ends the signal is silent and the
    /// outermost envelopes go on.
    fn filter(&mut self, mel: &Mel, x: &mut [f32], power: f32, gain: f32) {
        if mel.frames() == 0 {
            return x.fill(0.0);
        }
        self.measure(mel);
        self.sum.clear();
        self.sum.resize(x.len(), 0.0);
        let scale = gain / (self.prior.win as f32 * OVERLAPPED_ENERGY);
        for start in self.starts(x.len()) {
            self.filter_window(x, start, power, scale);
        }
        x.copy_from_slice(&self.sum);
    }

    /// Where the windows of `samples` samples begin: so far before that the first sample has all its windows too.
    fn starts(&self, samples: usize) -> impl Iterator<Item = isize> + use<> {
        let step = self.prior.win / OVERLAP;
        let before = self.prior.win - step;
        (0..(samples + before).div_ceil(step)).map(move |index| (index * step) as isize - before as isize)
    }

    /// ln of the envelope in the middle of the window that begins at sample `start`, for every bin.
    fn log_gains(&self, start: isize) -> impl Iterator<Item = f32> {
        let bins = self.envelope.bins();
        let last = self.envelopes.len() / bins - 1;
        let centre = (start + self.prior.win as isize / 2).max(0) as usize;
        let frame = (centre / self.hop).min(last);
        let blend = (centre % self.hop) as f32 / self.hop as f32;
        let envelope = |frame: usize| &self.envelopes[frame.min(last) * bins..][..bins];
        envelope(frame).iter().zip(envelope(frame + 1)).map(move |(a, b)| a + (b - a) * blend)
    }

    /// Adds the window that begins at sample `start` to the sum.
    fn filter_window(&mut self, x: &[f32], start: isize, power: f32, scale: f32) {
        let at = |i: usize| start.checked_add_unsigned(i).and_then(|at| usize::try_from(at).ok());
        let (time, window) = (&mut self.transform.time, &self.transform.window);
        for (i, (time, weight)) in time.iter_mut().zip(window).enumerate() {
            *time = at(i).and_then(|at| x.get(at)).map_or(0.0, |x| x * weight);
        }
        self.transform.forward();
        let mut bins = std::mem::take(&mut self.transform.bins);
        for (bin, log_gain) in bins.iter_mut().zip(self.log_gains(start)) {
            *bin *= (power * log_gain).exp();
        }
        self.transform.bins = bins;
        self.transform.inverse();
        for (i, (time, weight)) in self.transform.time.iter().zip(&self.transform.window).enumerate() {
            if let Some(sum) = at(i).and_then(|at| self.sum.get_mut(at)) {
                *sum += time * weight * scale;
            }
        }
    }

    /// The logarithms of the envelopes of `mel`.
    fn measure(&mut self, mel: &Mel) {
        self.envelopes.clear();
        for index in 0..mel.frames() {
            self.envelopes.extend(self.envelope.log_densities(mel.frame(index)));
        }
    }
}
