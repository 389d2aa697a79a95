//! `remel convert IN.pt -o OUT.safetensors`

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use remel::checkpoint::{self, WeightType};
use remel::domain::phase::Phase;
use remel::mel::Dialect;
use remel::model::Card;

use super::options::{share, temperature};
use super::output;

/// Arguments of `remel convert`.
#[derive(Args)]
pub struct Convert {
    /// DiffWave checkpoint: .pt, .pth, .ckpt or .safetensors; or the .safetensors of BandWave's reference
    input: PathBuf,
    /// Remel model to write
    #[arg(short, long, value_name = "OUT.safetensors")]
    output: PathBuf,
    /// The mel dialect it was trained on, where it is not lmnt-com/diffwave's
    #[arg(long, value_name = "NAME")]
    dialect: Option<String>,
    /// Scale of the noise that suits the model, 0 to 1.5 [default: 1]
    #[arg(long, value_parser = temperature)]
    temperature: Option<f32>,
    /// Reconstruct phases after sampling, with so many iterations per frame; 0: do not [default: as in the input]
    #[arg(long, value_name = "N")]
    phase_iterations: Option<usize>,
    /// What the reconstruction takes from the network's phases, 0 to 1 [default: as in the input, else 0.3]
    #[arg(long, requires = "phase_iterations", value_parser = share)]
    phase_trust: Option<f64>,
    /// Round the weights to half precision: half as large a file
    #[arg(long)]
    half: bool,
    /// The model's name [default: the input file's]
    #[arg(long)]
    name: Option<String>,
    /// The licence of its weights [default: unknown]
    #[arg(long)]
    licence: Option<String>,
    /// Optimizer steps that it was trained for [default: what the input says, else 0]
    #[arg(long, value_name = "N")]
    trained_steps: Option<u64>,
    /// What it was trained on, by whom and how [default: the input file]
    #[arg(long, value_name = "TEXT")]
    provenance: Option<String>,
}

impl Convert {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        // A bundled model is none.
        let file: Vec<&Path> = self.input.is_file().then_some(self.input.as_path()).into_iter().collect();
        output::check(&self.output, &["safetensors"], &file)?;
        let dialect = self.dialect.as_deref().map(Dialect::named).transpose()?;
        let model = checkpoint::load(&self.input, dialect.as_ref())?;
        let read = model.header().card.clone();
        let temperature = self.temperature.unwrap_or(model.header().temperature);
        let phase = self.phase(model.header().phase);
        let model = model.with_temperature(temperature)?.with_phase(phase)?.with_card(Card {
            name: self.name.unwrap_or(read.name),
            licence: self.licence.unwrap_or(read.licence),
            provenance: self.provenance.unwrap_or(read.provenance),
            trained_steps: self.trained_steps.unwrap_or(read.trained_steps),
        });
        let weights = if self.half { WeightType::F16 } else { WeightType::F32 };
        checkpoint::save_as(&model, &self.output, weights)?;
        eprintln!("{}: {} parameters", self.output.display(), model.weights().parameters());
        Ok(())
    }

    /// The phase reconstruction, where the input's is `read`.
    fn phase(&self, read: Option<Phase>) -> Option<Phase> {
        let Some(iterations) = self.phase_iterations else { return read };
        let phase = read.unwrap_or_default();
        let trust = self.phase_trust.map_or(phase.trust, |trust| trust as f32);
        (iterations > 0).then_some(Phase { iterations, trust, ..phase })
    }
}
