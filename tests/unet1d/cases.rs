//! The networks of `tests/fixtures/unet1d`: their weights by the rule of `make.py` there, and its cases.
#![allow(dead_code, reason = "every test takes what it needs")]

use std::path::{Path, PathBuf};

use remel::audio::read_npy;
use remel::diffusion::Condition;
use remel::network::unet1d::Arguments;
use remel::network::unet1d::cpu::EncoderCpu;
use remel::network::{NetworkConfig, Tensor, UNet1dConfig, Weights};
use serde::Deserialize;
use serde_json::Value;

/// Tokens of the embeddings that networks are told.
pub const TOKENS: usize = 3;
/// The scale that guided cases are guided by.
pub const SCALE: f32 = 3.5;

/// A line of `cases.json`.
#[derive(Deserialize)]
pub struct Case {
    pub name: String,
    pub kind: String,
    pub arguments: Value,
    pub samples: usize,
    pub levels: Vec<f32>,
    pub tensors: usize,
    pub table: u32,
}

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/unet1d")
}

pub fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(folder().join("cases.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// FNV-1a.
pub fn digest(text: &str) -> u32 {
    text.bytes().fold(2_166_136_261, |state, byte| (state ^ u32::from(byte)).wrapping_mul(16_777_619))
}

/// `values` of `make.py`.
pub fn values(name: &str, count: usize) -> Vec<f32> {
    let seed = digest(name);
    let value = |index: usize| {
        let mut h = (index as u32).wrapping_mul(2_654_435_761).wrapping_add(seed);
        h = (h ^ h >> 16).wrapping_mul(0x85EB_CA6B);
        h = (h ^ h >> 13).wrapping_mul(0xC2B2_AE35);
        h ^= h >> 16;
        (h >> 8) as f32 / (1 << 24) as f32 - 0.5
    };
    (0..count).map(value).collect()
}

/// `told` of `make.py`.
pub fn told(name: &str, count: usize) -> Vec<f32> {
    values(name, count).iter().map(|value| 4.0 * value).collect()
}

/// `weight` of `make.py`.
fn weight(name: &str, shape: &[usize]) -> Vec<f32> {
    let mut values = values(name, shape.iter().product());
    let is_norm =
        ["norm.weight", "norm_context.weight", "to_in.0.weight"].iter().any(|end| name.ends_with(end));
    let fan_in: usize = shape[1..].iter().product();
    let bits = usize::BITS - (fan_in - 1).leading_zeros();
    let [factor, summand] = match shape.len() {
        1 if is_norm => [1.0, 1.0],
        1 => [if name.ends_with("weights") { 4.0 } else { 0.5 }, 0.0],
        _ => [2.0_f32.powi(2 - (bits / 2) as i32), 0.0],
    };
    values.iter_mut().for_each(|value| *value = *value * factor + summand);
    values
}

/// The weights of `config`.
pub fn weights(config: &UNet1dConfig) -> Weights {
    let mut weights = Weights::default();
    for (name, shape) in NetworkConfig::tensors(config) {
        weights.insert(name.as_str(), Tensor { data: weight(&name, &shape), shape });
    }
    weights
}

impl Case {
    pub fn config(&self) -> UNet1dConfig {
        let arguments = Arguments::parse(&self.name, &self.arguments.to_string(), false).unwrap();
        UNet1dConfig { cross_attention: self.kind.starts_with("later"), ..arguments.config }
    }

    pub fn array(&self, name: &str) -> Vec<f32> {
        read_npy(&folder().join(format!("{}_{name}.npy", self.name))).unwrap().data
    }

    pub fn x(&self) -> Vec<f32> {
        told("x", self.config().in_channels * self.samples)
    }

    /// What the network is told.
    pub fn condition(&self) -> Condition {
        let config = self.config();
        let mut condition = Condition {
            features: told("features", config.context_features.unwrap_or(0)),
            ..Condition::default()
        };
        if let Some(features) = config.context_embedding_features {
            condition.embedding = told("embedding", TOKENS * features);
            condition.embedding_scale = SCALE;
        }
        if let Some(factor) = config.factor.first() {
            let low = told("undersampled", config.in_channels * self.samples / factor);
            condition = config.upsampler_condition(&low, *factor);
        } else if config.autoencoder.is_some() {
            let mut encoder = EncoderCpu::new(&config, &weights(&config), 1).unwrap();
            condition.channels = encoder.decode(&self.array("latent")).unwrap();
        } else {
            let depths = config.context_channels.iter().enumerate().filter(|(_, channels)| **channels > 0);
            let signals = depths.map(|(depth, channels)| {
                told(&format!("channels.{depth}"), channels * self.samples / config.samples_at(depth))
            });
            condition.channels = signals.collect();
        }
        condition
    }
}
