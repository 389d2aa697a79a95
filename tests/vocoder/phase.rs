//! Phase reconstruction against numpy, on its own terms, and in the vocoder's windows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use remel::audio::read_npy;
use remel::checkpoint;
use remel::diffusion::Noise;
use remel::domain::phase::{Phase, Reconstructor, Source};
use remel::mel::{Dialect, Mel, mel_of};
use remel::model::Model;
use remel::network::Backend;
use remel::render::{Link, Render, Request, SpanPlan, Window};
use remel::vocoder::Vocoder;

const HOP: usize = 256;

fn array(name: &str) -> Vec<f32> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/phase").join(name);
    read_npy(&path).unwrap().data
}

fn lmnt() -> Dialect {
    Dialect::named("lmnt-diffwave").unwrap()
}

/// A voice-like tone that glides, at the rate of `dialect`.
fn voice(dialect: &Dialect, samples: usize) -> Vec<f32> {
    let at = |n: usize| {
        let t = n as f32 / dialect.rate_hz as f32;
        let partial = |k: f32| (std::f32::consts::TAU * 150.0 * k * t * (1.0 + 0.1 * t)).sin() / k;
        0.15 * (1..24).map(|k| partial(k as f32)).sum::<f32>()
    };
    (0..samples).map(at).collect()
}

fn noise(samples: usize) -> Vec<f32> {
    let mut noise = vec![0.0; samples];
    Noise::new(11).fill(0, 0, 0, &mut noise);
    noise.iter_mut().for_each(|x| *x *= 0.1);
    noise
}

/// Mean distance of two spectrograms in the dialect's own units, but for the frames at both ends.
fn distance(a: &Mel, b: &Mel) -> f64 {
    let frames = 4..a.frames().min(b.frames()) - 4;
    let off = |frame: usize| {
        a.frame(frame).iter().zip(b.frame(frame)).map(|(a, b)| f64::from((a - b).abs())).sum::<f64>()
    };
    frames.clone().map(off).sum::<f64>() / (frames.len() * a.n_mels()) as f64
}

/// All of `mel` reconstructed from `audio`, in stretches of `lengths` frames, round and round.
fn reconstructed(phase: Phase, dialect: &Dialect, mel: &Mel, audio: &[f32], lengths: &[usize]) -> Vec<f32> {
    let mut reconstructor = Reconstructor::new(phase, dialect);
    let (mut state, mut out) = (reconstructor.begin(0), Vec::new());
    let (mut from, reach) = (0, phase.reach_frames(dialect));
    for length in lengths.iter().cycle() {
        let to = (from + length).min(mel.frames());
        let (first, last) = (from.saturating_sub(reach), (to + reach).min(mel.frames()));
        let stretch = &mel.slice(first..last);
        let end = (last * dialect.hop).min(audio.len());
        let heard = &audio[(first * dialect.hop).min(end)..end];
        let first_frame = first as u64;
        let source = Source { first_frame, mel: stretch, told: stretch, audio: heard, trust: phase.trust };
        reconstructor.advance(&mut state, &source, from as u64..to as u64, &mut out);
        from = to;
        if from == mel.frames() {
            break;
        }
    }
    out
}

#[test]
fn it_is_numpys() {
    let (mel, audio, expected) =
        (Mel::from_bands(80, &array("mel.npy")), array("audio.npy"), array("expected.npy"));
    let phase = Phase { look_frames: 1, iterations: 2, momentum: 0.6, trust: 0.5 };
    let found = reconstructed(phase, &lmnt(), &mel, &audio, &[mel.frames()]);
    let energy = |x: &[f32]| x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
    let off: Vec<f32> = found.iter().zip(&expected).map(|(a, b)| a - b).collect();
    let agreement_db = 10.0 * (energy(&expected) / energy(&off)).log10();
    assert_eq!(found.len(), expected.len());
    // Each estimate rests on the one before: rounding grows from frame to frame.
    assert!(agreement_db > 60.0, "{agreement_db:.1} dB");
}

#[test]
fn what_comes_out_has_the_mel_that_went_in_in_every_dialect() {
    for name in Dialect::names() {
        let dialect = Dialect::named(name).unwrap();
        let audio = voice(&dialect, 60 * dialect.hop);
        let mel = mel_of(&audio, &dialect).unwrap();
        let start = noise(audio.len());
        let off = |iterations| {
            let phase = Phase { iterations, ..Phase::default() };
            let sound = reconstructed(phase, &dialect, &mel, &start, &[mel.frames()]);
            distance(&mel, &mel_of(&sound[..audio.len()], &dialect).unwrap())
        };
        let noise = distance(&mel, &mel_of(&start, &dialect).unwrap());
        let (none, some) = (off(0), off(8));
        assert!(none < 0.6 * noise, "{name}: {none} without iterations, {noise} of the noise");
        assert!(some < 0.8 * none, "{name}: {some} after eight iterations, {none} without");
    }
}

#[test]
fn it_does_not_matter_where_stretches_end() {
    let dialect = lmnt();
    let audio = voice(&dialect, 50 * HOP);
    let (mel, start) = (mel_of(&audio, &dialect).unwrap(), noise(audio.len()));
    for look_frames in [0, 1, 3] {
        let phase = Phase { look_frames, ..Phase::default() };
        let whole = reconstructed(phase, &dialect, &mel, &start, &[mel.frames()]);
        for lengths in [&[1][..], &[4], &[7, 2, 13]] {
            assert!(
                whole == reconstructed(phase, &dialect, &mel, &start, lengths),
                "{look_frames} {lengths:?}"
            );
        }
    }
}

