//! A causal network on the CPU goes on where a signal stood: each sample is computed once, and nothing else changes.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use remel::Result;
use remel::checkpoint;
use remel::diffusion::{CausalDenoiser, Denoiser, SpanPlan};
use remel::mel::Mel;
use remel::model::Model;
use remel::network::diffwave::cpu::DiffWaveCpu;
use remel::stream::{Render, RenderSettings, Window};
use remel::vocoder::{Request, Vocoder, chunk_frames};

const HOP: usize = 256;

/// The CPU engine, and how many samples its predictions had.
struct Counting {
    inner: DiffWaveCpu,
    samples: Arc<AtomicUsize>,
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
    fn history_values(&self) -> usize {
        self.inner.history_values()
    }

    fn condition_after(&mut self, mels: &[&Mel], skip: usize, samples: usize) -> Result<()> {
        self.inner.condition_after(mels, skip, samples)
    }

    fn predict_after(
        &mut self,
        x: &[f32],
        level: f32,
        eps: &mut [f32],
        histories: &mut [&mut [f32]],
    ) -> Result<()> {
        self.samples.fetch_add(x.len(), Ordering::Relaxed);
        self.inner.predict_after(x, level, eps, histories)
    }
}

/// A vocoder, and the samples that its network has predicted.
fn counting(model: &Arc<Model>) -> (Vocoder, Arc<AtomicUsize>) {
    let inner = DiffWaveCpu::new(&model.header().network, model.weights(), 1).expect("one thread");
    let samples = Arc::new(AtomicUsize::new(0));
    let denoiser = Counting { inner, samples: Arc::clone(&samples) };
    (Vocoder::with_denoiser(Arc::clone(model), Box::new(denoiser)), samples)
}

fn small() -> Arc<Model> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diffwave/causal_prior_8x4x4/weights.pt");
    Arc::new(checkpoint::load(&path, None).expect("a fixture"))
}

