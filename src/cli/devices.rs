//! `remel devices`

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use anyhow::Result;
use clap::Args;
use remel::choice::{Measurement, Mode, Store, Workload, places};
use remel::network::Backend;
use remel::vocoder::THREADS;

use super::options::{BackendChoice, ModelOptions};
use super::print::{note, print_line};

/// Arguments of `remel devices`.
#[derive(Args)]
pub struct Devices {
    /// Measure a model on every device now, for files and in each of the plugin's latency modes
    #[arg(long)]
    measure: bool,
    /// Which: a bundled model (small, large, tts), a model file (.safetensors), or a PyTorch checkpoint (.pt) [default: small]
    #[arg(long, value_name = "MODEL", requires = "measure")]
    model: Option<PathBuf>,
    /// Threads that render on the CPU [default: for files as many as there are cores, in the plugin's modes 2]
    #[arg(long, value_name = "N", requires = "measure", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

impl Devices {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let (places, store) = (places(), Store::of_user());
        for backend in Backend::all() {
            let remark = match places.contains(&backend) {
                true if places.len() == 1 => "  (chosen by --backend auto)",
                true => "",
                false => "  (never chosen by --backend auto)",
            };
            print_line!("{backend}{remark}")?;
        }
        if !cfg!(feature = "gpu") {
            print_line!(
                "no GPUs: this is a build for the CPU alone (one with `--features gpu` looks for them)"
            )?;
        }
        let choices = places.len() > 1;
        match self.measure {
            true if choices => self.measure(&places, &store)?,
            true => note!("nothing is measured: there is only the CPU to choose"),
            false => {}
        }
        let measured = store.all();
        if choices && measured.is_empty() {
            print_line!("nothing is measured yet: `remel devices --measure` does so")?;
        }
        list(&measured)
    }

    /// Measures the model on `places`, and keeps what comes of it in `store`.
    fn measure(&self, places: &[Backend], store: &Store) -> Result<()> {
        let (model, backend) = (self.model.clone(), BackendChoice::Auto);
        let options = ModelOptions { model, class: None, backend, threads: self.threads };
        let model = options.load()?;
        // Streams are the business of models that read mel frames.
        let streams = model.header().dialect.is_some();
        for mode in Mode::ALL.into_iter().filter(|mode| streams || *mode == Mode::File) {
            let threads = match (mode, self.threads) {
                (Mode::Stream(_), None) => THREADS,
                _ => options.cpu_threads(),
            };
            note!("measuring \"{}\": {}", model.header().card.name, mode.name());
            let workload = Workload { model: model.clone(), mode, threads };
            if let Some(measured) = workload.measure(places, &AtomicBool::new(false))? {
                store.keep(&measured)?;
            }
        }
        Ok(())
    }
}

/// Prints what was measured.
fn list(measured: &[Measurement]) -> Result<()> {
    if !measured.is_empty() {
        print_line!("measured, and chosen by it (time spent over the time that the sound lasts):")?;
    }
    for measurement in measured {
        let (model, key) = (&measurement.model, &measurement.key);
        let what = format!("{model}, {}, CPU × {}", key.mode, key.threads);
        print_line!("  {what:32}  {measurement}  → {}", measurement.fastest())?;
    }
    Ok(())
}
