//! The whole network on one window.

use super::engine::Engine;
use super::layers::{CpuBottleneck, CpuDown, CpuUp, Told};
use super::mapping::Mapping;
use super::resnet::CpuPatches;
use super::signal::Signal;
use crate::Result;
use crate::diffusion::Condition;
use crate::kernel::InstructionSet;
use crate::network::Weights;
use crate::network::unet1d::config::UNet1dConfig;
use crate::network::unet1d::structure::Structure;

/// What is added to the quantile that channels are divided by.
const LEAST_SCALE: f32 = 1e-7;

/// A packed network with the threads and the memory that it works with.
pub(super) struct Network {
    config: UNet1dConfig,
    engine: Engine,
    mapping: Option<Mapping>,
    patch: CpuPatches,
    downs: Vec<CpuDown>,
    bottleneck: CpuBottleneck,
    ups: Vec<CpuUp>,
    unpatch: CpuPatches,
    /// Tokens that stand for none, `[tokens, features]`.
    fixed_embedding: Vec<f32>,
}

impl Network {
    /// Packs (validated) weights for `threads` threads and an instruction set of this machine.
    ///
    /// # Errors
    /// Where the system refuses a thread, or the machine the set.
    pub(super) fn new(
        config: &UNet1dConfig,
        weights: &Weights,
        threads: usize,
        set: InstructionSet,
    ) -> Result<Self> {
        let (structure, panel_columns) = (Structure::of(config), set.panel_columns());
        let patches = |patches| CpuPatches::new(patches, weights, panel_columns);
        Ok(Self {
            engine: Engine::new(set, threads, margin(config))?,
            mapping: Mapping::new(config, weights),
            patch: patches(&structure.patch),
            downs: structure.downs.iter().map(|down| CpuDown::new(down, weights, panel_columns)).collect(),
            bottleneck: CpuBottleneck::new(&structure.bottleneck, weights, panel_columns),
            ups: structure.ups.iter().map(|up| CpuUp::new(up, weights, panel_columns)).collect(),
            unpatch: patches(&structure.unpatch),
            fixed_embedding: config
                .context_embedding_features
                .map(|_| weights.values("fixed_embedding.embedding.weight").to_vec())
                .unwrap_or_default(),
            config: config.clone(),
        })
    }

    /// The configuration.
    pub(super) fn config(&self) -> &UNet1dConfig {
        &self.config
    }

    /// What the network makes of `x`, `[in_channels, samples]`, at level `t`: `[out_channels, samples]` into `output`. `condition`
    /// has been checked.
    pub(super) fn predict(&mut self, x: &[f32], t: f32, condition: &Condition, output: &mut [f32]) {
        let tokens = condition.embedding.as_slice();
        self.call(x, t, condition, tokens, output);
        let scale = condition.embedding_scale;
        if scale != 1.0 {
            // As many of the tokens that stand for none as there are others.
            let none = self.fixed_embedding[..tokens.len()].to_vec();
            let mut masked = vec![0.0; output.len()];
            self.call(x, t, condition, &none, &mut masked);
            for (value, masked) in output.iter_mut().zip(masked) {
                *value = masked + (*value - masked) * scale;
            }
        }
    }