/// Frames that look random, the same for every seed up to frame `split`.
fn mel(frames: usize, split: usize, seed: u64) -> Mel {
    let value = |index: usize| {
        let seed = if index / 80 < split { 0 } else { seed };
        let mut x = (index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(seed);
        x = (x ^ (x >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (x >> 40) as f32 / (1 << 24) as f32
    };
    Mel::from_frames(80, (0..80 * frames).map(value).collect())
}

fn carrier(frames: usize) -> Vec<f32> {
    (0..frames * HOP).map(|index| (index as f32 * 0.05).sin() * 0.3).collect()
}

/// The window that ends with `length` frames of output from `position` on.
fn window(
    mel: &Mel,
    plan: SpanPlan,
    position: usize,
    length: usize,
    carrier: &[f32],
    settings: RenderSettings,
) -> Window {
    let (start, end) = (position.saturating_sub(plan.left_frames), position + length);
    let last = end + plan.right_frames;
    Window {
        signal: 0,
        first_frame: start as u64,
        mel: mel.slice(start..last),
        output_frames: position - start..end - start,
        carrier: if settings.strength < 1.0 { carrier[start * HOP..last * HOP].to_vec() } else { Vec::new() },
        settings,
    }
}

fn request(settings: RenderSettings) -> Request {
    let strength = f64::from(settings.strength);
    let RenderSettings { temperature, seed, coherence, .. } = settings;
    Request { strength, temperature, seed, coherence, ..Request::default() }
}

#[track_caller]
fn close(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst < 2e-5, "{what}: off by {worst}");
}

/// One chunk: where it begins if not where the last one ended, its length, and which settings it has.
type Chunk = (Option<usize>, usize, usize);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Gaps, steps back, resets, other settings, and two channels that are equal up to some frame: all are heard as if
    /// every window had been rendered alone, and as the whole render of its signal.
    #[test]
    fn whatever_came_before_a_window_sounds_the_same(
        chunks in prop::collection::vec((prop::option::weighted(0.3, 0usize..30), 1usize..7, 0usize..6), 1..16),
        split in 0usize..60,
    ) {
        let (model, total) = (small(), 30 + 16 * 7);
        let (mels, carrier) = ([mel(total, split, 0), mel(total, split, 1)], carrier(total));
        let settings = |which: usize| RenderSettings {
            // Most chunks go on with the settings of those before.
            seed: u64::from(which == 4),
            strength: if which == 5 { 0.5 } else { 1.0 },
            ..RenderSettings::default()
        };
        let (mut vocoder, _) = counting(&model);
        let plan = vocoder.plan(4);
        let (mut position, mut out) = (0, vec![Vec::new(), Vec::new()]);
        let mut wholes = HashMap::new();
        let chunks: Vec<Chunk> = chunks;
        for (jump, length, which) in chunks {
            position = jump.unwrap_or(position).min(total - 8);
            let settings = settings(which);
            let windows = mels.each_ref().map(|mel| window(mel, plan, position, length, &carrier, settings));
            vocoder.render(&[&windows[0], &windows[1]], &mut out).unwrap();
            let mut alone = vec![Vec::new()];
            for (channel, found) in out.iter().enumerate() {
                counting(&model).0.render(&[&windows[channel]], &mut alone).unwrap();
                close(found, &alone[0], "the window alone");
                let whole = wholes.entry((channel, settings.seed, which == 5)).or_insert_with(|| {
                    let carrier = if which == 5 { &carrier[..] } else { &[] };
                    let request = request(settings);
                    counting(&model).0.synthesize(&mels[channel], carrier, &request, &mut |_, _| ()).unwrap()
                });
                close(found, &whole[position * HOP..(position + length) * HOP], "the whole render");
            }
            position += length;
        }
    }
}

#[test]
fn every_sample_is_predicted_once() {
    let model = small();
    let steps = model.header().inference_betas.len();
    let (mut vocoder, samples) = counting(&model);
    let plan = vocoder.plan(4);
    // Stereo that is one signal up to frame 20: the second channel goes on from the first one's past.
    let mels = [mel(101, 20, 0), mel(101, 20, 1)];
    let mut out = [Vec::new(), Vec::new()];
    let mut render = |vocoder: &mut Vocoder, chunk: usize| {
        samples.store(0, Ordering::Relaxed);
        let windows =
            mels.each_ref().map(|mel| window(mel, plan, 4 * chunk, 4, &[], RenderSettings::default()));
        let distinct = if windows[0].mel == windows[1].mel { 1 } else { 2 };
        let windows: Vec<&Window> = windows.iter().take(distinct).collect();
        vocoder.render(&windows, &mut out[..distinct]).unwrap();
        samples.load(Ordering::Relaxed) / (steps * distinct * HOP)
    };
    assert!((0..10).all(|chunk| render(&mut vocoder, chunk) == 4));
    // A dropped chunk is made up for, as long as the window tells of it; beyond that the window is all there is.
    assert_eq!(render(&mut vocoder, 11), 4 + plan.left_frames.min(4));
    assert_eq!(render(&mut vocoder, 12), 4);
    assert_eq!(render(&mut vocoder, 20), 4 + plan.left_frames);
    // A reset begins with nothing, and then goes on.
    assert!((0..3).all(|chunk| render(&mut vocoder, chunk) == 4));
}

#[test]
fn other_signals_change_no_bit() {
    let (model, mel) = (small(), mel(60, 0, 0));
    let render = |vocoder: &mut Vocoder, signal: u64, position: usize, length: usize| {
        let plan = vocoder.plan(4);
        let window = Window { signal, ..window(&mel, plan, position, length, &[], RenderSettings::default()) };
        let mut out = [Vec::new()];
        vocoder.render(&[&window], &mut out).unwrap();
        out
    };
    let (mut alone, mut together) = (counting(&model).0, counting(&model).0);
    for chunk in 0..12 {
        // The same sound in chunks of its own, ahead of this one and behind.
        render(&mut together, 2, 2 * chunk, 2);
        render(&mut together, 3, 3 * chunk + 9, 3);
        let expected = render(&mut alone, 1, 4 * chunk, 4);
        assert!(render(&mut together, 1, 4 * chunk, 4) == expected, "chunk {chunk}");
        // Nothing is taken for another signal's, and nothing is kept of one that is gone.
        together.forget(2);
    }
}

#[test]
fn a_long_causal_render_is_one_however_it_is_cut() {
    let (model, mel) = (small(), mel(50, 0, 0));
    let request = Request::default();
    let whole = counting(&model).0.synthesize(&mel, &[], &request, &mut |_, _| ()).unwrap();
    for chunk in [1, 3, 16, 49] {
        let (mut vocoder, samples) = counting(&model);
        let plan = vocoder.plan(chunk);
        let cut = vocoder.synthesize_spans(&mel, &[], &request, plan, &mut |_, _| ()).unwrap();
        close(&cut, &whole, "chunks");
        let most = model.header().inference_betas.len() * (50 * HOP);
        assert_eq!(samples.load(Ordering::Relaxed), most, "chunks of {chunk}");
    }
}

#[test]
fn the_bundled_network_has_no_seams_and_a_window_alone_hardly_any() {
    let model = Arc::new(checkpoint::bundled());
    // Of the phases that are reconstructed later, tests/phase.rs has the seams.
    let settings = RenderSettings { coherence: 0.0, ..RenderSettings::default() };
    let (mel, request) = (mel(100, 0, 0), request(settings));
    let (mut vocoder, _) = counting(&model);
    let whole = vocoder.synthesize(&mel, &[], &request, &mut |_, _| ()).unwrap();
    let error_db = |found: &[f32], whole: &[f32]| {
        let energy = |values: &mut dyn Iterator<Item = f32>| values.map(|v| f64::from(v * v)).sum::<f64>();
        let error = energy(&mut found.iter().zip(whole).map(|(a, b)| a - b));
        10.0 * (error / energy(&mut whole.iter().copied())).log10()
    };
    let plan = vocoder.plan(chunk_frames::LIVE);
    let cut = vocoder.synthesize_spans(&mel, &[], &request, plan, &mut |_, _| ()).unwrap();
    let going_on_db = error_db(&cut, &whole);
    let mut out = vec![Vec::new()];
    let window = window(&mel, plan, 60, 30, &[], settings);
    counting(&model).0.render(&[&window], &mut out).unwrap();
    let alone_db = error_db(&out[0], &whole[60 * HOP..90 * HOP]);
    eprintln!("seams: {going_on_db:.1} dB; a window alone: {alone_db:.1} dB");
    assert!(going_on_db < -100.0 && alone_db < -80.0, "{going_on_db} dB, {alone_db} dB");
}
