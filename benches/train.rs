//! Speed of training on this CPU: `cargo bench --features train --bench train`.
//!
//! Trains networks on generated sounds for some seconds in every precision, one after the other, and prints how much audio
//! goes through them; data, losses and optimizer included.

use std::path::Path;

use remel::network::diffwave::amx;
use remel::train::config::{Precision, TrainConfig};
use remel::train::{Observer, Progress, run};

/// Seconds that count, after the first step.
const SECONDS: f64 = 20.0;

/// Notes when steps were taken.
#[derive(Default)]
struct Clock {
    first: Option<f64>,
    last: f64,
    /// Steps after the first.
    steps: u64,
}

impl Observer for Clock {
    fn stepped(&mut self, progress: &Progress) {
        let first = *self.first.get_or_insert(progress.seconds);
        self.last = progress.seconds - first;
        self.steps = progress.step - 1;
    }

    fn stopped(&mut self) -> bool {
        self.last >= SECONDS
    }
}

fn main() {
    println!("{:>14} {:>6} {:>14} {:>9}", "network", "", "samples/s", "");
    for (name, network) in [
        ("Live", "channels = 32\nlayers = 16\ndilation_cycle = 8\ncausal = true"),
        ("base 64 × 30", "channels = 64\nlayers = 30\ndilation_cycle = 10"),
    ] {
        let mut single = None;
        for (label, precision) in [("f32", Precision::F32), ("bf16", Precision::Bf16)] {
            if precision == Precision::Bf16 && !amx::is_available() {
                println!("{name:>14} {label:>6} skipped: this machine has no tile unit");
                continue;
            }
            let speed = samples_per_second(network, precision);
            let ratio = speed / *single.get_or_insert(speed);
            println!("{name:>14} {label:>6} {speed:14.0} {ratio:8.2}×");
        }
    }
}

/// Samples that a training goes through in a second of wall-clock time.
fn samples_per_second(network: &str, precision: Precision) -> f64 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut config = config(folder.path(), network);
    config.training.precision = precision;
    let mut clock = Clock::default();
    run(&config, false, &mut clock).expect("a training");
    let crops = clock.steps * config.training.batch as u64;
    (crops * config.training.crop_frames as u64 * 256) as f64 / clock.last
}

fn config(folder: &Path, network: &str) -> TrainConfig {
    let path = folder.join("bench.toml");
    let text = format!(
        "model = \"model.safetensors\"\n[network]\n{network}\nprior = \"spectral\"\n[data]\nsource = \"additive\"\n\
         [training]\nbatch = 8\ncrop_frames = 32\nvalidate_steps = 1000000\n"
    );
    std::fs::write(&path, text).expect("a file in a temporary folder");
    TrainConfig::read(&path).expect("a valid configuration")
}
