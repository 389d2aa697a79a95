//! Every factory preset, heard: speech and a pad go through each as its routing says.
//!
//! `REMEL_LISTEN` names a folder that keeps what is heard.

use super::{Bank, Preset};
use crate::choices::{Carrier, MelFrom};
use crate::params::RemelParams;
use remel::audio::Audio;
use remel::checkpoint::Bundled;
use remel::mel::{Dialect, Mel, mel_of};
use remel::network::Backend;
use remel::vocoder::Vocoder;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

const RATE_HZ: u32 = 44_100;
/// The loudest sample of what goes in.
const PEAK: f32 = 0.5;
/// Speech and the pad.
static SOUNDS: LazyLock<[Vec<f32>; 2]> = LazyLock::new(|| [speech(), pad()]);

/// A second of the clip beside the host's tests, which begins within a vowel: what *Freeze* holds.
fn speech() -> Vec<f32> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host/speech.wav");
    let clip = Audio::read(Path::new(path)).expect("the clip").resampled(RATE_HZ).to_mono();
    let loudest = (0..clip.len() - 2 * 22_050)
        .step_by(441)
        .max_by(|&a, &b| rms(&clip[a..a + 2205]).total_cmp(&rms(&clip[b..b + 2205])));
    let start = loudest.expect("a clip of two seconds");
    scaled(clip[start..start + RATE_HZ as usize].to_vec())
}

/// A second of a chord of three sawtooth-like tones.
fn pad() -> Vec<f32> {
    let sample = |index: usize| {
        let time = index as f32 / RATE_HZ as f32;
        let tones = [130.8, 164.8, 196.0].map(|hz: f32| {
            (1..60)
                .map(|k| (std::f32::consts::TAU * hz * k as f32 * time + k as f32).sin() / k as f32)
                .sum::<f32>()
        });
        tones.iter().sum::<f32>()
    };
    scaled((0..RATE_HZ as usize).map(sample).collect())
}

fn scaled(samples: Vec<f32>) -> Vec<f32> {
    let loudest = samples.iter().fold(0.0f32, |most, sample| most.max(sample.abs()));
    samples.into_iter().map(|sample| sample * PEAK / loudest).collect()
}

