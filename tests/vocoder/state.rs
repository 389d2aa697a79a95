//! A causal network on the CPU goes on where a signal stands, whatever is turned: each sample is computed once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use proptest::prelude::*;
use remel::Result;
use remel::checkpoint;
use remel::diffusion::{CausalDenoiser, Clamp, Denoiser, History, SamplerKind};
use remel::domain::{Prior, SpectralPrior};
use remel::mel::Mel;
use remel::model::{Model, ModelHeader};
use remel::network::diffwave::cpu::DiffWaveCpu;
use remel::render::{Link, Render, Request, ScheduleChoice, SpanPlan, Window};
use remel::stream::LatencyMode;
use remel::vocoder::Vocoder;

use crate::live::live;

const HOP: usize = 256;

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
fn breaking(model: &Arc<Model>) -> (Vocoder, Arc<AtomicUsize>, Arc<AtomicBool>) {
    let inner = DiffWaveCpu::new(model.header().network.diffwave("test").unwrap(), model.weights(), 1)
        .expect("one thread");
    let (samples, breaks) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let denoiser = Counting { inner, samples: Arc::clone(&samples), breaks: Arc::clone(&breaks) };
    (Vocoder::with_denoiser(Arc::clone(model), Box::new(denoiser)).unwrap(), samples, breaks)
}

fn counting(model: &Arc<Model>) -> (Vocoder, Arc<AtomicUsize>) {
    let (vocoder, samples, _) = breaking(model);
    (vocoder, samples)
}

fn small() -> Arc<Model> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diffwave/causal_prior_8x4x4/weights.pt");
    Arc::new(checkpoint::load(&path, None).expect("a fixture"))
}

/// The small model with another header.
fn with(change: impl Fn(&mut ModelHeader)) -> Arc<Model> {
    let model = small();
    let mut header = model.header().clone();
    change(&mut header);
    Arc::new(Model::new("changed", header, model.weights().clone()).unwrap())
}

