//! Stereo that stays: mono is mono, a panned voice keeps its place, what is wide keeps its width; offline and streamed.
//! `-- --nocapture` prints the figures.

use std::path::Path;
use std::sync::Arc;

use remel::audio::Audio;
use remel::checkpoint::{self, Bundled};
use remel::diffusion::Noise;
use remel::mel::{ChannelPair, Dialect};
use remel::model::Model;
use remel::network::Backend;
use remel::render::Render;
use remel::stream::{Controls, Engine, LatencyMode, Stream, StreamConfig};
use remel::vocoder::{FileRequest, Vocoder};

const RATE_HZ: u32 = 44_100;
/// As long as every signal.
const SAMPLES: usize = 66_150;

type Stereo = [Vec<f32>; 2];

fn clip(path: &str) -> Vec<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut samples = Audio::read(&path).unwrap().resampled(RATE_HZ).to_mono();
    samples.resize(SAMPLES, 0.0);
    samples
}

fn voice() -> Vec<f32> {
    clip("assets/demo/voice.wav")
}

/// Noise whose spectrum falls with frequency, as rooms and pads have it.
fn dark_noise(seed: u64) -> Vec<f32> {
    let (mut noise, mut low) = (vec![0.0; SAMPLES], 0.0);
    Noise::new(seed).fill(0, 0, 0, &mut noise);
    noise.iter_mut().for_each(|sample| {
        low += 0.05 * (*sample - low);
        *sample = 0.02 * *sample + 0.3 * low;
    });
    noise
}

/// `dry` with a little of a room around it, another for every `seed`.
fn in_a_room(dry: &[f32], seed: u64) -> Vec<f32> {
    let mut response = vec![0.0; 4000];
    Noise::new(seed).fill(0, 0, 0, &mut response);
    let norm = response.iter().map(|tap| tap * tap).sum::<f32>().sqrt();
    let decay = |index: usize| 0.15 * (-(index as f32) / 1500.0).exp() / norm;
    let mut wet = dry.to_vec();
    // Every fifth tap: as dense as it needs to be.
    for (index, tap) in response.iter().enumerate().step_by(5) {
        let tap = tap * decay(index) * 5f32.sqrt();
        wet[index..].iter_mut().zip(dry).for_each(|(wet, dry)| *wet += tap * dry);
    }
    wet
}

fn scaled(samples: &[f32], gain: f32) -> Vec<f32> {
    samples.iter().map(|sample| gain * sample).collect()
}

/// The correlation of both channels, and how much louder the left is in decibels.
fn figures([left, right]: &Stereo) -> (f64, f64) {
    let product =
        |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
    let (of_left, of_right) = (product(left, left), product(right, right));
    (product(left, right) / (of_left * of_right).sqrt(), 10.0 * (of_left / of_right).log10())
}

fn small() -> Arc<Model> {
    Arc::new(Bundled::Small.model().for_streams())
}

fn vocoder(model: &Arc<Model>) -> Vocoder {
    Vocoder::with_threads(Arc::clone(model), &Backend::Cpu, 2).unwrap()
}

fn offline(model: &Arc<Model>, input: &Stereo, request: &FileRequest) -> Stereo {
    let audio = Audio { rate_hz: RATE_HZ, channels: input.to_vec() };
    let output = vocoder(model).vocode(&audio, None, None, request, &mut |_, _| ()).unwrap();
    output.channels.try_into().unwrap()
}

fn streamed(model: &Arc<Model>, input: &Stereo, chunk_frames: Option<usize>) -> Stereo {
    let (engine, renderer) = (Engine::start(|| ()).unwrap(), vocoder(model));
    let format = renderer.format();
    let mut plan = LatencyMode::Live.plan(&format);
    plan.chunk_frames = chunk_frames.unwrap_or(plan.chunk_frames);
    engine.register("model".into(), Box::new(renderer), None).unwrap();
    let config = StreamConfig {
        host_rate_hz: RATE_HZ,
        channels: 2,
        max_block_frames: 512,
        dialect: model.dialect().unwrap().clone(),
        plan,
        budget_ms: LatencyMode::budget_ms(&plan, &format),
        offline: true,
    };
    let (mut stream, monitor) = Stream::open(&config, &engine, &"model".into()).unwrap();
    let latency = monitor.latency().total_host_samples;
    let mut signal = input.clone();
    signal.iter_mut().for_each(|channel| channel.resize(SAMPLES + latency, 0.0));
    let [left, right] = &mut signal;
    for (left, right) in left.chunks_mut(512).zip(right.chunks_mut(512)) {
        stream.process(&mut [left, right], None, &Controls::default());
    }
    assert_eq!(monitor.underruns(), 0);
    signal.map(|mut channel| channel.split_off(latency))
}

/// What `model` makes of `input`, offline and streamed, and their figures.
fn both_ways(name: &str, model: &Arc<Model>, input: &Stereo) -> [(f64, f64); 2] {
    let ways = [offline(model, input, &FileRequest::default()), streamed(model, input, None)];
    let found = ways.each_ref().map(figures);
    println!("{name}: in {:.3?}, offline {:.3?}, streamed {:.3?}", figures(input), found[0], found[1]);
    found
}

