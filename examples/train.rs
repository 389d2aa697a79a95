//! A tiny model of generated sounds in eight steps, and how to follow its training:
//!
//!     cargo run --release --features train --example train -- FOLDER

use std::path::PathBuf;

use remel::train::config::TrainConfig;
use remel::train::{Observer, Progress, run};

/// Prints every step.
struct Printed;

impl Observer for Printed {
    fn stepped(&mut self, progress: &Progress) {
        println!("step {}: loss {:.4}", progress.step, progress.loss);
    }
}

const CONFIG: &str = "
model = 'tiny.safetensors'
[network]
channels = 8
layers = 4
[data]
source = 'additive'
[training]
batch = 2
crop_frames = 8
total_steps = 8
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: train FOLDER");
        std::process::exit(2);
    };
    // A configuration is a file, as for `remel train`: paths in it are relative to where it lies.
    let path = folder.join("tiny.toml");
    std::fs::write(&path, CONFIG)?;
    let config = TrainConfig::read(&path)?;
    let model = run(&config, false, &mut Printed)?;
    println!("{}", model.display());
    Ok(())
}
