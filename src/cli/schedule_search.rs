//! `remel schedule-search IN… --model M`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use remel::audio::{resample, write_npy};
use remel::vocoder::{FoundSchedule, ScheduleGrid};

use super::input::read_audio;
use super::options::{ModelOptions, ranged};
use super::output;
use super::print::{note, print_line};
use super::progress::Progress;

/// Arguments of `remel schedule-search`.
#[derive(Args)]
pub struct ScheduleSearch {
    /// Recordings to come near to; channels are averaged
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    model: ModelOptions,
    /// Steps of the schedule
    #[arg(long, value_name = "N", default_value = "6", value_parser = clap::value_parser!(u16).range(1..=100))]
    iterations: u16,
    /// Values that each beta is chosen from, 1 to 9 times a power of ten
    #[arg(long, value_name = "N", default_value = "3", value_parser = clap::value_parser!(u16).range(1..=1000))]
    grid: u16,
    /// Most schedules to try; where the grid has more, they are drawn from it
    #[arg(long, value_name = "N", default_value = "200", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    candidates: u32,
    /// Which are drawn, and the noise that all are sampled with
    #[arg(long, value_name = "N", default_value = "0")]
    seed: u64,
    /// Seconds of each recording
    #[arg(long, default_value = "2", value_parser = seconds)]
    seconds: f32,
    /// Write the betas too, [iterations]
    #[arg(short, long, value_name = "BETAS.npy")]
    output: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<f32, String> {
    ranged(text, 0.1, 600.0)
}

impl ScheduleSearch {
    /// Runs the command. What it prints is what `--schedule` takes.
    pub fn run(self) -> Result<()> {
        let inputs: Vec<_> =
            self.inputs.iter().map(|input| Some(input.as_path())).chain([self.model.file()]).collect();
        if let Some(path) = &self.output {
            output::check(path, &["npy"], &inputs)?;
        }
        let model = self.model.load()?;
        let rate_hz = model.dialect()?.rate_hz;
        let mut clips = Vec::new();
        for input in &self.inputs {
            let audio = read_audio(input)?;
            let mut clip = resample(&audio.to_mono(), audio.rate_hz, rate_hz);
            clip.truncate((self.seconds * rate_hz as f32).round() as usize);
            clips.push(clip);
        }
        let grid = ScheduleGrid {
            iterations: self.iterations.into(),
            mantissas: self.grid.into(),
            candidates: self.candidates as usize,
            seed: self.seed,
        };
        let clip_seconds = clips.iter().map(Vec::len).sum::<usize>() as f64 / f64::from(rate_hz);
        let mut vocoder = self.model.place(model, || clip_seconds * f64::from(self.candidates))?;
        let progress = Progress::new("searching");
        let FoundSchedule { betas, distance, tried, .. } =
            vocoder.search_schedule(&clips, &grid, &mut |done, all| progress.show(done, all))?;
        drop(progress);
        if let Some(path) = &self.output {
            let betas: Vec<f32> = betas.iter().map(|beta| *beta as f32).collect();
            write_npy(path, &[betas.len()], &betas)?;
        }
        note!("the nearest of {tried} schedules: log-mel L1 {distance:.4}");
        let betas: Vec<String> = betas.iter().map(|beta| format!("{beta:.4e}")).collect();
        print_line!("{}", betas.join(","))?;
        Ok(())
    }
}
