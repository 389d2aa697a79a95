//! Speed of the CPU engine: `cargo bench --bench kernel`, optionally with `-- --set avx2 --samples 8192`.
//!
//! Prints, for one and two threads, GFLOP/s of one residual layer and of the whole network, their share of this
//! machine's own peak (a matrix product through the `gemm` crate, measured in the same run), and the real-time factor
//! of DiffWave with its six fast steps. FLOPs are those of the direct form (two per weight and sample), so that
//! Winograd's savings show as speed; "executed" counts what is left of them.

use std::time::{Duration, Instant};

use remel::diffusion::Denoiser;
use remel::kernel::{InstructionSet, KernelDenoiser};
use remel::mel::Mel;
use remel::network::{DiffWaveConfig, Tensor, Variant, Weights};

/// Network calls of the fast schedule.
const STEPS: usize = 6;
const RATE_HZ: f64 = 22_050.0;
/// Repetitions of everything, of which the fastest counts: other processes make a run slower, nothing makes it faster.
const REPETITIONS: usize = 7;

fn main() {
    let sets: Vec<InstructionSet> = match argument("--set") {
        Some(name) => vec![name.parse().expect("--set takes an instruction set")],
        None => InstructionSet::available().collect(),
    };
    let samples = argument("--samples").map_or(8192, |text| text.parse().expect("--samples takes a number"));
    let number = |name: &str| argument(name).map(|text| text.parse().expect("a number"));
    let channels = number("--channels").map_or(vec![32, 64, 128], |channels| vec![channels]);
    let threads = number("--threads").map_or(vec![1, 2], |threads| vec![threads]);
    println!(
        "windows of {samples} samples; GFLOP/s in the direct form's FLOPs (share of peak, executed share)"
    );
    println!(
        "{:>8} {:>7} {:>7} | {:>8} | {:>22} | {:>22} | {:>9}",
        "channels", "set", "threads", "peak", "layer", "network", "real time"
    );
    for threads in threads {
        let peak = (0..REPETITIONS).map(|_| product(threads)).min().unwrap_or_default().as_secs_f64();
        let peak = 2.0 * (PRODUCT as f64).powi(3) / peak;
        for &set in &sets {
            for channels in channels.clone() {
                let row = measure(channels, set, threads, samples);
                let share = |speed: Speed| {
                    let (direct, executed) = (speed.direct / peak * 100.0, speed.executed / peak * 100.0);
                    format!("{:7.1} ({direct:3.0} %, {executed:3.0} %)", speed.direct / 1e9)
                };
                let (layer, network) = (share(row.layer), share(row.network));
                println!(
                    "{channels:8} {:>7} {threads:7} | {:8.1} | {layer:>22} | {network:>22} | {:8.2}×",
                    set.to_string(),
                    peak / 1e9,
                    row.real_time
                );
            }
        }
    }
}

/// FLOP/s, counted in two ways.
#[derive(Clone, Copy)]
struct Speed {
    direct: f64,
    executed: f64,
}

struct Row {
    layer: Speed,
    network: Speed,
    real_time: f64,
}

fn measure(channels: usize, set: InstructionSet, threads: usize, samples: usize) -> Row {
    let layers = 30;
    let mut full = Case::new(&config(channels, layers), set, threads, samples);
    let mut short = Case::new(&config(channels, layers - 10), set, threads, samples);
    let condition = best(|| full.condition());
    short.condition();
    let network = best(|| full.predict());
    let cycle = network - best(|| short.predict());
    let (c, n) = (channels as f64, samples as f64);
    let flops = |dilated: f64, layers: f64| 2.0 * n * layers * (dilated * 2.0 * c * c + 2.0 * c * c);
    let speed = |layers: f64, seconds: f64| Speed {
        direct: flops(3.0, layers) / seconds,
        executed: flops(1.5, layers) / seconds,
    };
    Row {
        layer: speed(10.0, cycle),
        network: speed(layers as f64, network),
        real_time: n / RATE_HZ / (condition + STEPS as f64 * network),
    }
}

fn config(channels: usize, layers: usize) -> DiffWaveConfig {
    DiffWaveConfig {
        channels,
        layers,
        dilation_cycle: 10,
        n_mels: Some(80),
        training_steps: 50,
        causal: false,
        variant: Variant::Lmnt,
    }
}

/// A network with a batch.
struct Case {
    denoiser: KernelDenoiser,
    mel: Mel,
    x: Vec<f32>,
    eps: Vec<f32>,
}

impl Case {
    fn new(config: &DiffWaveConfig, set: InstructionSet, threads: usize, samples: usize) -> Self {
        let mut weights = Weights::default();
        let mut random = Random(1);
        for (name, shape) in config.tensors() {
            let inputs: usize = shape[1..].iter().product();
            let scale = 1.0 / (inputs.max(1) as f32).sqrt();
            let data = (0..shape.iter().product()).map(|_| random.next() * scale).collect();
            weights.insert(name, Tensor { shape, data });
        }
        let frames = samples.div_ceil(DiffWaveConfig::HOP);
        Self {
            denoiser: KernelDenoiser::with_instruction_set(config, &weights, threads, set)
                .expect("a machine with the set"),
            mel: Mel::from_frames(80, (0..80 * frames).map(|_| random.next().abs()).collect()),
            x: (0..samples).map(|_| random.next()).collect(),
            eps: vec![0.0; samples],
        }
    }

    fn condition(&mut self) {
        self.denoiser.condition(&[&self.mel], self.x.len()).expect("a fitting batch");
    }

    fn predict(&mut self) {
        self.denoiser.predict(&self.x, 7.3, &mut self.eps).expect("a fitting batch");
    }
}

/// Numbers in [−1, 1].
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}

/// Rows and columns of the product that stands for the machine's peak.
const PRODUCT: usize = 1024;

/// Time of that product through the `gemm` crate.
fn product(threads: usize) -> Duration {
    let n = PRODUCT;
    let stride = n as isize;
    let (a, b, mut c) = (vec![1.0f32; n * n], vec![0.5f32; n * n], vec![0.0f32; n * n]);
    let parallelism = if threads > 1 { gemm::Parallelism::Rayon(threads) } else { gemm::Parallelism::None };
    let start = Instant::now();
    // SAFETY: three column-major matrices of n·n values each, of which the first is borrowed mutably.
    unsafe {
        gemm::gemm(
            n,
            n,
            n,
            c.as_mut_ptr(),
            stride,
            1,
            false,
            a.as_ptr(),
            stride,
            1,
            b.as_ptr(),
            stride,
            1,
            0.0,
            1.0,
            false,
            false,
            false,
            parallelism,
        );
    }
    let elapsed = start.elapsed();
    assert!(c.iter().all(|value| *value == 0.5 * n as f32), "gemm multiplies");
    elapsed
}

/// The least time of several calls, in seconds, after one that warms up.
fn best<T>(mut call: impl FnMut() -> T) -> f64 {
    call();
    let timed = (0..REPETITIONS).map(|_| {
        let start = Instant::now();
        call();
        start.elapsed()
    });
    timed.min().unwrap_or_default().as_secs_f64()
}

/// The value after an argument of this name.
fn argument(name: &str) -> Option<String> {
    let mut arguments = std::env::args();
    arguments.find(|argument| argument == name)?;
    arguments.next()
}
