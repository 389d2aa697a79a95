//! Models and frames whose values look random: what they are does not change how long they take.

use std::sync::Arc;

use remel::diffusion::{Clamp, SamplerKind, Schedule};
use remel::mel::{Dialect, Mel};
use remel::model::{Card, Model, ModelHeader};
use remel::network::{DiffWaveConfig, Variant};

use super::random::numbers;
use super::weights::weights;

/// Mel frames, in [0, 1].
pub fn mel(seed: usize, frames: usize) -> Mel {
    Mel::from_frames(80, numbers(seed, 80 * frames).iter().map(|value| value.abs()).collect())
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

/// DiffWave base with its six fast steps (DiffWave, appendix B).
pub fn base() -> Arc<Model> {
    let (network, dialect) = (config(64, 30), Dialect::named("lmnt-diffwave").expect("a published name"));
    let training = Schedule::linear(network.training_steps, 1e-4, 0.05).expect("a schedule");
    let weights = weights(&network);
    let header = ModelHeader {
        rate_hz: dialect.rate_hz,
        network: network.into(),
        dialect: Some(dialect),
        classes: Vec::new(),
        null_label: false,
        diffusion: None,
        training_betas: training.betas().to_vec(),
        inference_betas: vec![1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5],
        angle_steps: None,
        sampler: SamplerKind::Ancestral,
        clamp: Clamp::EveryStep,
        prior: None,
        phase: None,
        temperature: 1.0,
        card: Card { name: "base 64 × 30".into(), ..Card::default() },
    };
    Arc::new(Model::new("base", header, weights).expect("a model"))
}
