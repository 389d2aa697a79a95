//! A model from bytes, such as those that a program carries in itself, and what it says of itself:
//!
//!     cargo run --release --example bytes -- assets/models/live.safetensors

use remel::checkpoint::ModelFile;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: bytes MODEL");
        std::process::exit(2);
    };
    // `include_bytes!("model.safetensors").as_slice()` does as well.
    let bytes = std::fs::read(path)?;
    let model = ModelFile::from_bytes("a model in memory", bytes)?.parse(None)?;
    let header = model.header();
    println!("{}: {} at {} Hz", header.card.name, header.network.family(), header.rate_hz);
    if let Some(dialect) = &header.dialect {
        println!("mel frames of {}: {} bands, a hop of {} samples", dialect.name, dialect.n_mels, dialect.hop);
    }
    println!("licence: {}", header.card.licence);
    Ok(())
}
