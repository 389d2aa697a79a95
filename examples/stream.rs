//! Block by block, as a callback of an audio interface would have it, at a latency that is known beforehand:
//!
//!     cargo run --release --example stream -- assets/demo/voice.wav out.wav

use std::path::PathBuf;
use std::sync::Arc;

use remel::audio::Audio;
use remel::checkpoint::Bundled;
use remel::network::Backend;
use remel::render::Render;
use remel::stream::{Controls, Engine, LatencyMode, RendererKey, Stream, StreamConfig};
use remel::vocoder::Vocoder;

const BLOCK_FRAMES: usize = 256;

fn main() -> remel::Result<()> {
    let mut paths = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(input), Some(output)) = (paths.next(), paths.next()) else {
        eprintln!("usage: stream IN.wav OUT.wav");
        std::process::exit(2);
    };
    let audio = Audio::read(&input)?;
    let model = Arc::new(Bundled::Small.model().for_streams());
    let dialect = model.dialect()?.clone();
    let vocoder = Vocoder::new(model, &Backend::Cpu)?;

    // The engine renders on a thread of its own, for any number of streams.
    let engine = Engine::start(|| {})?;
    let (key, format) = (RendererKey::from("small"), vocoder.format());
    engine.register(key.clone(), Box::new(vocoder), None)?;
    let plan = LatencyMode::Balanced.plan(&format);
    let config = StreamConfig {
        host_rate_hz: audio.rate_hz,
        channels: 1,
        max_block_frames: BLOCK_FRAMES,
        dialect,
        plan,
        budget_ms: LatencyMode::budget_ms(&plan, &format),
        // A file is in no hurry: a block waits for its sound. Under a callback this is false.
        offline: true,
    };
    let (mut stream, monitor) = Stream::open(&config, &engine, &key)?;
    let latency = stream.latency().total_host_samples;

    // From here on nothing allocates or locks: this is what runs under the callback.
    let controls = Controls::default();
    let mut samples = audio.to_mono();
    samples.resize(samples.len() + latency, 0.0);
    for block in samples.chunks_mut(BLOCK_FRAMES) {
        stream.process(&mut [block], None, &controls);
    }

    eprintln!("latency {latency} samples, {} underruns", monitor.underruns());
    Audio::mono(audio.rate_hz, samples.split_off(latency)).write_wav(&output)
}