#[test]
fn mono_stays_mono_to_the_bit() {
    let (model, input) = (small(), [voice(), voice()]);
    for [left, right] in [offline(&model, &input, &FileRequest::default()), streamed(&model, &input, None)] {
        assert!(left.iter().any(|sample| sample.abs() > 0.01), "silence proves nothing");
        assert!(left == right);
    }
}

#[test]
fn a_panned_voice_keeps_its_place() {
    let (model, voice) = (small(), voice());
    let dry = [voice.clone(), scaled(&voice, 0.3)];
    let room = [in_a_room(&voice, 1), in_a_room(&dry[1], 2)];
    for (name, input) in [("panned", dry), ("panned in a room", room)] {
        let (correlation, level_db) = figures(&input);
        for (found, found_db) in both_ways(name, &model, &input) {
            assert!(found > 0.98 * correlation, "{name}: {found} of {correlation}");
            assert!((found_db - level_db).abs() < 0.2, "{name}: {found_db} dB of {level_db}");
        }
    }
}

#[test]
fn what_is_wide_stays_as_wide() {
    let (model, voice) = (small(), voice());
    let apart = [voice.clone(), clip("plugin/tests/host/speech.wav")];
    let noise = [dark_noise(1), dark_noise(2)];
    for (name, input) in [("two voices", apart), ("noise", noise)] {
        let (correlation, _) = figures(&input);
        for (found, _) in both_ways(name, &model, &input) {
            assert!((found - correlation).abs() < 0.1, "{name}: {found} of {correlation}");
        }
    }
}

#[test]
fn a_carrier_keeps_its_place() {
    let (model, voice) = (small(), voice());
    let input = [voice.clone(), scaled(&voice, 0.3)];
    let mut request = FileRequest::default();
    request.request.strength = 0.55;
    let (found, found_db) = figures(&offline(&model, &input, &request));
    assert!(found > 0.98 && (found_db - figures(&input).1).abs() < 0.2, "{found}, {found_db} dB");
}

#[test]
fn chunks_leave_no_trace_in_stereo() {
    let model = small();
    let input = [in_a_room(&voice(), 1), dark_noise(2)];
    let one = streamed(&model, &input, Some(1));
    assert!(one[0] != one[1]);
    assert!(one == streamed(&model, &input, Some(7)));
}

#[test]
fn a_panned_voice_keeps_its_place_where_phases_are_reconstructed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models/live.safetensors");
    let model = Arc::new(checkpoint::load(&path, None).unwrap().for_streams());
    let voice = voice();
    let dry = [voice.clone(), scaled(&voice, 0.3)];
    let room = [in_a_room(&voice, 1), in_a_room(&dry[1], 2)];
    // What is not quite one sound gets a little wider: small differences of magnitude grow in the phases.
    for (name, input, share) in [("panned, DiffWave", dry, 0.98), ("panned in a room, DiffWave", room, 0.9)] {
        let (correlation, level_db) = figures(&input);
        for (found, found_db) in both_ways(name, &model, &input) {
            assert!(found > share * correlation, "{name}: {found} of {correlation}");
            assert!((found_db - level_db).abs() < 0.2, "{name}: {found_db} dB of {level_db}");
        }
    }
}

#[test]
fn frames_are_alike_whatever_their_level_in_every_dialect() {
    for name in Dialect::names() {
        let dialect = Dialect::named(name).unwrap();
        // Values that are scaled, as those of powers are twice.
        let frame = |gain: f32, tilt: f32| -> Vec<f32> {
            let band = |band: usize| 0.1 + 0.05 * (band as f32).sin() + tilt * (band % 2) as f32;
            (0..dialect.n_mels).map(|index| dialect.compression.compress(gain * band(index))).collect()
        };
        let pair = ChannelPair::new(&dialect);
        let compare = |right: &[f32]| {
            let mut told = [vec![0.0; dialect.n_mels], vec![0.0; dialect.n_mels]];
            let [told_left, told_right] = &mut told;
            (pair.compare([&frame(1.0, 0.0), right], [told_left, told_right]), told)
        };
        let (alike, told) = compare(&frame(0.3, 0.0));
        assert_eq!(alike, 1.0, "{name}");
        assert!(told[0].iter().zip(frame(1.0, 0.0)).all(|(told, own)| (told - own).abs() < 1e-4), "{name}");
        assert_eq!(told[0], told[1], "{name}: both are told the louder");
        let [quiet, loud] = [0.3, 1.0].map(|value| dialect.magnitude(dialect.compression.compress(value)));
        assert!((pair.gain(&frame(0.3, 0.0), &told[1]) - quiet / loud).abs() < 1e-3, "{name}");
        assert_eq!(compare(&frame(1.0, 0.0)).0, 1.0, "{name}");
        let (alike, told) = compare(&frame(0.3, 3.0));
        assert_eq!((alike, told), (0.0, [frame(1.0, 0.0), frame(0.3, 3.0)]), "{name}");
    }
}
