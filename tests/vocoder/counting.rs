//! Vocoders that count what their networks predict, and what they are given to render.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use remel::Result;
use remel::checkpoint;
use remel::diffusion::{CausalDenoiser, Clamp, Denoiser, History};
use remel::domain::{Prior, SpectralPrior};
use remel::mel::Mel;
use remel::model::{Model, ModelHeader};
use remel::network::diffwave::cpu::DiffWaveCpu;
use remel::render::{Link, Request, SpanPlan, Window};
use remel::vocoder::Vocoder;

pub const HOP: usize = 256;

/// The CPU engine, and how many samples its predictions had. Its next prediction is not a number, where it is told so.
struct Counting {
    inner: DiffWaveCpu,
    samples: Arc<AtomicUsize>,
    breaks: Arc<AtomicBool>,
}

impl Denoiser for Counting {
    fn condition(&mut self, mels: &[&Mel], samples: usize) -> Result<()> {
        self.inner.condition(mels, samples)
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        self.samples.fetch_add(x.len(), Ordering::Relaxed);
        self.inner.predict(x, level, eps)
    }

    fn causal(&mut self) -> Option<&mut dyn CausalDenoiser> {
        Some(self)
    }
}

impl CausalDenoiser for Counting {
    fn new_history(&self) -> History {
        self.inner.new_history()
    }

    fn condition_after(&mut self, mels: &[&Mel], skip: usize, samples: usize) -> Result<()> {
        self.inner.condition_after(mels, skip, samples)
    }

    fn predict_after(
        &mut self,
        x: &[f32],
        level: f32,
        eps: &mut [f32],
        histories: &mut [&mut History],
    ) -> Result<()> {
        self.samples.fetch_add(x.len(), Ordering::Relaxed);
        self.inner.predict_after(x, level, eps, histories)?;
        if self.breaks.swap(false, Ordering::Relaxed) {
            eps[0] = f32::NAN;
            histories.iter_mut().for_each(|history| history.values_mut().fill(f32::NAN));
        }
        Ok(())
    }
}

/// A vocoder, the samples that its network has predicted, and what breaks its next prediction.
pub fn breaking(model: &Arc<Model>) -> (Vocoder, Arc<AtomicUsize>, Arc<AtomicBool>) {
    let inner = DiffWaveCpu::new(model.header().network.diffwave("test").unwrap(), model.weights(), 1)
        .expect("one thread");
    let (samples, breaks) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let denoiser = Counting { inner, samples: Arc::clone(&samples), breaks: Arc::clone(&breaks) };
    (Vocoder::with_denoiser(Arc::clone(model), Box::new(denoiser)).unwrap(), samples, breaks)
}

pub fn counting(model: &Arc<Model>) -> (Vocoder, Arc<AtomicUsize>) {
    let (vocoder, samples, _) = breaking(model);
    (vocoder, samples)
}

pub fn small() -> Arc<Model> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diffwave/causal_prior_8x4x4/weights.pt");
    Arc::new(checkpoint::load(&path, None).expect("a fixture"))
}

/// The small model with another header.
pub fn with(change: impl Fn(&mut ModelHeader)) -> Arc<Model> {
    let model = small();
    let mut header = model.header().clone();
    change(&mut header);
    Arc::new(Model::new("changed", header, model.weights().clone()).unwrap())
}

/// The small model under the spectral prior.
pub fn whitened() -> Arc<Model> {
    with(whiten)
}

/// Gives a header the spectral prior.
pub fn whiten(header: &mut ModelHeader) {
    (header.prior, header.clamp) = (Some(Prior::Spectral(SpectralPrior::default())), Clamp::Never);
}

/// Frames that look random, the same for every seed up to frame `split`.
pub fn mel(frames: usize, split: usize, seed: u64) -> Mel {
    let value = |index: usize| {
        let seed = if index / 80 < split { 0 } else { seed };
        let mut x = (index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(seed);
        x = (x ^ (x >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (x >> 40) as f32 / (1 << 24) as f32
    };
    Mel::from_frames(80, (0..80 * frames).map(value).collect())
}

pub fn carrier(frames: usize) -> Vec<f32> {
    (0..frames * HOP).map(|index| (index as f32 * 0.05).sin() * 0.3).collect()
}

/// The window of `length` frames of output from `position` on.
pub fn window(
    mel: &Mel,
    plan: SpanPlan,
    position: usize,
    length: usize,
    carrier: &[f32],
    request: &Request,
) -> Window {
    let (start, end) = (position.saturating_sub(plan.left_frames), position + length);
    let last = end + plan.right_frames;
    Window {
        signal: 0,
        channel: 0,
        first_frame: start as u64,
        mel: mel.slice(start..last),
        output: position - start..end - start,
        carrier: if request.strength < 1.0 { carrier[start * HOP..last * HOP].to_vec() } else { Vec::new() },
        link: Link::default(),
        request: request.clone(),
    }
}

#[track_caller]
pub fn close(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst < 2e-5, "{what}: off by {worst}");
}
