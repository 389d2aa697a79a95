//! BandWave under a stream: any chunking, look-ahead and automation play what a render in one window gives, to the bit.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use remel::audio::Audio;
use remel::checkpoint::Bundled;
use remel::mel::{Mel, MelStream};
use remel::model::Model;
use remel::network::Backend;
use remel::render::{Link, Render, Request, ScheduleChoice, SpanPlan, Window};
use remel::stream::{Carrier, Controls, Engine, Latency, LatencyMode, Stream, StreamConfig};
use remel::vocoder::Vocoder;

fn model() -> Arc<Model> {
    Arc::new(Bundled::Small.model().for_streams())
}

fn vocoder(model: &Arc<Model>) -> Vocoder {
    Vocoder::with_threads(Arc::clone(model), &Backend::Cpu, 1).unwrap()
}

fn voice(seconds: f64) -> Vec<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/voice.wav");
    let mut samples = Audio::read(&path).unwrap().resampled(44_100).to_mono();
    samples.truncate((seconds * 44_100.0) as usize);
    samples
}

/// The frames that a stream sees: nothing lies before the first sample.
fn streamed_mel(samples: &[f32], model: &Model) -> Mel {
    let dialect = model.dialect().unwrap();
    let mut mel = Mel::new(dialect.n_mels);
    MelStream::new(dialect).unwrap().push(samples, |frame| mel.push(frame));
    mel
}

fn plan(model: &Arc<Model>, chunk_frames: usize, look_ahead_frames: usize) -> SpanPlan {
    let context = vocoder(model).format().context;
    let right_frames = context.right_frames - context.optional_right_frames + look_ahead_frames;
    SpanPlan { chunk_frames, left_frames: context.left_frames, right_frames }
}

fn open(model: &Arc<Model>, plan: SpanPlan, host_rate_hz: u32, block: usize) -> (Engine, Stream, Latency) {
    let engine = Engine::start(|| ()).unwrap();
    let renderer = vocoder(model);
    let budget_ms = LatencyMode::budget_ms(&plan, &renderer.format());
    engine.register("model".into(), Box::new(renderer), None).unwrap();
    let config = StreamConfig {
        host_rate_hz,
        channels: 1,
        max_block_frames: block,
        dialect: model.dialect().unwrap().clone(),
        plan,
        budget_ms,
        offline: true,
    };
    let (stream, monitor) = Stream::open(&config, &engine, &"model".into()).unwrap();
    (engine, stream, *monitor.latency())
}

/// Plays `input` and gives what comes out, without the reported latency.
fn play(model: &Arc<Model>, plan: SpanPlan, input: &[f32], block: usize, controls: &Controls) -> Vec<f32> {
    let (_engine, mut stream, latency) = open(model, plan, 44_100, block);
    let mut signal = input.to_vec();
    signal.resize(input.len() + latency.total_host_samples, 0.0);
    for part in signal.chunks_mut(block) {
        stream.process(&mut [part], None, controls);
    }
    signal.split_off(latency.total_host_samples)
}

/// The same as one window, and for its end as much silence as any frame looks into.
fn render(model: &Arc<Model>, input: &[f32], controls: &Controls, look_ahead_frames: usize) -> Vec<f32> {
    let mut padded = input.to_vec();
    padded.resize(input.len() + 40 * 512, 0.0);
    let mel = streamed_mel(&padded, model);
    let carrier = if controls.carrier == Carrier::Main { &padded[..] } else { &[] };
    let request = Request { look_ahead_frames, ..controls.request.clone() };
    let mut samples = vocoder(model).synthesize(&mel, carrier, &request, &mut |_, _| ()).unwrap();
    samples.truncate(input.len());
    samples
}

#[test]
fn every_mode_plays_its_render_in_one_window() {
    let (model, input) = (model(), voice(0.8));
    let format = vocoder(&model).format();
    for (mode, look_ahead, block) in
        [(LatencyMode::Live, 0, 128), (LatencyMode::Balanced, 2, 333), (LatencyMode::Studio, 4, 1)]
    {
        let plan = mode.plan(&format);
        assert_eq!(format.context.look_ahead_frames(plan.right_frames), look_ahead);
        let controls = Controls::default();
        let played = play(&model, plan, &input, block, &controls);
        assert!(played.iter().any(|v| v.abs() > 0.01), "silence proves nothing");
        assert!(played == render(&model, &input, &controls, look_ahead), "{mode:?}");
    }
}

#[test]
fn a_carrier_is_whitened_in_a_stream_as_in_a_file() {
    let (model, input) = (model(), voice(0.5));
    let mut controls = Controls { carrier: Carrier::Main, ..Controls::default() };
    controls.request.strength = 0.5;
    for chunk in [1, 5] {
        let played = play(&model, plan(&model, chunk, 0), &input, 200, &controls);
        assert!(played == render(&model, &input, &controls, 0), "chunks of {chunk}");
    }
}

