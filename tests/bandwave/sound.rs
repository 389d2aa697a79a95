//! What BandWave sounds like, by figures that ears would agree with.

use std::f64::consts::TAU;
use std::path::Path;
use std::sync::Arc;

use remel::audio::Audio;
use remel::checkpoint::Bundled;
use remel::mel::{BandSmoothing, Dialect, Mel, MelEditSettings, mel_of};
use remel::network::Backend;
use remel::render::Request;
use remel::vocoder::{FileRequest, Vocoder};

const RATE_HZ: u32 = 44_100;
const SECONDS: usize = 2;

fn vocoder() -> Vocoder {
    Vocoder::new(Arc::new(Bundled::Small.model()), &Backend::Cpu).unwrap()
}

fn vocoded(input: &Audio, mel_from: Option<&Audio>, strength: f32, detail: f32) -> Audio {
    let request = Request { strength, ..Request::default() };
    let edit = MelEditSettings { detail, ..MelEditSettings::default() };
    let file = FileRequest { request, edit, ..FileRequest::default() };
    vocoder().vocode(input, mel_from, None, &file, &mut |_, _| ()).unwrap()
}

fn voice() -> Vec<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/voice.wav");
    let mut samples = Audio::read(&path).unwrap().resampled(RATE_HZ).to_mono();
    samples.truncate(SECONDS * RATE_HZ as usize);
    samples
}

/// The fundamentals of a chord.
const CHORD_HZ: [f64; 3] = [131.0, 165.0, 196.0];

/// Saws in a chord, as a pad has them.
fn pad() -> Vec<f32> {
    let sample = |n: usize| {
        let saw = |hz: f64| {
            (1..=80).map(|k| (TAU * f64::from(k) * hz * n as f64 / 44_100.0).sin() / f64::from(k)).sum::<f64>()
        };
        (0.07 * CHORD_HZ.map(saw).iter().sum::<f64>()) as f32
    };
    (0..SECONDS * RATE_HZ as usize).map(sample).collect()
}

/// How much of the energy up to 3 kHz lies on the chord's partials, in dB.
fn on_partials_db(samples: &[f32]) -> f64 {
    // Two periods of the window's main lobe on either side of a partial belong to it.
    let (points, mut on, mut all) = (8192, 0.0, 0.0);
    for window in samples.chunks_exact(points).skip(1) {
        for bin in 20..3000 * points / RATE_HZ as usize {
            let hz = bin as f64 * f64::from(RATE_HZ) / points as f64;
            let nearest = CHORD_HZ
                .map(|f| ((hz / f).round().max(1.0) * f - hz).abs())
                .into_iter()
                .fold(f64::MAX, f64::min);
            let (mut re, mut im) = (0.0, 0.0);
            for (n, sample) in window.iter().enumerate() {
                let turn = n as f64 / points as f64;
                let weighed = f64::from(*sample) * (0.5 - 0.5 * (TAU * turn).cos());
                let angle = TAU * turn * bin as f64;
                (re, im) = (re + weighed * angle.cos(), im + weighed * angle.sin());
            }
            let energy = re * re + im * im;
            all += energy;
            on += if nearest < 11.0 { energy } else { 0.0 };
        }
    }
    10.0 * (on / all).log10()
}

/// Mean difference of the vowels of two signals, in dB: of mel frames smoothed over bands until no pitch is left.
fn vowels_apart_db(a: &[f32], b: &[f32]) -> f32 {
    let dialect = Dialect::named("bigvgan2-44k").unwrap();
    let mut smoothing = BandSmoothing::new(&dialect);
    let mut smooth = |samples: &[f32]| -> Mel {
        let mut mel = mel_of(samples, &dialect).unwrap();
        (0..mel.frames()).for_each(|frame| smoothing.apply(mel.frame_mut(frame), 0.5));
        mel
    };
    let (a, b) = (smooth(a), smooth(b));
    let apart = a.as_frames().iter().zip(b.as_frames()).map(|(a, b)| (a - b).abs());
    20.0 / 10f32.ln() * apart.sum::<f32>() / a.as_frames().len() as f32
}

fn rms_db(samples: &[f32]) -> f32 {
    10.0 * (samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32).log10()
}

#[test]
fn a_pad_talks_where_only_formants_are_left_of_the_voice() {
    let (pad, voice) = (pad(), voice());
    let (pad, speech) = (Audio::mono(RATE_HZ, pad), Audio::mono(RATE_HZ, voice.clone()));
    let talk = |strength, detail| vocoded(&pad, Some(&speech), strength, detail).channels.remove(0);
    let (plain, talking) = (talk(0.55, 1.0), talk(0.55, 0.5));
    let figures =
        [&voice, &plain, &talking].map(|x| (on_partials_db(x), vowels_apart_db(x, &voice), rms_db(x)));
    println!("voice, pad under its mel, pad under its formants: partials, vowels, level {figures:?}");
    let [(of_voice, ..), (of_plain, ..), (of_talking, apart, level)] = figures;
    assert!(of_talking > of_plain + 1.5 && of_talking > of_voice + 3.0, "{figures:?}: the chord is heard");
    assert!(apart < 2.5 && (level - rms_db(&voice)).abs() < 1.0, "{figures:?}: the vowels are heard");
}

#[test]
fn full_scale_comes_out_as_loud_as_it_went_in() {
    let mut voice = voice();
    let peak = voice.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
    voice.iter_mut().for_each(|x| *x /= peak);
    let out = vocoded(&Audio::mono(RATE_HZ, voice.clone()), None, 1.0, 1.0).channels.remove(0);
    let change = rms_db(&out) - rms_db(&voice);
    println!("{change} dB");
    assert!(change.abs() < 0.3, "{change} dB");
}

#[test]
fn a_panned_voice_stays_where_it_is() {
    let left = voice();
    let right: Vec<f32> = left.iter().map(|x| 0.4 * x).collect();
    let input = Audio { rate_hz: RATE_HZ, channels: vec![left, right] };
    let out = vocoded(&input, None, 1.0, 1.0);
    let [left, right] = &out.channels[..] else { panic!("stereo") };
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let correlation = product(left, right) / (product(left, left) * product(right, right)).sqrt();
    let pan = rms_db(left) - rms_db(right);
    println!("correlation {correlation}, {pan} dB");
    assert!(correlation > 0.98 && (pan - 7.96).abs() < 0.2, "correlation {correlation}, {pan} dB");
}
