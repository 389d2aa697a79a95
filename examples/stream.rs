//! Block by block, as a callback of an audio interface would have it, at a latency that is known beforehand:
//!
//!     cargo run --release --example stream -- assets/demo/voice.wav out.wav

use std::path::PathBuf;
use std::sync::Arc;

use remel::audio::Audio;
use remel::checkpoint::Bundled;
use remel::live::{LiveSettings, LiveVocoder};
use remel::network::Backend;
use remel::stream::Controls;

const BLOCK_FRAMES: usize = 256;

fn main() -> remel::Result<()> {
    let mut paths = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(input), Some(output)) = (paths.next(), paths.next()) else {
        eprintln!("usage: stream IN.wav OUT.wav");
        std::process::exit(2);
    };
    let audio = Audio::read(&input)?;
    // A thread of its own renders, for any number of streams.
    let live = LiveVocoder::start(Arc::new(Bundled::Small.model()), &Backend::Cpu, 1)?;
    let settings = LiveSettings {
        host_rate_hz: audio.rate_hz,
        channels: 1,
        max_block_frames: BLOCK_FRAMES,
        // A file is in no hurry: a block waits for its sound. Under a callback this is false.
        offline: true,
        ..LiveSettings::default()
    };
    let (mut stream, monitor) = live.open(&settings)?;
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
