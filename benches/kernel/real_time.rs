//! Real-time factors of whole models in six steps, conditioner included: offline, and in the plugin's latency modes as
//! ratios to it.

use std::sync::Arc;
use std::time::Instant;

use remel::diffusion::Denoiser;
use remel::kernel::InstructionSet;
use remel::mel::Mel;
use remel::model::Model;
use remel::network::diffwave::burn::DiffWaveBurn;
use remel::network::diffwave::cpu::DiffWaveCpu;
use remel::network::{Backend, DiffWaveConfig};
use remel::render::{Link, Render, Request, SpanPlan, Window};
use remel::stream::LatencyMode;
use remel::vocoder::Vocoder;

use super::live::live;
use super::models::{base, mel};
use super::random::numbers;
use super::{Choice, best};

/// Frames of an offline render, in one window.
const OFFLINE_FRAMES: usize = 128;
/// Frames that a latency mode renders at least, in whole chunks.
const STREAMED_FRAMES: usize = 16;
/// Samples of burn's one window and call: it is slow.
const BURN_SAMPLES: usize = 8192;
const REPETITIONS: usize = 2;

pub fn print(choice: &Choice) {
    println!(
        "real-time factors of six steps (below 1: faster than real time), and streaming as ratios to offline"
    );
    println!(
        "{:>16} {:>8} {:>7} | {:>7} {:>9} | {:>16} {:>16} {:>16}",
        "model", "set", "threads", "offline", "speed", "Studio, 64", "Balanced, 12", "Live, 4"
    );
    let set = choice.set.or(InstructionSet::available().last()).expect("the baseline at least");
    let models = [base(), Arc::new(live())];
    for model in &models {
        for &threads in &choice.threads {
            let (network, weights) =
                (model.header().network.diffwave("bench").expect("DiffWave"), model.weights());
            let denoiser = DiffWaveCpu::with_instruction_set(network, weights, threads, set)
                .expect("a machine with the set");
            let mut vocoder = Vocoder::with_denoiser(Arc::clone(model), Box::new(denoiser)).expect("threads");
            let offline = offline(&mut vocoder);
            let [live, balanced, studio] = LatencyMode::ALL.map(|mode| {
                let streamed = streamed(&mut vocoder, mode);
                format!("{streamed:7.3} ({:5.2}×)", streamed / offline)
            });
            println!(
                "{:>16} {:>8} {threads:7} | {offline:7.3} {:8.2}× | {studio:>16} {balanced:>16} {live:>16}",
                model.header().card.name,
                set.to_string(),
                1.0 / offline
            );
        }
    }
    for model in &models {
        let factor = burn(model);
        println!(
            "{:>16} {:>8} {:>7} | {factor:7.3} {:8.2}× |",
            model.header().card.name,
            "burn",
            "all",
            1.0 / factor
        );
    }
}

/// Time over audio time.
fn factor(model: &Model, seconds: f64, samples: usize) -> f64 {
    seconds * f64::from(model.header().rate_hz) / samples as f64
}

/// One window for everything.
fn offline(vocoder: &mut Vocoder) -> f64 {
    let (mel, request) = (mel(3, OFFLINE_FRAMES), Request::default());
    let seconds = best(REPETITIONS, || vocoder.synthesize(&mel, &[], &request, &mut |_, _| ()).expect("sound"));
    factor(vocoder.model(), seconds, OFFLINE_FRAMES * DiffWaveConfig::HOP)
}

/// Chunk after chunk, from where windows have all of their context on.
fn streamed(vocoder: &mut Vocoder, mode: LatencyMode) -> f64 {
    let plan = mode.plan(&vocoder.format());
    let chunk_frames = plan.chunk_frames;
    let first = plan.left_frames.div_ceil(chunk_frames);
    let chunks = STREAMED_FRAMES.div_ceil(chunk_frames);
    let mel = mel(4, plan.span(first + chunks).window.end);
    let mut out = [Vec::new()];
    let mut run = |vocoder: &mut Vocoder| {
        render(vocoder, &mel, plan, first, &mut out);
        let start = Instant::now();
        (first + 1..=first + chunks).for_each(|chunk| render(vocoder, &mel, plan, chunk, &mut out));
        start.elapsed()
    };
    let seconds = (0..REPETITIONS).map(|_| run(vocoder)).min().unwrap_or_default().as_secs_f64();
    factor(vocoder.model(), seconds, chunks * chunk_frames * DiffWaveConfig::HOP)
}

fn render(vocoder: &mut Vocoder, mel: &Mel, plan: SpanPlan, chunk: usize, out: &mut [Vec<f32>; 1]) {
    let span = plan.span(chunk);
    let window = Window {
        signal: 0,
        channel: 0,
        first_frame: span.window.start as u64,
        output: span.output_in_window(),
        mel: mel.slice(span.window),
        carrier: Vec::new(),
        link: Link::default(),
        request: Request::default(),
    };
    vocoder.render(&[&window], out).expect("sound");
}

/// The same network in burn, on all cores: six times one call.
fn burn(model: &Model) -> f64 {
    let (network, weights) = (model.header().network.diffwave("bench").expect("DiffWave"), model.weights());
    let mut denoiser = DiffWaveBurn::new(network, weights, &Backend::Cpu).expect("the CPU");
    let mel = mel(5, BURN_SAMPLES / DiffWaveConfig::HOP);
    let (x, mut eps) = (numbers(6, BURN_SAMPLES), vec![0.0; BURN_SAMPLES]);
    let condition = best(1, || denoiser.condition(&[&mel], BURN_SAMPLES).expect("a fitting batch"));
    let predict = best(1, || denoiser.predict(&x, 7.3, &mut eps).expect("a fitting batch"));
    factor(model, condition + model.header().inference_betas.len() as f64 * predict, BURN_SAMPLES)
}