/// The small model under the spectral prior.
fn whitened() -> Arc<Model> {
    with(|header| {
        (header.prior, header.clamp) = (Some(Prior::Spectral(SpectralPrior::default())), Clamp::Never);
    })
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

/// The window of `length` frames of output from `position` on.
fn window(
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
fn close(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst < 2e-5, "{what}: off by {worst}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Chunks of any length, from noise or a carrier, by any sampler, also one of two evaluations a step, in two channels that are equal up to some frame: all are heard as
    /// parts of the whole render of their signal.
    #[test]
    fn however_a_signal_is_cut_it_is_one(
        lengths in prop::collection::vec(1usize..7, 1..16),
        split in 0usize..60,
        strength in prop::sample::select(vec![1.0f32, 0.5, 0.05, 0.0]),
        sampler in prop::sample::select(SamplerKind::all().collect::<Vec<_>>()),
        is_whitened: bool,
    ) {
        let (model, total) = (if is_whitened { whitened() } else { small() }, 30 + 16 * 7);
        let (mels, carrier) = ([mel(total, split, 0), mel(total, split, 1)], carrier(total));
        let request = Request { seed: 4, strength, sampler: Some(sampler), ..Request::default() };
        let wholes = mels.each_ref().map(|mel| {
            let carrier = if strength < 1.0 { &carrier[..] } else { &[] };
            counting(&model).0.synthesize(mel, carrier, &request, &mut |_, _| ()).unwrap()
        });
        let (mut vocoder, samples) = counting(&model);
        let plan = vocoder.plan(4);
        let (mut position, mut out) = (0, vec![Vec::new(), Vec::new()]);
        for length in lengths {
            let windows = [0, 1].map(|channel| Window {
                channel,
                ..window(&mels[usize::from(channel)], plan, position, length, &carrier, &request)
            });
            samples.store(0, Ordering::Relaxed);
            vocoder.render(&[&windows[0], &windows[1]], &mut out).unwrap();
            for (found, whole) in out.iter().zip(&wholes) {
                close(found, &whole[position * HOP..(position + length) * HOP], "the whole render");
            }
            position += length;
        }
    }

    /// Whatever a user asks for, of models of one, two and six steps, is rendered, and is finite.
    #[test]
    fn no_control_fails_a_render(
        betas in prop::sample::select(vec![vec![0.5], vec![0.01, 0.5], vec![1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5]]),
        asked in prop::collection::vec(
            (0usize..13, -0.1f32..1.1, 0.0f32..1.5, any::<u64>(), 0.0f32..1.0, 0usize..4, any::<bool>()),
            1..8,
        ),
        is_whitened: bool,
    ) {
        let model = with(|header| {
            header.inference_betas = betas.clone();
            if is_whitened {
                (header.prior, header.clamp) = (Some(Prior::Spectral(SpectralPrior::default())), Clamp::Never);
            }
        });
        let (mut vocoder, _) = counting(&model);
        let (plan, mel, carrier) = (vocoder.plan(4), mel(80, 0, 0), carrier(80));
        let mut out = [Vec::new()];
        for (chunk, (steps, strength, temperature, seed, coherence, sampler, tiny)) in asked.into_iter().enumerate() {
            let request = Request {
                schedule: if steps == 0 { ScheduleChoice::Fast } else { ScheduleChoice::Steps(steps) },
                sampler: SamplerKind::all().nth(sampler),
                strength: if tiny { strength.abs() * 1e-8 } else { strength },
                temperature,
                seed,
                coherence,
                ..Request::default()
            };
            let window = window(&mel, plan, 4 * chunk, 4, &carrier, &request);
            vocoder.render(&[&window], &mut out).unwrap();
            prop_assert!(out[0].iter().all(|x| x.is_finite() && x.abs() <= 1.0), "{:?}", request);
        }
    }
}

#[test]
fn every_sample_is_predicted_once() {
    let model = small();
    let steps = model.header().inference_betas.len();
    let (mut vocoder, samples) = counting(&model);
    let plan = vocoder.plan(4);
    // Stereo that is one signal up to frame 20: until windows tell them apart, both channels are rendered as one.
    let mels = [mel(101, 20, 0), mel(101, 20, 1)];
    let mut out = [Vec::new(), Vec::new()];
    let mut render = |vocoder: &mut Vocoder, chunk: usize| {
        samples.store(0, Ordering::Relaxed);
        let windows = [0, 1].map(|channel| Window {
            channel,
            ..window(&mels[usize::from(channel)], plan, 4 * chunk, 4, &[], &Request::default())
        });
        vocoder.render(&[&windows[0], &windows[1]], &mut out).unwrap();
        samples.load(Ordering::Relaxed) / (steps * HOP)
    };
    let one = (0..20).take_while(|chunk| render(&mut vocoder, *chunk) == 4).count();
    assert!((2..5).contains(&one), "{one} chunks are the same in both channels");
    assert!((one + 1..12).all(|chunk| render(&mut vocoder, chunk) == 8));
    // What was dropped is not made up for: the signal is gone on with where it is wanted.
    assert_eq!(render(&mut vocoder, 20), 8);
    // A chunk from before is rendered as well.
    assert_eq!(render(&mut vocoder, 3), 8);
    assert_eq!(render(&mut vocoder, 4), 8);
}

#[test]
fn no_automation_and_no_carrier_makes_more_than_a_fifth_more_work() {
    for model in [small(), whitened()] {
        let (mel, carrier) = (mel(260, 0, 0), carrier(260));
        // Strength at one level: how many evaluations it takes is the schedule's, and counts alike on both sides.
        let steady = |strength: f32| Request { strength, ..Request::default() };
        let work = |requests: &dyn Fn(usize) -> Request| {
            let (mut vocoder, samples) = counting(&model);
            let (plan, mut out) = (LatencyMode::Live.plan(&vocoder.format()), [Vec::new()]);
            for chunk in 0..50 {
                let window = window(&mel, plan, 4 * chunk, 4, &carrier, &requests(chunk));
                vocoder.render(&[&window], &mut out).unwrap();
            }
            samples.load(Ordering::Relaxed) as f64
        };
        let full = work(&|_| steady(1.0));
        let swing = |chunk: usize| 0.5 - 0.5 * (chunk as f32 * 0.4).cos();
        type Automation<'a> = (&'a str, &'a dyn Fn(usize) -> Request);
        let automations: [Automation; 6] = [
            ("temperature", &|chunk| Request { temperature: 1.5 * swing(chunk), ..Request::default() }),
            ("seed", &|chunk| Request { seed: chunk as u64, ..Request::default() }),
            ("coherence", &|chunk| Request { coherence: swing(chunk), ..Request::default() }),
            ("strength", &|chunk| steady(swing(chunk))),
            ("a carrier", &|_| steady(0.999)),
            ("a carrier that comes and goes", &|chunk| steady(if chunk % 2 == 0 { 1.0 } else { 0.999 })),
        ];
        for (what, requests) in automations {
            let ratio = work(requests) / full;
            assert!(ratio <= 1.2, "{what}: {ratio:.2} times the steady work");
        }
        // Steps ask for work of their own: as much as the same steps do when they stand still.
        let steps = |steps: usize| Request { schedule: ScheduleChoice::Steps(steps), ..Request::default() };
        let (three, nine) = (work(&|_| steps(3)), work(&|_| steps(9)));
        let turned = work(&|chunk| steps(if chunk % 2 == 0 { 3 } else { 9 }));
        assert!(
            turned <= 1.2 * 0.5 * (three + nine),
            "{turned} samples, {three} and {nine} where steps stand still"
        );
    }
}

#[test]
fn a_turned_control_makes_no_gap_and_turned_back_is_forgotten() {
    // A causal network sees some way back, and no farther: once all of that was rendered as before, so is the rest.
    let (model, mel) = (small(), mel(200, 0, 0));
    let render = |turned: std::ops::Range<usize>| {
        let (mut vocoder, _) = counting(&model);
        let (plan, mut audio, mut out) = (vocoder.plan(4), Vec::new(), [Vec::new()]);
        for chunk in 0..40 {
            let temperature = if turned.contains(&chunk) { 0.5 } else { 1.0 };
            let request = Request { temperature, ..Request::default() };
            vocoder.render(&[&window(&mel, plan, 4 * chunk, 4, &[], &request)], &mut out).unwrap();
            audio.extend_from_slice(&out[0]);
        }
        audio
    };
    let (steady, turned) = (render(0..0), render(10..12));
    assert!(steady[..40 * HOP] == turned[..40 * HOP]);
    assert!(steady[40 * HOP..48 * HOP] != turned[40 * HOP..48 * HOP]);
    assert!(steady[100 * HOP..] == turned[100 * HOP..]);
    // Between them the signal goes on: no silence, and nothing louder than the rest.
    let rms = |x: &[f32]| (x.iter().map(|x| x * x).sum::<f32>() / x.len() as f32).sqrt();
    let (part, all) = (rms(&turned[40 * HOP..52 * HOP]), rms(&steady));
    assert!((0.3..3.0).contains(&(part / all)), "{part} of {all}");
}

#[test]
fn after_a_gap_a_signal_is_soon_what_it_would_have_been() {
    let (model, mel) = (small(), mel(200, 0, 0));
    let (mut vocoder, samples) = counting(&model);
    let whole = counting(&model).0.synthesize(&mel, &[], &Request::default(), &mut |_, _| ()).unwrap();
    let (plan, mut out) = (vocoder.plan(4), [Vec::new()]);
    let steps = model.header().inference_betas.len();
    for chunk in (0..10).chain(20..40) {
        samples.store(0, Ordering::Relaxed);
        vocoder.render(&[&window(&mel, plan, 4 * chunk, 4, &[], &Request::default())], &mut out).unwrap();
        let most = 4 + 2 * model.header().decoder_frames();
        assert!(samples.load(Ordering::Relaxed) <= steps * most * HOP, "chunk {chunk}");
        if !(20..26).contains(&chunk) {
            close(&out[0], &whole[4 * chunk * HOP..4 * (chunk + 1) * HOP], "the whole render");
        }
    }
}

#[test]
fn what_is_not_a_number_is_gone_with_its_chunk() {
    for model in [small(), whitened(), Arc::new(live())] {
        let (mut vocoder, _, breaks) = breaking(&model);
        let (plan, mel, mut out) = (vocoder.plan(4), mel(80, 0, 0), [Vec::new()]);
        for chunk in 0..10 {
            breaks.store(chunk == 4, Ordering::Relaxed);
            vocoder.render(&[&window(&mel, plan, 4 * chunk, 4, &[], &Request::default())], &mut out).unwrap();
            assert_eq!(out[0].len(), 4 * HOP);
            let silent = out[0].iter().all(|x| *x == 0.0);
            assert!(out[0].iter().all(|x| x.is_finite()) && silent == (chunk == 4), "chunk {chunk}");
        }
    }
}

#[test]
fn other_signals_change_no_bit() {
    let (model, mel) = (small(), mel(60, 0, 0));
    let render = |vocoder: &mut Vocoder, signal: u64, position: usize, length: usize| {
        let plan = vocoder.plan(4);
        let window = Window { signal, ..window(&mel, plan, position, length, &[], &Request::default()) };
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
fn silence_is_silent_and_what_follows_begins_anew() {
    let model = small();
    let dialect = model.dialect().unwrap();
    let (mut frames, silent) = (mel(120, 0, 0), 40..90);
    silent.clone().for_each(|frame| frames.frame_mut(frame).fill(dialect.silence()));
    let (mut vocoder, samples) = counting(&model);
    let plan = vocoder.plan(4);
    let sound = vocoder.synthesize_spans(&frames, &[], &Request::default(), plan, &mut |_, _| ()).unwrap();
    let quiet = (silent.start + plan.left_frames + 4) * HOP..(silent.end - plan.right_frames - 4) * HOP;
    assert!(sound[quiet].iter().all(|x| *x == 0.0), "silence in is silence out");
    assert!(sound[92 * HOP..].iter().any(|x| *x != 0.0) && sound.len() == 120 * HOP);
    let steps = model.header().inference_betas.len();
    assert!(samples.load(Ordering::Relaxed) < steps * 110 * HOP, "silence takes no work");
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
fn the_bundled_network_has_no_seams() {
    let model = Arc::new(live());
    // Of the phases that are reconstructed later, tests/vocoder/phase.rs has the seams.
    let request = Request { coherence: 0.0, ..Request::default() };
    let mel = mel(100, 0, 0);
    let (mut vocoder, _) = counting(&model);
    let whole = vocoder.synthesize(&mel, &[], &request, &mut |_, _| ()).unwrap();
    let error_db = |found: &[f32], whole: &[f32]| {
        let energy = |values: &mut dyn Iterator<Item = f32>| values.map(|v| f64::from(v * v)).sum::<f64>();
        let error = energy(&mut found.iter().zip(whole).map(|(a, b)| a - b));
        10.0 * (error / energy(&mut whole.iter().copied())).log10()
    };
    let plan = LatencyMode::Live.plan(&vocoder.format());
    let cut = vocoder.synthesize_spans(&mel, &[], &request, plan, &mut |_, _| ()).unwrap();
    let going_on_db = error_db(&cut, &whole);
    eprintln!("seams: {going_on_db:.1} dB");
    assert!(going_on_db < -100.0, "{going_on_db} dB");
}
