//! Where frames lie on the samples, and what lies under their windows.

use serde::{Deserialize, Serialize};

/// Where the frames of a dialect lie, and how many a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Framing {
    /// Frame `i` is centred on sample `i · hop`; a file of `L` samples has `1 + ⌊L / hop⌋` frames.
    /// `torch.stft(center=True)`: reflected by `n_fft / 2` at both ends.
    Centred,
    /// As [`Framing::Centred`], but the last frame is dropped: `⌊L / hop⌋` frames (ivanvovk/WaveGrad).
    CentredDropLast,
    /// Frame `i` is centred on the middle of its own hop, sample `i · hop + hop / 2`: `⌊L / hop⌋` frames.
    /// HiFi-GAN: reflected by `(n_fft − hop) / 2` at both ends, then `torch.stft(center=False)`.
    MidHop,
}

impl Framing {
    /// Samples that a file is extended by at each end: how far before sample 0 the FFT of frame 0 begins.
    pub fn pad_samples(self, n_fft: usize, hop: usize) -> usize {
        match self {
            Self::Centred | Self::CentredDropLast => n_fft / 2,
            Self::MidHop => (n_fft - hop) / 2,
        }
    }

    /// Frames in a file of `samples` samples.
    pub fn frames(self, samples: usize, hop: usize) -> usize {
        match self {
            Self::Centred => 1 + samples / hop,
            Self::CentredDropLast | Self::MidHop => samples / hop,
        }
    }
}

/// The samples under the windows of a whole signal. What lies outside it is its mirror image (the sample at the
/// edge is not repeated), which has to be nearer than the signal is long.
pub(crate) struct Windows<'a> {
    samples: &'a [f32],
    lead: usize,
    hop: usize,
    edge: Vec<f32>,
}

impl<'a> Windows<'a> {
    /// Windows of `win` samples; window `i` begins at sample `i · hop − lead`.
    pub(crate) fn new(samples: &'a [f32], lead: usize, hop: usize, win: usize) -> Self {
        Self { samples, lead, hop, edge: vec![0.0; win] }
    }

    /// The samples of window `index`, `[win]`.
    pub(crate) fn window(&mut self, index: usize) -> &[f32] {
        let start = (index * self.hop) as isize - self.lead as isize;
        let inside = usize::try_from(start).ok();
        if let Some(inside) = inside.and_then(|start| self.samples.get(start..start + self.edge.len())) {
            return inside;
        }
        for (offset, sample) in self.edge.iter_mut().enumerate() {
            *sample = self.samples[mirrored(start + offset as isize, self.samples.len())];
        }
        &self.edge
    }
}

/// The index in `0..length` whose mirror image at an end `index` is, or `index` itself.
fn mirrored(index: isize, length: usize) -> usize {
    let index = index.unsigned_abs();
    if index < length { index } else { 2 * (length - 1) - index }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_begin_a_lead_early_and_mirror_without_repeating_the_edge() {
        let mut windows = Windows::new(&[0.0, 1.0, 2.0, 3.0], 2, 2, 4);
        assert_eq!(windows.window(0), [2.0, 1.0, 0.0, 1.0]);
        assert_eq!(windows.window(1), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(windows.window(2), [2.0, 3.0, 2.0, 1.0]);
    }
}
