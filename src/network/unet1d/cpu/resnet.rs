//! Residual blocks.

use super::convolution::{Affine, Convolution};
use super::engine::Engine;
use super::normalization::GroupNorm;
use super::signal::Signal;
use crate::kernel::{Linear, silu};
use crate::network::Weights;
use crate::network::unet1d::structure::{Patches, Resnet};

pub(super) struct CpuResnet {
    norms: [GroupNorm; 2],
    convolutions: [Convolution; 2],
    /// From the mapping to a scale and a shift of every channel.
    to_scale_shift: Option<Linear>,
    /// From the input to what is added; none where that is the input.
    to_out: Option<Convolution>,
}

impl CpuResnet {
    pub(super) fn new(structure: &Resnet, weights: &Weights, panel_columns: usize) -> Self {
        let Resnet { name, inputs, outputs, groups, mapping } = structure;
        let affine = |name: String| {
            let [weight, bias] = ["weight", "bias"].map(|part| weights.values(&format!("{name}.{part}")));
            Affine { weight, bias }
        };
        let norm = |block: &str| {
            let Affine { weight, bias } = affine(format!("{name}.{block}.groupnorm"));
            GroupNorm::new(*groups, weight, bias)
        };
        let convolution = |block: &str, inputs: usize| {
            Convolution::new(&affine(format!("{name}.{block}.project")), inputs, 3, 1, panel_columns)
        };
        Self {
            norms: ["block1", "block2"].map(norm),
            convolutions: [convolution("block1", *inputs), convolution("block2", *outputs)],
            to_scale_shift: mapping.map(|_| {
                let Affine { weight, bias } = affine(format!("{name}.to_scale_shift.to_scale_shift.1"));
                Linear::new(weight, bias.to_vec())
            }),
            to_out: (inputs != outputs)
                .then(|| Convolution::linear(&affine(format!("{name}.to_out")), *inputs, panel_columns)),
        }
    }

    /// The block of `x`, scaled and shifted by what the `mapping` says.
    pub(super) fn run(&self, engine: &mut Engine, x: &Signal, mapping: &[f32]) -> Signal {
        let [first, second] = &self.norms;
        let activated = first.run(engine, x, None, true);
        let hidden = self.convolutions[0].run(engine, &activated);
        engine.memory.give_back(activated);
        let scale_shift = self.to_scale_shift.as_ref().map(|linear| {
            let (mut mapping, mut scale_shift) = (mapping.to_vec(), vec![0.0; linear.outputs()]);
            silu(&mut mapping);
            linear.apply(&mapping, &mut scale_shift);
            scale_shift
        });
        let activated = second.run(engine, &hidden, scale_shift.as_deref(), true);
        engine.memory.give_back(hidden);
        let mut output = match &self.to_out {
            Some(to_out) => to_out.run(engine, x),
            None => {
                let mut copy = engine.signal(x.rows, x.channels);
                copy.values_mut().copy_from_slice(x.values());
                copy
            }
        };
        self.convolutions[1].add(engine, &activated, &mut output);
        engine.memory.give_back(activated);
        output
    }

    /// The same of an `x` that nobody needs any more.
    pub(super) fn run_on(&self, engine: &mut Engine, x: Signal, mapping: &[f32]) -> Signal {
        let output = self.run(engine, &x, mapping);
        engine.memory.give_back(x);
        output
    }
}

/// Residual blocks that join neighbouring samples, or part them.
pub(super) struct CpuPatches {
    factor: usize,
    resnets: Vec<CpuResnet>,
}

impl CpuPatches {
    pub(super) fn new(structure: &Patches, weights: &Weights, panel_columns: usize) -> Self {
        let resnets = structure.resnets.iter().map(|resnet| CpuResnet::new(resnet, weights, panel_columns));
        Self { factor: structure.factor, resnets: resnets.collect() }
    }

    /// Each block, then `factor` samples of a channel become as many channels of a sample.
    pub(super) fn join(&self, engine: &mut Engine, mut x: Signal, mapping: &[f32]) -> Signal {
        let factor = self.factor;
        for resnet in &self.resnets {
            let apart = resnet.run_on(engine, x, mapping);
            x = engine.signal(apart.rows / factor, apart.channels * factor);
            let (width, channels) = (x.width(), apart.channels);
            let samples = apart.values().chunks_exact(factor * apart.width());
            for (row, samples) in x.values_mut().chunks_exact_mut(width).zip(samples) {
                row.fill(0.0);
                for (place, sample) in samples.chunks_exact(apart.width()).enumerate() {
                    for (channel, value) in sample.iter().enumerate().take(channels) {
                        row[channel * factor + place] = *value;
                    }
                }
            }
            engine.memory.give_back(apart);
        }
        x
    }

    /// The other way: `factor` channels of a sample become as many samples of a channel, then each block.
    pub(super) fn part(&self, engine: &mut Engine, mut x: Signal, mapping: &[f32]) -> Signal {
        let factor = self.factor;
        for resnet in &self.resnets {
            let mut apart = engine.signal(x.rows * factor, x.channels / factor);
            let (width, channels) = (apart.width(), apart.channels);
            let samples = apart.values_mut().chunks_exact_mut(factor * width);
            for (row, samples) in x.values().chunks_exact(x.width()).zip(samples) {
                samples.fill(0.0);
                for (place, sample) in samples.chunks_exact_mut(width).enumerate() {
                    for (channel, value) in sample.iter_mut().enumerate().take(channels) {
                        *value = row[channel * factor + place];
                    }
                }
            }
            engine.memory.give_back(x);
            x = resnet.run_on(engine, apart, mapping);
        }
        x
    }
}
