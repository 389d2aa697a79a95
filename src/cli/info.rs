//! `remel info MODEL`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use remel::checkpoint;
use remel::domain::Prior;
use remel::model::ModelHeader;

/// Arguments of `remel info`.
#[derive(Args)]
pub struct Info {
    /// Model file [default: the bundled model]
    model: Option<PathBuf>,
    /// Print the header as JSON
    #[arg(long)]
    json: bool,
}

impl Info {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let model = match &self.model {
            Some(path) => checkpoint::load(path, None)?,
            None => checkpoint::bundled(),
        };
        let header = model.header();
        if self.json {
            println!("{}", serde_json::to_string_pretty(header)?);
            return Ok(());
        }
        let card = &header.card;
        println!("{}", card.name);
        print_network(header, model.weights().parameters());
        println!("trained      {} steps", card.trained_steps);
        println!("licence      {}", card.licence);
        println!("provenance   {}", card.provenance);
        Ok(())
    }
}

fn print_network(header: &ModelHeader, parameters: usize) {
    let network = &header.network;
    let direction = if network.layout().causal { "causal" } else { "bidirectional" };
    println!("network      {} {}, {direction}, {parameters} parameters", network.family(), network.shape());
    match &header.dialect {
        Some(d) => println!(
            "mel          {}: {} bands, {} to {} Hz, n_fft {}, hop {}",
            d.name, d.n_mels, d.fmin_hz, d.fmax_hz, d.n_fft, d.hop
        ),
        None => println!("mel          none"),
    }
    match header.classes.as_slice() {
        [] => println!("classes      none"),
        classes if header.null_label => println!("classes      {}; can be guided", classes.join(", ")),
        classes => println!("classes      {}", classes.join(", ")),
    }
    println!("rate         {} Hz", header.rate_hz);
    if network.learned_variance() {
        println!("variances    learned");
    }
    let betas: Vec<String> = header.inference_betas.iter().map(f64::to_string).collect();
    println!("schedule     trained on {} steps; fast: {}", header.training_betas.len(), betas.join(", "));
    println!("sampler      {}", header.sampler.name());
    println!("temperature  {}", header.temperature);
    match &header.phase {
        Some(p) => println!(
            "phase        reconstructed: look-ahead {} frames, {} iterations, momentum {}, trust {}",
            p.look_frames, p.iterations, p.momentum, p.trust
        ),
        None => println!("phase        the network's"),
    }
    match &header.prior {
        Some(Prior::Energy(p)) => {
            println!("prior        energy, gain {}, {} to {}", p.gain, p.floor, p.ceiling)
        }
        Some(Prior::Spectral(p)) => {
            println!(
                "prior        spectral, std {}, window {}, floor {}, range {}",
                p.std, p.win, p.floor, p.range
            );
        }
        None => println!("prior        none"),
    }
}
