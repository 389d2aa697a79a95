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
use remel::vocoder::{FileRequest, Vocoder};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

const RATE_HZ: u32 = 44_100;
/// The loudest sample of what goes in.
const PEAK: f32 = 0.5;

/// A second of the clip beside the host's tests, which begins within a vowel: what *Freeze* holds.
fn speech() -> Vec<f32> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host/speech.wav");
    let clip = Audio::read(Path::new(path)).expect("the clip").resampled(RATE_HZ).to_mono();
    let loudest = (0..clip.len() - 2 * 22_050).step_by(441).max_by(|&a, &b| {
        rms(&clip[a..a + 2205]).total_cmp(&rms(&clip[b..b + 2205]))
    });
    let start = loudest.expect("a clip of two seconds");
    scaled(clip[start..start + RATE_HZ as usize].to_vec())
}

/// A second of a chord of three sawtooth-like tones.
fn pad() -> Vec<f32> {
    let sample = |index: usize| {
        let time = index as f32 / RATE_HZ as f32;
        let tones = [130.8, 164.8, 196.0].map(|hz: f32| {
            (1..60).map(|k| (std::f32::consts::TAU * hz * k as f32 * time + k as f32).sin() / k as f32).sum::<f32>()
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
    let [voice, pad] = [speech(), pad()].map(|samples| Audio::mono(RATE_HZ, samples));
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
    let vocoder = vocoders.entry(model.name().to_owned()).or_insert_with(|| {
        Vocoder::new(Arc::new(model.model()), &Backend::Cpu).expect("the CPU")
    });
    let controls = params.controls();
    let mel_from = (params.mel_from.value() == MelFrom::SideChain).then_some(&side);
    let carrier = (params.carrier.value() == Carrier::SideChain).then_some(&side);
    let mut request = controls.request;
    if params.carrier.value() == Carrier::Noise {
        request.strength = 1.0;
    }
    let file = FileRequest { request, edit: controls.edit, mix: controls.mix.wet, plan: None };
    let out = vocoder.vocode(&main, mel_from, carrier, &file, &mut |_, _| ()).expect("it renders");
    if let Some(folder) = std::env::var_os("REMEL_LISTEN") {
        let path = Path::new(&folder).join(format!("{}.wav", preset.name));
        out.write_wav(&path).expect("a file");
    }
    [out.channels.into_iter().next().expect("a channel"), main.to_mono()]
}

/// The mean distance of two sounds' mel frames in dB, where either is within 60 dB of the loudest.
fn distance_db(a: &[f32], b: &[f32]) -> f32 {
    let dialect = Dialect::named("bigvgan2-44k").expect("a published dialect");
    let levels = |samples: &[f32]| {
        let mel: Mel = mel_of(samples, &dialect).expect("a mel");
        (0..mel.frames()).flat_map(|index| mel.frame(index).to_vec()).collect::<Vec<_>>()
    };
    let (a, b) = (levels(a), levels(b));
    let per_neper = 20.0 / std::f32::consts::LN_10;
    let floor = a.iter().chain(&b).fold(f32::MIN, |most, level| most.max(*level)) - 60.0 / per_neper;
    let apart = a.iter().zip(&b).map(|(a, b)| (a.max(floor) - b.max(floor)).abs() * per_neper);
    apart.sum::<f32>() / a.len() as f32
}

#[test]
fn every_factory_preset_is_heard_at_a_sane_level_and_sounds_like_no_other() {
    let mut vocoders = HashMap::new();
    let bank = Bank::read(None);
    let heard: Vec<(&str, [Vec<f32>; 2])> =
        bank.presets().iter().map(|preset| (preset.name.as_str(), heard(preset, &mut vocoders))).collect();
    for (name, [out, main]) in &heard {
        let level_db = db(rms(out) / rms(main));
        let peak = out.iter().fold(0.0f32, |most, sample| most.max(sample.abs()));
        let changed_db = distance_db(out, main);
        let (nearest, near_db) = heard
            .iter()
            .filter(|(other, _)| other != name)
            .map(|(other, [sound, _])| (*other, distance_db(out, sound)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .expect("another preset");
        println!(
            "{name:20} {level_db:6.1} dB, peak {:5.1} dBFS, {changed_db:5.2} dB from the input, {near_db:5.2} dB from {nearest}",
            db(peak)
        );
        assert!(out.iter().all(|sample| sample.is_finite()), "{name}");
    }
}
