//! Networks, frames and signals whose values look random: what they are does not change how long they take.

use std::sync::Arc;

use remel::diffusion::{Clamp, SamplerKind, Schedule};
use remel::mel::{Dialect, Mel};
use remel::model::{Card, Model, ModelHeader};
use remel::network::{DiffWaveConfig, Tensor, Variant, Weights};

/// Numbers in [−1, 1].
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    pub fn signal(&mut self, samples: usize) -> Vec<f32> {
        (0..samples).map(|_| self.next()).collect()
    }

    pub fn mel(&mut self, frames: usize) -> Mel {
        Mel::from_frames(80, (0..80 * frames).map(|_| self.next().abs()).collect())
    }
}

/// lmnt-com/diffwave's network; the base one has 64 channels and 30 layers.
pub fn config(channels: usize, layers: usize) -> DiffWaveConfig {
    DiffWaveConfig {
        channels,
        layers,
        dilation_cycle: 10,
        n_mels: Some(80),
        classes: None,
        training_steps: 50,
        causal: false,
        variant: Variant::Lmnt,
        learned_variance: false,
    }
}

/// Weights as large as an untrained network's.
pub fn weights(config: &DiffWaveConfig) -> Weights {
    let mut weights = Weights::default();
    let mut random = Random(1);
    for (name, shape) in config.tensors() {
        let inputs: usize = shape[1..].iter().product();
        let scale = 1.0 / (inputs.max(1) as f32).sqrt();
        let data = (0..shape.iter().product()).map(|_| random.next() * scale).collect();
        weights.insert(name, Tensor { shape, data });
    }
    weights
}

/// DiffWave base with its six fast steps (DiffWave, appendix B).
pub fn base() -> Arc<Model> {
    let (network, dialect) = (config(64, 30), Dialect::named("lmnt-diffwave").expect("a published name"));
    let training = Schedule::linear(network.training_steps, 1e-4, 0.05).expect("a schedule");
    let weights = weights(&network);
    let header = ModelHeader {
        rate_hz: dialect.rate_hz,
        network,
        dialect: Some(dialect),
        classes: Vec::new(),
        null_label: false,
        training_betas: training.betas().to_vec(),
        inference_betas: vec![1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5],
        sampler: SamplerKind::Ancestral,
        clamp: Clamp::EveryStep,
        prior: None,
        phase: None,
        temperature: 1.0,
        card: Card { name: "base 64 × 30".into(), ..Card::default() },
    };
    Arc::new(Model::new("base", header, weights).expect("a model"))
}
