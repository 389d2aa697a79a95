//! `remel bench`

use std::time::Instant;

use anyhow::Result;
use clap::Args;
use remel::mel::Mel;
use remel::render::{Render, Request, SpanPlan};
use remel::stream::LatencyMode;
use remel::vocoder::Vocoder;
use serde::Serialize;

use super::options::{ModelOptions, ranged};
use super::print::print_line;

/// Repetitions, of which the fastest counts: other programs make a run slower, nothing makes it faster.
const REPETITIONS: usize = 3;

/// Arguments of `remel bench`.
#[derive(Args)]
pub struct Bench {
    #[command(flatten)]
    model: ModelOptions,
    /// Audio to render per measurement
    #[arg(long, default_value = "3", value_parser = seconds)]
    seconds: f32,
    /// Leave the plugin's latency modes out
    #[arg(long)]
    offline: bool,
    /// Of the plugin's latency modes, only this one: live, balanced or studio
    #[arg(long, conflicts_with = "offline", value_parser = mode)]
    mode: Option<LatencyMode>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn seconds(text: &str) -> Result<f32, String> {
    ranged(text, 0.1, 600.0)
}

fn mode(text: &str) -> Result<LatencyMode, String> {
    let named = LatencyMode::ALL.into_iter().find(|mode| mode.name().eq_ignore_ascii_case(text));
    named.ok_or_else(|| "expected live, balanced or studio".to_owned())
}

/// One line of the table.
#[derive(Serialize)]
struct Measurement {
    /// What was rendered.
    name: String,
    /// Time spent over that of the offline render.
    work: f64,
    /// Time spent over the duration of the audio: below 1 is faster than real time.
    real_time_factor: f64,
}

impl Bench {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let model = self.model.load()?;
        let class = self.model.class(&model)?;
        let (n_mels, rate_hz) = (model.dialect()?.n_mels, f64::from(model.header().rate_hz));
        let mut vocoder = self.model.place(model, self.seconds.into())?;
        let format = vocoder.format();
        let hop = format.hop;
        let frames = (f64::from(self.seconds) * rate_hz / hop as f64).ceil() as usize;
        let mel = bands(n_mels, frames);
        let audio_seconds = (frames * hop) as f64 / rate_hz;
        let mut plans = vec![("offline, one window".to_owned(), SpanPlan::whole(frames))];
        let asked = |mode: &&LatencyMode| !self.offline && self.mode.is_none_or(|only| only == **mode);
        plans.extend(LatencyMode::ALL.iter().rev().filter(asked).map(|mode| {
            let plan = mode.plan(&format);
            (format!("{}, chunks of {} frames", mode.name(), plan.chunk_frames), plan)
        }));
        let mut table: Vec<Measurement> = Vec::new();
        for (name, plan) in plans {
            let real_time_factor = fastest(&mut vocoder, &mel, class, plan)? / audio_seconds;
            let offline = table.first().map_or(real_time_factor, |offline| offline.real_time_factor);
            table.push(Measurement { name, work: real_time_factor / offline, real_time_factor });
        }
        if self.json {
            print_line!("{}", serde_json::to_string_pretty(&table)?)?;
            return Ok(());
        }
        print_line!("{:32} {:>6} {:>18}", "", "work", "real-time factor")?;
        for Measurement { name, work, real_time_factor } in table {
            print_line!("{name:32} {work:6.2} {real_time_factor:18.3}")?;
        }
        Ok(())
    }
}

/// The fastest of several renders of `mel` along `plan`, in seconds.
fn fastest(vocoder: &mut Vocoder, mel: &Mel, class: Option<usize>, plan: SpanPlan) -> Result<f64> {
    let request = Request { class, ..Request::default() };
    let mut best = f64::INFINITY;
    for _ in 0..REPETITIONS {
        let start = Instant::now();
        vocoder.synthesize_spans(mel, &[], &request, plan, &mut |_, _| ())?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best)
}

/// Frames that move through all bands: what is rendered does not change how long it takes.
fn bands(n_mels: usize, frames: usize) -> Mel {
    let value = |i: usize| 0.5 + 0.4 * ((i % n_mels) as f32 * 0.3 + (i / n_mels) as f32 * 0.1).sin();
    Mel::from_frames(n_mels, (0..n_mels * frames).map(value).collect())
}