#[test]
fn the_shortest_mode_is_as_short_as_promised() {
    let model = model();
    let shortest = LatencyMode::Live.plan(&vocoder(&model).format());
    assert_eq!(shortest.chunk_frames, 1);
    for (rate_hz, most_ms) in [(44_100, 75.0), (48_000, 80.0)] {
        let (_engine, _, latency) = open(&model, shortest, rate_hz, 512);
        assert!(latency.total_ms() <= most_ms, "{rate_hz} Hz: {:?}", latency);
    }
}

#[test]
fn after_a_sound_comes_nothing_at_all() {
    let model = model();
    let mut input = voice(0.3);
    input.resize(input.len() + 44_100, 0.0);
    let played = play(&model, plan(&model, 2, 1), &input, 256, &Controls::default());
    let last = played.iter().rposition(|sample| *sample != 0.0).unwrap();
    assert!(last < (0.3 * 44_100.0) as usize + 8 * 512, "sounds until {last}");
}

/// What is automated: any request, for so many frames.
fn segments() -> impl Strategy<Value = Vec<(Request, usize)>> {
    let request = (1..6usize, 0..5usize, 0.0..1.5f32, 0.2..1.0f32, any::<u8>(), 0.0..1.0f32);
    let segment =
        (request, 1..5usize).prop_map(|((steps, look_ahead, temperature, strength, seed, fit), frames)| {
            let request = Request {
                schedule: ScheduleChoice::Steps(steps),
                look_ahead_frames: look_ahead,
                temperature,
                strength,
                seed: seed.into(),
                fit,
                eta: fit,
                ..Request::default()
            };
            (request, frames)
        });
    prop::collection::vec(segment, 2..5)
}

/// The sound of `segments` after one another, each in chunks of at most `chunk` frames.
fn automated(mel: &Mel, carrier: &[f32], segments: &[(Request, usize)], chunk: usize) -> Vec<f32> {
    let mut vocoder = vocoder(&model());
    let (mut at, mut sound, mut out) = (0, Vec::new(), [Vec::new()]);
    for (request, frames) in segments {
        let end = at + frames;
        while at < end {
            let output = at..(at + chunk).min(end);
            let first = output.start.saturating_sub(3);
            let last = (output.end + 6).min(mel.frames());
            let window = Window {
                signal: 1,
                channel: 0,
                first_frame: first as u64,
                mel: mel.slice(first..last),
                output: output.start - first..output.end - first,
                carrier: carrier[first * 512..last * 512 + 512].to_vec(),
                link: Link::default(),
                request: request.clone(),
            };
            vocoder.render(&[&window], &mut out).unwrap();
            sound.extend_from_slice(&out[0]);
            at = output.end;
        }
    }
    sound
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn chunks_leave_no_trace_under_automation(segments in segments()) {
        let model = model();
        let input = voice(0.6);
        let mel = streamed_mel(&input, &model).slice(10..40);
        let carrier = &input[10 * 512..];
        let single = automated(&mel, carrier, &segments, 1);
        prop_assert!(single.iter().any(|sample| *sample != 0.0));
        for chunk in [2, 100] {
            prop_assert!(single == automated(&mel, carrier, &segments, chunk), "chunks of {chunk}");
        }
    }
}

#[test]
fn windows_of_any_shape_sound_side_by_side_as_they_do_alone() {
    let model = model();
    let mel = streamed_mel(&voice(1.0), &model);
    // What goes on with the same signals afterwards is the same too.
    let windows: Vec<Window> = [(0, 30, 3), (1, 30, 3), (2, 45, 1), (3, 10, 12)]
        .into_iter()
        .flat_map(|(signal, first, frames)| [(signal, first, frames), (signal, first + frames, 1)])
        .map(|(signal, first, frames)| Window {
            signal,
            channel: 0,
            first_frame: first as u64,
            mel: mel.slice(first - 6..first + frames + 2),
            output: 6..6 + frames,
            carrier: Vec::new(),
            link: Link::default(),
            request: Request { seed: signal, ..Request::default() },
        })
        .map(|window| Window { first_frame: window.first_frame - 6, ..window })
        .collect();
    let rendered = |threads: usize, together: bool| {
        let mut vocoder = Vocoder::with_threads(Arc::clone(&model), &Backend::Cpu, threads).unwrap();
        let rounds: [Vec<&Window>; 2] = [0, 1].map(|half| windows.iter().skip(half).step_by(2).collect());
        let mut sounds = Vec::new();
        for round in rounds {
            for batch in round.chunks(if together { round.len() } else { 1 }) {
                let mut out = vec![Vec::new(); batch.len()];
                vocoder.render(batch, &mut out).unwrap();
                sounds.extend(out);
            }
        }
        sounds
    };
    let alone = rendered(1, false);
    assert!(alone.iter().flatten().any(|sample| *sample != 0.0));
    assert_eq!(rendered(2, true), alone);
    assert_eq!(rendered(3, false), alone);
}