fn rms(samples: &[f32]) -> f32 {
    (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt()
}

fn db(ratio: f32) -> f32 {
    20.0 * ratio.max(1e-9).log10()
}

/// What goes into the main input and the side chain, as the routing of `params` asks for.
fn inputs(params: &RemelParams) -> [Audio; 2] {
    let [voice, pad] = SOUNDS.clone().map(|samples| Audio::mono(RATE_HZ, samples));
    match (params.mel_from.value(), params.carrier.value()) {
        (MelFrom::SideChain, _) => [pad, voice],
        _ => [voice, pad],
    }
}

/// What is heard of `preset`, and what went into its main input.
fn heard(preset: &Preset, vocoders: &mut HashMap<String, Vocoder>) -> [Vec<f32>; 2] {
    let params = RemelParams::default();
    preset.values.put_into(&params);
    let [main, side] = inputs(&params);
    let model = preset.model.as_deref().and_then(Bundled::named).expect("a bundled model");
    let vocoder = vocoders
        .entry(model.name().to_owned())
        .or_insert_with(|| Vocoder::new(Arc::new(model.model()), &Backend::Cpu).expect("the CPU"));
    let file = params.file_request().0;
    let mel_from = (params.mel_from.value() == MelFrom::SideChain).then_some(&side);
    let carrier = (params.carrier.value() == Carrier::SideChain).then_some(&side);
    let out = vocoder.vocode(&main, mel_from, carrier, &file, &mut |_, _| ()).expect("it renders");
    if let Some(folder) = std::env::var_os("REMEL_LISTEN") {
        let path = Path::new(&folder).join(format!("{}.wav", preset.name));
        out.write_wav(&path).expect("a file");
    }
    [out.channels.into_iter().next().expect("a channel"), main.to_mono()]
}

/// Mel frames one after another, in natural logarithms.
fn levels(samples: &[f32]) -> Vec<f32> {
    let dialect = Dialect::named("bigvgan2-44k").expect("a published dialect");
    let mel: Mel = mel_of(samples, &dialect).expect("a mel");
    (0..mel.frames()).flat_map(|index| mel.frame(index).to_vec()).collect()
}

/// The mean distance of two sounds' mel frames, which [`levels`] gives, in dB, where either is within 60 dB of the loudest.
fn distance_db(a: &[f32], b: &[f32]) -> f32 {
    let per_neper = 20.0 / std::f32::consts::LN_10;
    let floor = a.iter().chain(b).fold(f32::MIN, |most, level| most.max(*level)) - 60.0 / per_neper;
    let apart = a.iter().zip(b).map(|(a, b)| (a.max(floor) - b.max(floor)).abs() * per_neper);
    apart.sum::<f32>() / a.len() as f32
}

/// How regular a sound is at its own pitch, 0 to 1, and what that pitch is: the mean and the middle over frames that sound.
fn pitch(samples: &[f32]) -> (f32, f32) {
    const FRAME: usize = 2048;
    let mut frames = Vec::new();
    for frame in samples.windows(2 * FRAME).step_by(FRAME / 2).filter(|frame| rms(frame) > 0.01) {
        let (start, level) = (&frame[..FRAME], rms(&frame[..FRAME]));
        let at = |lag: usize| {
            let later = &frame[lag..lag + FRAME];
            let product: f32 = start.iter().zip(later).map(|(a, b)| a * b).sum();
            product / (level * rms(later) * FRAME as f32).max(1e-9)
        };
        let lags = (RATE_HZ / 500) as usize..(RATE_HZ / 60) as usize;
        let best = lags.map(|lag| (at(lag), lag)).max_by(|a, b| a.0.total_cmp(&b.0)).expect("a lag");
        frames.push((best.0, RATE_HZ as f32 / best.1 as f32));
    }
    let regular = frames.iter().map(|frame| frame.0).sum::<f32>() / frames.len() as f32;
    frames.sort_by(|a, b| a.1.total_cmp(&b.1));
    (regular, frames[frames.len() / 2].1)
}

/// How far frames that follow each other are apart, in dB: little where a sound stands still.
fn movement_db(samples: &[f32]) -> f32 {
    const STEP: usize = 4410;
    let (earlier, later) = (&samples[..samples.len() - STEP], &samples[STEP..]);
    distance_db(&levels(earlier), &levels(later))
}

#[test]
fn every_factory_preset_is_heard_at_a_sane_level_and_sounds_like_no_other() {
    let mut vocoders = HashMap::new();
    let bank = Bank::read(None);
    let heard = bank.presets().iter().map(|preset| {
        let [out, main] = heard(preset, &mut vocoders);
        (preset, levels(&out), out, main)
    });
    let heard = heard.collect::<Vec<_>>();
    for (preset, mel, out, main) in &heard {
        let (name, level_db) = (&preset.name, db(rms(out) / rms(main)));
        let peak_db = db(out.iter().fold(0.0f32, |most, sample| most.max(sample.abs())));
        let changed_db = distance_db(mel, &levels(main));
        let others = heard.iter().filter(|(other, ..)| other.name != *name);
        let others = others.map(|(other, sound, ..)| (&other.name, distance_db(mel, sound)));
        let (nearest, near_db) = others.min_by(|a, b| a.1.total_cmp(&b.1)).expect("another preset");
        println!(
            "{name:20} {level_db:5.1} dB, peak {peak_db:5.1} dBFS, {changed_db:5.2} dB from the input, {near_db:4.2} dB from {nearest}"
        );
        assert!(out.iter().all(|sample| sample.is_finite()), "{name}");
        // The longest silences are those of the voice in a pad that speaks; the loudest is a vowel that is held.
        assert!((-14.0..9.0).contains(&level_db), "{name}: {level_db} dB beside its input");
        assert!(peak_db < 0.0, "{name}: clips");
        let least_db = if preset.category == "Repair" { 0.2 } else { 1.0 };
        assert!(changed_db > least_db, "{name} does nothing: {changed_db} dB from its input");
        assert!(near_db > least_db, "{name} and {nearest} are {near_db} dB apart");
    }
}

#[test]
fn presets_do_what_their_names_say() {
    let (bank, mut vocoders) = (Bank::read(None), HashMap::new());
    let mut hear = |name: &str| heard(bank.factory(name).expect("a preset"), &mut vocoders)[0].clone();
    let [voice, pad] = &*SOUNDS;
    let ((regular, hz), moving_db) = (pitch(voice), movement_db(voice));
    let [voice, pad] = [voice, pad].map(|sound| levels(sound));
    let said = |name: &str, of: &str, value: f32| println!("{name:20} {of} {value:.2}");

    let whisper = pitch(&hear("Whisper")).0;
    said("Whisper", "regularity", whisper / regular);
    assert!(whisper < 0.6 * regular, "a whisper has no pitch: {whisper} of {regular}");
    let robot = pitch(&hear("Robot"));
    said("Robot", "Hz", robot.1);
    assert!(robot.0 > 0.7 && (robot.1 - 86.1).abs() < 2.0, "a robot has one: {robot:?}");
    for (name, semitones) in [("Giant", -5.0), ("Small Creature", 7.0)] {
        let moved = 12.0 * (pitch(&hear(name)).1 / hz).log2();
        said(name, "semitones", moved);
        // A pitch tracker errs by octaves.
        let off = (moved - semitones).rem_euclid(12.0);
        assert!(off.min(12.0 - off) < 1.0, "{name}: {moved} semitones");
    }
    for (name, most) in [("Freeze", 0.5), ("Frozen Crowd", 0.5), ("Endless Breath", 0.6), ("Deep Drone", 0.6)] {
        let still = movement_db(&hear(name)) / moving_db;
        said(name, "movement", still);
        assert!(still < most, "{name} moves {still} as much as its input");
    }
    for name in ["Clean Rebuild", "Gentle Restore"] {
        let apart = distance_db(&levels(&hear(name)), &voice);
        said(name, "dB", apart);
        assert!(apart < 1.5, "{name}: {apart} dB from what it restores");
    }
    for name in ["Talking Pad", "Words in the Fog"] {
        let sound = levels(&hear(name));
        let (to_voice, to_pad) = (distance_db(&sound, &voice), distance_db(&sound, &pad));
        said(name, "of the pad's distance", to_voice / to_pad);
        assert!(to_voice < 0.5 * to_pad, "{name} does not speak: {to_voice} and {to_pad} dB");
    }
}
