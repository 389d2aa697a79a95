//! GFLOP/s of one residual layer and of the whole network.
//!
//! FLOPs are those of the direct form (two per weight and sample), so that Winograd's savings show as speed;
//! "executed" counts what is left of them.

use remel::diffusion::Denoiser;
use remel::kernel::InstructionSet;
use remel::network::diffwave::cpu::DiffWaveCpu;
use remel::network::{DiffWaveConfig, Weights};

use super::models::{config, mel};
use super::random::numbers;
use super::weights::weights;
use super::{Choice, best, peak};

/// Samples of a window: whole tiles at every dilation.
const SAMPLES: usize = 9216;
/// Layers of a network, and of a dilation cycle less: the difference is the cycle's time.
const LAYERS: [usize; 2] = [30, 20];
const REPETITIONS: usize = 4;

pub fn print(choice: &Choice) {
    println!(
        "windows of {SAMPLES} samples, 30 layers: GFLOP/s in the direct form's FLOPs (share of peak, executed share)"
    );
    println!(
        "{:>8} {:>8} {:>7} | {:>8} | {:>22} | {:>22}",
        "channels", "set", "threads", "peak", "layer", "network"
    );
    let sets: Vec<_> = choice.set.map_or(InstructionSet::available().collect(), |set| vec![set]);
    for &threads in &choice.threads {
        let peak = peak::measure(threads);
        for &channels in &choice.channels {
            let networks = LAYERS.map(|layers| config(channels, layers));
            let weights = networks.each_ref().map(weights);
            for &set in &sets {
                let [layer, network] = measure(&networks, &weights, set, threads).map(|speed| {
                    let (direct, executed) = (speed.direct / peak * 100.0, speed.executed / peak * 100.0);
                    format!("{:7.1} ({direct:3.0} %, {executed:3.0} %)", speed.direct / 1e9)
                });
                println!(
                    "{channels:8} {:>8} {threads:7} | {:8.1} | {layer:>22} | {network:>22}",
                    set.to_string(),
                    peak / 1e9,
                );
            }
        }
    }
}

/// FLOP/s, counted in two ways.
struct Speed {
    direct: f64,
    executed: f64,
}

/// One layer's and the network's.
fn measure(
    networks: &[DiffWaveConfig; 2],
    weights: &[Weights; 2],
    set: InstructionSet,
    threads: usize,
) -> [Speed; 2] {
    let [network, shorter] = [0, 1].map(|which| {
        let mut case = Case::new(&networks[which], &weights[which], set, threads);
        best(REPETITIONS, || case.predict())
    });
    let (c, n) = (networks[0].channels as f64, SAMPLES as f64);
    let flops = |dilated: f64, layers: usize| 2.0 * n * layers as f64 * (dilated * 2.0 * c * c + 2.0 * c * c);
    let speed = |layers: usize, seconds: f64| Speed {
        direct: flops(3.0, layers) / seconds,
        executed: flops(4.0 / 3.0, layers) / seconds,
    };
    [speed(LAYERS[0] - LAYERS[1], network - shorter), speed(LAYERS[0], network)]
}

/// A network with a batch.
struct Case {
    denoiser: DiffWaveCpu,
    x: Vec<f32>,
    eps: Vec<f32>,
}

impl Case {
    fn new(config: &DiffWaveConfig, weights: &Weights, set: InstructionSet, threads: usize) -> Self {
        let mel = mel(2, SAMPLES.div_ceil(DiffWaveConfig::HOP));
        let mut denoiser =
            DiffWaveCpu::with_instruction_set(config, weights, threads, set).expect("a machine with the set");
        denoiser.condition(&[&mel], SAMPLES).expect("a fitting batch");
        Self { denoiser, x: numbers(3, SAMPLES), eps: vec![0.0; SAMPLES] }
    }

    fn predict(&mut self) {
        self.denoiser.predict(&self.x, 7.3, &mut self.eps).expect("a fitting batch");
    }
}
