//! What goes wrong with a GPU while it plays: the CPU goes on, and what is missing is no longer than a chunk.
#![cfg(feature = "gpu")]
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod device;

use std::sync::Arc;

use remel::checkpoint::Bundled;
use remel::network::{Backend, Gpu};
use remel::render::Render;
use remel::stream::{Controls, Engine, LatencyMode, RendererState, Stream, StreamConfig};
use remel::vocoder::Vocoder;

const RATE_HZ: u32 = 44_100;
const BLOCK: usize = 512;
/// When it goes wrong, and when the sound ends.
const BLOCKS: [usize; 2] = [24, 48];

/// Plays a tone through `small` on a GPU, to which `accident` happens. What is heard from where it sounds on, and what the engine
/// says of it.
fn played(gpu: &Gpu, accident: fn(&Gpu)) -> (Vec<f32>, String) {
    let model = Arc::new(Bundled::Small.model().for_streams());
    let engine = Engine::start(|| ()).unwrap();
    let on =
        |backend: &Backend| -> Box<dyn Render> { Box::new(Vocoder::new(Arc::clone(&model), backend).unwrap()) };
    let renderer = on(&Backend::Gpu(gpu.clone()));
    let format = renderer.format();
    let plan = LatencyMode::Live.plan(&format);
    engine.register("model".into(), renderer, Some(on(&Backend::Cpu))).unwrap();
    let config = StreamConfig {
        host_rate_hz: RATE_HZ,
        channels: 1,
        max_block_frames: BLOCK,
        dialect: model.dialect().unwrap().clone(),
        plan,
        budget_ms: LatencyMode::budget_ms(&plan, &format),
        offline: true,
    };
    let (mut stream, monitor) = Stream::open(&config, &engine, &"model".into()).unwrap();
    let mut heard = Vec::new();
    for block in 0..BLOCKS[1] {
        if block == BLOCKS[0] {
            accident(gpu);
        }
        let tone = |index: usize| {
            let t = (block * BLOCK + index) as f32 / RATE_HZ as f32;
            (1..8).map(|k| (std::f32::consts::TAU * 140.0 * k as f32 * t).sin() / k as f32).sum::<f32>() * 0.2
        };
        let mut samples: Vec<f32> = (0..BLOCK).map(tone).collect();
        stream.process(&mut [&mut samples], None, &Controls::default());
        heard.extend(samples);
    }
    let latency = monitor.latency().total_host_samples;
    let state = match &engine.status().renderers[0].state {
        RendererState::OnFallback { error } => error.clone(),
        other => format!("{other:?}"),
    };
    (heard.split_off(latency + 4 * BLOCK), state)
}

/// The longest stretch in which nothing is heard, in samples.
fn longest_gap(heard: &[f32]) -> usize {
    heard.split(|sample| sample.abs() > 1e-3).map(<[f32]>::len).max().unwrap_or(0)
}

#[track_caller]
fn hold(test: &str, accident: fn(&Gpu)) {
    let Some(Backend::Gpu(gpu)) = device::first_gpu(test) else { return };
    let (heard, state) = played(&gpu, accident);
    // What it says first is what it could not do any more, or that it is lost.
    assert!(state.starts_with(&gpu.to_string()), "{state}");
    assert!(heard.iter().all(|sample| sample.is_finite() && sample.abs() <= 1.0));
    let gap = longest_gap(&heard);
    assert!(gap <= BLOCK, "nothing is heard for {gap} samples");
    // Another device is opened where one is asked for again.
    let (heard, state) = played(&gpu, |_| ());
    assert_eq!(state, "Ready");
    assert!(longest_gap(&heard) <= BLOCK);
}

/// One after the other: both have one device.
#[test]
fn the_cpu_goes_on_where_a_device_is_lost_or_has_no_memory() {
    let test = "the_cpu_goes_on_where_a_device_is_lost_or_has_no_memory";
    hold(test, Gpu::lose);
    hold(test, Gpu::exhaust);
}
