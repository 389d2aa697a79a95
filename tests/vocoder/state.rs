//! A causal network on the CPU goes on where a signal stands, whatever is turned: each sample is computed once.

use std::sync::atomic::Ordering;

use proptest::prelude::*;
use remel::diffusion::SamplerKind;
use remel::render::{Render, Request, ScheduleChoice, Window};
use remel::stream::LatencyMode;
use remel::vocoder::Vocoder;

use crate::counting::{HOP, carrier, close, counting, mel, small, whiten, whitened, window, with};

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
                whiten(header);
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
