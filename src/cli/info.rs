//! `remel info MODEL`

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use remel::checkpoint::{self, Bundled};
use remel::diffusion::{KarrasSchedule, Preconditioning};
use remel::domain::Prior;
use remel::model::{Model, SigmaDiffusion};
use remel::network::Backend;
use remel::render::{Render, Request};
use remel::stream::{LatencyMode, StreamConfig};
use remel::vocoder::Vocoder;

use super::print::print_line;

/// Frames of a host's block that latencies are told for.
const BLOCK_FRAMES: usize = 512;

/// Arguments of `remel info`.
#[derive(Args)]
pub struct Info {
    /// A bundled model (small, large, tts), or a model file
    #[arg(default_value = Bundled::default().name())]
    model: PathBuf,
    /// Print the header as JSON
    #[arg(long)]
    json: bool,
}

impl Info {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let model = checkpoint::load(&self.model, None)?;
        if self.json {
            print_line!("{}", serde_json::to_string_pretty(model.header())?)?;
            return Ok(());
        }
        let model = Arc::new(model.for_streams());
        let header = model.header();
        let card = &header.card;
        print_line!("{}", card.name)?;
        print_network(&model)?;
        if header.dialect.is_some() {
            print_line!("latency      {}", latencies(&model)?)?;
        }
        match card.trained_steps {
            0 => print_line!("trained      for steps that nobody counted")?,
            steps => print_line!("trained      {steps} steps")?,
        }
        print_line!("licence      {}", card.licence)?;
        print_line!("provenance   {}", card.provenance)?;
        Ok(())
    }
}

/// What the plugin's latency modes cost at the model's own rate.
fn latencies(model: &Arc<Model>) -> Result<String> {
    let format = Vocoder::with_threads(Arc::clone(model), &Backend::Cpu, 1)?.format();
    let cost = |mode: LatencyMode| -> Result<String> {
        let plan = mode.plan(&format);
        let config = StreamConfig {
            host_rate_hz: format.rate_hz,
            channels: 1,
            max_block_frames: BLOCK_FRAMES,
            dialect: model.dialect()?.clone(),
            plan,
            budget_ms: LatencyMode::budget_ms(&plan, &format),
            offline: false,
        };
        Ok(format!("{} {:.0} ms", mode.name(), config.latency(format).total_ms()))
    };
    let costs: Vec<String> = LatencyMode::ALL.into_iter().map(cost).collect::<Result<_>>()?;
    Ok(format!(
        "{} in the plugin, at {} Hz and {BLOCK_FRAMES} frames a block",
        costs.join(", "),
        format.rate_hz
    ))
}

/// How much a sample depends on, in one call of the network and in a sampling of the model's own.
fn field(model: &Model) -> Result<String> {
    let all = model.field_samples(&Request::default())?;
    let Some((call, all)) = model.header().network.layout().field_samples(1).zip(all) else {
        return Ok("the whole window".into());
    };
    let ms = [call, all].map(|samples| samples as f64 / f64::from(model.header().rate_hz) * 1000.0);
    Ok(format!("{call} samples ({:.0} ms) a call, {:.0} ms in all steps", ms[0], ms[1]))
}

fn print_network(model: &Model) -> Result<()> {
    let (header, parameters) = (model.header(), model.weights().parameters());
    let network = &header.network;
    let direction = if network.layout().causal { "causal" } else { "bidirectional" };
    print_line!("network      {} {}, {direction}, {parameters} parameters", network.family(), network.shape())?;
    match &header.dialect {
        Some(d) => print_line!(
            "mel          {}: {} bands, {} to {} Hz, n_fft {}, hop {}",
            d.name,
            d.n_mels,
            d.fmin_hz,
            d.fmax_hz,
            d.n_fft,
            d.hop
        )?,
        None => print_line!("mel          none")?,
    }
    match header.classes.as_slice() {
        [] => print_line!("classes      none")?,
        classes if header.null_label => print_line!("classes      {}; can be guided", classes.join(", "))?,
        classes => print_line!("classes      {}", classes.join(", "))?,
    }
    print_line!("rate         {} Hz", header.rate_hz)?;
    if network.learned_variance() {
        print_line!("variances    learned")?;
    }
    let layout = network.layout();
    let calls_a_second = f64::from(header.rate_hz) / layout.hop as f64;
    print_line!(
        "work         {:.2} GFLOP per second of audio and step",
        network.operations() * calls_a_second / 1e9
    )?;
    print_line!("field        {}", field(model)?)?;
    if layout.optional_frames() > 0 {
        print_line!("look-ahead   0 to {} mel frames, chosen when it runs", layout.optional_frames())?;
    }
    match (&header.diffusion, header.angle_steps) {
        (Some(SigmaDiffusion { preconditioning, schedule, steps }), _) => {
            match preconditioning {
                Preconditioning::K { sigma_data, dynamic_threshold } => print_line!(
                    "diffusion    K, sigma data {sigma_data}, dynamic threshold {dynamic_threshold}"
                )?,
                Preconditioning::V => print_line!("diffusion    V")?,
            }
            let KarrasSchedule { sigma_min, sigma_max, rho } = schedule;
            print_line!("schedule     any σ; fast: {steps} from {sigma_max} to {sigma_min}, rho {rho}")?;
        }
        (None, Some(steps)) => print_line!("schedule     any angle; fast: {steps} steps of equal angles")?,
        (None, None) => {
            let betas: Vec<String> = header.inference_betas.iter().map(f64::to_string).collect();
            print_line!(
                "schedule     trained on {} steps; fast: {}",
                header.training_betas.len(),
                betas.join(", ")
            )?;
        }
    }
    print_line!("sampler      {}", header.sampler.name())?;
    print_line!("temperature  {}", header.temperature)?;
    match &header.phase {
        Some(p) => print_line!(
            "phase        reconstructed: look-ahead {} frames, {} iterations, momentum {}, trust {}",
            p.look_frames,
            p.iterations,
            p.momentum,
            p.trust
        )?,
        None => print_line!("phase        the network's")?,
    }
    match &header.prior {
        Some(Prior::Energy(p)) => {
            print_line!("prior        energy, gain {}, {} to {}", p.gain, p.floor, p.ceiling)?
        }
        Some(Prior::Spectral(p)) => {
            print_line!(
                "prior        spectral, std {}, window {}, floor {}, range {}",
                p.std,
                p.win,
                p.floor,
                p.range
            )?;
        }
        Some(Prior::Stft) => print_line!("prior        spectra, whitened and compressed")?,
        None => print_line!("prior        none")?,
    }
    Ok(())
}
