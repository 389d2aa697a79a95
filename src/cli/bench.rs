//! `remel bench`

use std::time::Instant;

use anyhow::Result;
use clap::Args;
use remel::choice::moving_mel;
use remel::mel::Mel;
#[cfg(feature = "gpu")]
use remel::network::GpuWork;
use remel::render::{Link, Render, Request, SpanPlan, Window};
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
    /// Signals that are rendered together, as instances of the plugin are
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=64))]
    streams: u64,
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
    /// Seconds that the first render of this kind took, of the first line with the placing of the network.
    first_use_s: f64,
    /// Kernels that a GPU started for each chunk, and how often the driver was called for it.
    #[cfg(feature = "gpu")]
    #[serde(skip_serializing_if = "Option::is_none")]
    gpu_per_chunk: Option<PerChunk>,
}

/// What a GPU does for a chunk.
#[cfg(feature = "gpu")]
#[derive(Serialize)]
struct PerChunk {
    dispatches: f64,
    submissions: f64,
    /// Milliseconds that it took to write and hand over the lists of kernels, and that were waited for them.
    written_ms: f64,
    waited_ms: f64,
    /// Milliseconds that a chunk took in all, as the others on average over all renders.
    all_ms: f64,
}

impl Bench {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let model = self.model.load()?;
        let class = self.model.class(&model)?;
        let (n_mels, rate_hz) = (model.dialect()?.n_mels, f64::from(model.header().rate_hz));
        let begun = Instant::now();
        let mut vocoder = self.model.place(model, || self.seconds.into())?;
        let mut placing_s = begun.elapsed().as_secs_f64();
        let format = vocoder.format();
        let hop = format.hop;
        let frames = (f64::from(self.seconds) * rate_hz / hop as f64).ceil() as usize;
        let mel = moving_mel(n_mels, 0, frames);
        let audio_seconds = (frames * hop) as f64 / rate_hz;
        let mut plans = vec![("offline, one window".to_owned(), SpanPlan::whole(frames))];
        let asked = |mode: &&LatencyMode| !self.offline && self.mode.is_none_or(|only| only == **mode);
        plans.extend(LatencyMode::ALL.iter().rev().filter(asked).map(|mode| {
            let plan = mode.plan(&format);
            (format!("{}, chunks of {} frames", mode.name(), plan.chunk_frames), plan)
        }));
        let mut table: Vec<Measurement> = Vec::new();
        for (name, plan) in plans {
            let times = Times::of(&mut vocoder, &mel, class, plan, self.streams)?;
            let real_time_factor = times.fastest_s / audio_seconds;
            let offline = table.first().map_or(real_time_factor, |offline| offline.real_time_factor);
            table.push(Measurement {
                name,
                work: real_time_factor / offline,
                real_time_factor,
                first_use_s: times.first_s + std::mem::take(&mut placing_s),
                #[cfg(feature = "gpu")]
                gpu_per_chunk: times.per_chunk(plan.spans(frames).count()),
            });
        }
        if self.json {
            print_line!("{}", serde_json::to_string_pretty(&table)?)?;
            return Ok(());
        }
        print_line!("{:32} {:>6} {:>18} {:>11}", "", "work", "real-time factor", "first use")?;
        for Measurement { name, work, real_time_factor, first_use_s, .. } in &table {
            print_line!("{name:32} {work:6.2} {real_time_factor:18.3} {first_use_s:9.2} s")?;
        }
        #[cfg(feature = "gpu")]
        for (name, work) in table.iter().filter_map(|line| Some((&line.name, line.gpu_per_chunk.as_ref()?))) {
            let PerChunk { dispatches, submissions, written_ms, waited_ms, all_ms } = work;
            print_line!("{name}: {dispatches:.0} dispatches in {submissions:.0} submissions a chunk")?;
            print_line!("    {written_ms:.2} ms to write them, {waited_ms:.2} ms waited, of {all_ms:.2} ms")?;
        }
        Ok(())
    }
}

/// What several renders took.
struct Times {
    first_s: f64,
    fastest_s: f64,
    #[cfg(feature = "gpu")]
    all_s: f64,
    /// What GPUs did meanwhile.
    #[cfg(feature = "gpu")]
    work: [GpuWork; 2],
}

impl Times {
    /// Those of renders of `mel` along `plan`, by so many `streams` at a time.
    fn of(
        vocoder: &mut Vocoder,
        mel: &Mel,
        class: Option<usize>,
        plan: SpanPlan,
        streams: u64,
    ) -> Result<Self> {
        let request = Request { class, ..Request::default() };
        #[cfg(feature = "gpu")]
        let before = GpuWork::so_far();
        let mut times = Vec::new();
        for _ in 0..REPETITIONS {
            let start = Instant::now();
            match streams {
                1 => drop(vocoder.synthesize_spans(mel, &[], &request, plan, &mut |_, _| ())?),
                several => together(vocoder, mel, &request, plan, several)?,
            }
            times.push(start.elapsed().as_secs_f64());
        }
        Ok(Self {
            first_s: times[0],
            #[cfg(feature = "gpu")]
            all_s: times.iter().sum(),
            fastest_s: times.into_iter().fold(f64::INFINITY, f64::min),
            #[cfg(feature = "gpu")]
            work: [before, GpuWork::so_far()],
        })
    }

    /// What a GPU did for each of the `chunks` of a render.
    #[cfg(feature = "gpu")]
    fn per_chunk(&self, chunks: usize) -> Option<PerChunk> {
        let [before, after] = self.work;
        let each = |count: fn(&GpuWork) -> u64| {
            (count(&after) - count(&before)) as f64 / (REPETITIONS * chunks) as f64
        };
        let work = PerChunk {
            dispatches: each(|work| work.dispatches),
            submissions: each(|work| work.submissions),
            written_ms: each(|work| work.written_ns) / 1e6,
            waited_ms: each(|work| work.waited_ns) / 1e6,
            all_ms: self.all_s * 1e3 / (REPETITIONS * chunks) as f64,
        };
        (work.submissions > 0.0).then_some(work)
    }
}

/// Renders `mel` along `plan` as so many signals, span by span side by side, as the plugin's engine does.
fn together(vocoder: &mut Vocoder, mel: &Mel, request: &Request, plan: SpanPlan, streams: u64) -> Result<()> {
    let mut out = vec![Vec::new(); streams as usize];
    for span in plan.spans(mel.frames()) {
        let window = |signal: u64| Window {
            signal,
            channel: 0,
            first_frame: span.window.start as u64,
            mel: mel.slice(span.window.clone()),
            output: span.output_in_window(),
            carrier: Vec::new(),
            link: Link::default(),
            request: Request { seed: signal, ..request.clone() },
        };
        let windows: Vec<Window> = (0..streams).map(window).collect();
        vocoder.render(&windows.iter().collect::<Vec<_>>(), &mut out)?;
    }
    (0..streams).for_each(|signal| vocoder.forget(signal));
    Ok(())
}
