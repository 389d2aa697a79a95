//! Signals of any length, window by window (`SpanBySpanComposer` of audio-diffusion-pytorch 0.0.60).

use super::{Denoiser, Draw, Inpainting, Sampling, SamplingPlan};
use crate::Result;

/// How a signal goes on: the second half of a window is the first of the next, whose second half is inpainted.
#[derive(Clone, Copy, Debug)]
pub struct Composition<'a> {
    /// The window that it begins with, `[channels, samples]`: an even number of samples.
    pub start: &'a [f32],
    /// Its channels.
    pub channels: usize,
    /// Halves of a window that are made after it.
    pub spans: usize,
    /// How often every step of a window is taken.
    pub resamples: usize,
}

impl Composition<'_> {
    /// Rows of Gaussians that it takes along `plan`: those of one window's inpainting after the other's.
    pub fn rows(&self, plan: &SamplingPlan) -> usize {
        self.spans * Inpainting::rows(plan, self.resamples)
    }

    /// Samples the spans with `denoiser`, which has been conditioned on one window. `draw` is that of the first window, and every
    /// window has noise of its own. `[channels, spans · samples / 2]`, without the start.
    ///
    /// # Errors
    /// Those of the network.
    pub fn run(
        &self,
        sampling: &mut Sampling,
        denoiser: &mut dyn Denoiser,
        plan: &SamplingPlan,
        draw: &Draw,
        on_evaluation: &mut dyn FnMut(),
    ) -> Result<Vec<f32>> {
        let samples = self.start.len() / self.channels;
        let half = samples / 2;
        let rows = Inpainting::rows(plan, self.resamples);
        let kept: Vec<bool> = (0..self.start.len()).map(|index| index % samples < half).collect();
        let mut source = advanced(self.start, samples);
        let mut composed = vec![Vec::with_capacity(self.spans * half); self.channels];
        for span in 0..self.spans {
            let noise = draw.noise.after(span * source.len(), span * rows * source.len());
            let inpainting = Inpainting { source: &source, kept: &kept, resamples: self.resamples };
            let window = inpainting.run(sampling, denoiser, plan, &Draw { noise, ..*draw }, on_evaluation)?;
            for (composed, channel) in composed.iter_mut().zip(window.chunks_exact(samples)) {
                composed.extend_from_slice(&channel[half..]);
            }
            source = advanced(window, samples);
        }
        Ok(composed.concat())
    }
}

/// Channels of `samples` samples each half a window later: their second halves, and silence.
fn advanced(window: &[f32], samples: usize) -> Vec<f32> {
    let half = samples / 2;
    let channels = window.chunks_exact(samples);
    channels.flat_map(|channel| channel[half..].iter().copied().chain(vec![0.0; half])).collect()
}