#[test]
fn a_phase_out_of_its_range_is_refused_by_name() {
    for (phase, field) in [
        (Phase { look_frames: 65, ..Phase::default() }, "phase.look_frames"),
        (Phase { iterations: 1000, ..Phase::default() }, "phase.iterations"),
        (Phase { momentum: f32::NAN, ..Phase::default() }, "phase.momentum"),
        (Phase { trust: -0.1, ..Phase::default() }, "phase.trust"),
    ] {
        let refusal = phase.validate("x.safetensors").unwrap_err().to_string();
        assert!(refusal.contains(field) && refusal.contains("x.safetensors"), "{refusal}");
    }
}

/// A small causal model with a prior, whose phases are reconstructed.
fn model(phase: Option<Phase>) -> Arc<Model> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diffwave/causal_prior_8x4x4/weights.pt");
    Arc::new(checkpoint::load(&path, None).unwrap().with_phase(phase).unwrap())
}

#[test]
fn windows_go_on_from_where_the_phases_stood() {
    let dialect = lmnt();
    let mel = mel_of(&voice(&dialect, 96 * HOP), &dialect).unwrap();
    let request = Request::default();
    let plan = SpanPlan { chunk_frames: 4, left_frames: 8, right_frames: 12 };
    let off = |sound: &[f32]| distance(&mel, &mel_of(sound, &dialect).unwrap());
    let mut vocoder = Vocoder::new(model(Some(Phase::default())), &Backend::Cpu).unwrap();
    let whole = vocoder.synthesize(&mel, &[], &request, &mut |_, _| ()).unwrap();
    let windows = vocoder.synthesize_spans(&mel, &[], &request, plan, &mut |_, _| ()).unwrap();
    // The same windows by a vocoder that has forgotten those before.
    let mut apart = Vec::new();
    for span in plan.spans(mel.frames()) {
        let mut forgetful = Vocoder::new(model(Some(Phase::default())), &Backend::Cpu).unwrap();
        let alone = SpanPlan { chunk_frames: mel.frames(), left_frames: 0, right_frames: 0 };
        let window = mel.slice(span.window.clone());
        let sound = forgetful.synthesize_spans(&window, &[], &request, alone, &mut |_, _| ()).unwrap();
        let output = span.output_in_window();
        apart.extend_from_slice(&sound[output.start * HOP..output.end * HOP]);
    }
    let [whole, windows, apart] = [whole, windows, apart].map(|sound| off(&sound));
    assert!(windows < 1.1 * whole, "{windows} in windows, {whole} at once");
    assert!(apart > 1.5 * windows, "{apart} from windows apart, {windows} from windows that go on");
}

#[test]
fn coherence_blends_and_strength_zero_leaves_the_carrier() {
    let dialect = lmnt();
    let audio = voice(&dialect, 40 * HOP);
    let mel = mel_of(&audio, &dialect).unwrap();
    let carrier = &voice(&dialect, mel.frames() * HOP)[..];
    let sound = |phase: Option<Phase>, request: &Request, carrier: &[f32]| {
        let mut vocoder = Vocoder::new(model(phase), &Backend::Cpu).unwrap();
        vocoder.synthesize(&mel, carrier, request, &mut |_, _| ()).unwrap()
    };
    let some = Some(Phase::default());
    let with = |coherence| sound(some, &Request { coherence, ..Request::default() }, &[]);
    let plain = sound(None, &Request::default(), &[]);
    assert!(with(0.0) == plain);
    let (full, half) = (with(1.0), with(0.5));
    assert!(full != plain);
    for ((full, half), plain) in full.iter().zip(half).zip(plain) {
        assert!((half - 0.5 * (full + plain)).abs() < 1e-5);
    }
    let untouched = sound(some, &Request { strength: 0.0, ..Request::default() }, carrier);
    assert!(untouched == carrier);
}

#[test]
fn a_turned_coherence_makes_no_step() {
    let dialect = lmnt();
    let audio = voice(&dialect, 40 * HOP);
    let mels = [1.0, 0.5].map(|gain| {
        let audio: Vec<f32> = audio.iter().map(|x| gain * x).collect();
        mel_of(&audio, &dialect).unwrap()
    });
    let render = |coherence: [f32; 3]| {
        let mut vocoder = Vocoder::new(model(Some(Phase::default())), &Backend::Cpu).unwrap();
        let plan = vocoder.plan(4);
        let mut sound = [Vec::new(), Vec::new()];
        for (chunk, coherence) in coherence.into_iter().enumerate() {
            let (start, end) = ((4 * chunk).saturating_sub(plan.left_frames), 4 * chunk + 4);
            let request = Request { coherence, ..Request::default() };
            let windows = [0, 1].map(|channel| Window {
                signal: 7,
                channel,
                first_frame: start as u64,
                mel: mels[usize::from(channel)].slice(start..end + plan.right_frames),
                output: 4 * chunk - start..end - start,
                carrier: Vec::new(),
                link: Link::default(),
                request: request.clone(),
            });
            let mut out = [Vec::new(), Vec::new()];
            vocoder.render(&[&windows[0], &windows[1]], &mut out).unwrap();
            sound.iter_mut().zip(out).for_each(|(sound, out)| sound.extend(out));
        }
        sound
    };
    let (plain, full, turned) = (render([0.0; 3]), render([1.0; 3]), render([1.0, 1.0, 0.0]));
    let share = |index: usize| 1.0 - (index + 1).saturating_sub(8 * HOP) as f32 / (4 * HOP) as f32;
    for channel in 0..2 {
        for (index, turned) in turned[channel].iter().enumerate() {
            let (plain, full) = (plain[channel][index], full[channel][index]);
            let expected = plain + share(index) * (full - plain);
            assert!((turned - expected).abs() < 1e-5, "channel {channel}, sample {index}");
        }
    }
}