    /// The same with these `tokens`, and without guidance.
    fn call(&mut self, x: &[f32], t: f32, condition: &Condition, tokens: &[f32], output: &mut [f32]) {
        let Self { config, engine, .. } = self;
        let samples = x.len() / config.in_channels;
        let mapping = self.mapping.as_ref().map(|mapping| mapping.run(t, &condition.features));
        let mapping = mapping.unwrap_or_default();
        let features = config.context_embedding_features.filter(|_| config.cross_attention);
        let tokens = features.map(|features| engine.rows_of(tokens, features));
        let told = Told { mapping: &mapping, tokens: tokens.as_ref() };
        let mut contexts = vec![None; config.factors.len() + 1];
        for (depth, signal) in config.context_depths().zip(&condition.channels) {
            contexts[depth] = Some(channels_of(signal, config.context_channels(depth)));
        }
        let mut input = channels_of(x, config.in_channels);
        input.extend(contexts[0].iter().flatten());
        let scales: Vec<f32> = input.iter().map(|channel| scale(channel, config.norm_quantile)).collect();
        let mut signal = engine.signal(samples.next_multiple_of(config.total_factor()), input.len());
        signal.set_channels(&input, &scales);

        let mut levels = vec![vec![self.patch.join(engine, signal, &mapping)]];
        for (down, context) in self.downs.iter().zip(&contexts[1..]) {
            let x = last(&levels);
            let context = context.as_ref().map(|channels| {
                let mut signal = engine.signal(x.rows / down.factor(), channels.len());
                signal.set_channels(channels, &vec![1.0; channels.len()]);
                signal
            });
            let outputs = down.run(engine, x, context.as_ref(), told);
            context.into_iter().for_each(|signal| engine.memory.give_back(signal));
            levels.push(outputs);
        }
        let mut x = self.bottleneck.run(engine, last(&levels), told);
        let skip_scale = if config.use_skip_scale { std::f32::consts::FRAC_1_SQRT_2 } else { 1.0 };
        for (up, skips) in self.ups.iter().zip(levels.drain(1..).rev()) {
            x = up.run(engine, x, skips, skip_scale, told);
        }
        for skip in levels.into_iter().flatten() {
            x.values_mut().iter_mut().zip(skip.values()).for_each(|(x, skip)| *x += skip);
            engine.memory.give_back(skip);
        }
        let x = self.unpatch.part(engine, x, &mapping);
        for (index, channel) in output.chunks_exact_mut(samples).enumerate() {
            match config.use_magnitude_channels {
                true => merge(x.channel(index), x.channel(index + config.outputs()), channel),
                false => channel.iter_mut().zip(x.channel(index)).for_each(|(y, x)| *y = x),
            }
            let scale = scales[index % scales.len()];
            channel.iter_mut().for_each(|value| *value *= scale);
        }
        [Some(x), tokens].into_iter().flatten().for_each(|signal| engine.memory.give_back(signal));
    }
}

/// The last output of the last level.
fn last(levels: &[Vec<Signal>]) -> &Signal {
    levels.last().and_then(|outputs| outputs.last()).expect("a level has an output")
}

/// The channels of a signal, `[channels, values]`.
pub(super) fn channels_of(signal: &[f32], channels: usize) -> Vec<&[f32]> {
    signal.chunks_exact((signal.len() / channels).max(1)).collect()
}

/// What `channel` is divided by: a quantile of its magnitudes, interpolated between two of them, or 1 where there is none.
fn scale(channel: &[f32], quantile: f32) -> f32 {
    if quantile == 0.0 || channel.is_empty() {
        return 1.0;
    }
    let mut magnitudes: Vec<f32> = channel.iter().map(|value| value.abs()).collect();
    magnitudes.sort_unstable_by(f32::total_cmp);
    let rank = quantile * (magnitudes.len() - 1) as f32;
    let [low, high] = [rank.floor(), rank.ceil()].map(|rank| magnitudes[rank as usize]);
    low + (high - low) * rank.fract() + LEAST_SCALE
}

/// σ(waveform)·tanh(magnitude)
fn merge(waveform: impl Iterator<Item = f32>, magnitude: impl Iterator<Item = f32>, output: &mut [f32]) {
    for ((value, waveform), magnitude) in output.iter_mut().zip(waveform).zip(magnitude) {
        *value = magnitude.tanh() / (1.0 + (-waveform).exp());
    }
}

/// Rows beyond a signal's own that its convolutions look at, or write and throw away.
pub(super) fn margin(config: &UNet1dConfig) -> usize {
    let taps = config.kernel_multiplier_downsample / 2;
    config.factors.iter().map(|factor| factor * taps.max(1)).max().unwrap_or(0) + 1
}
