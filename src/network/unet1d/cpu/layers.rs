//! Layers on the way down and up again.

use super::convolution::{Affine, Convolution};
use super::engine::Engine;
use super::resnet::CpuResnet;
use super::signal::Signal;
use super::transformer::CpuTransformer;
use crate::network::Weights;
use crate::network::unet1d::structure::{Bottleneck, Down, Transformer, Up, Upsampling};

/// What a layer is told beside its signal.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    /// What residual blocks are scaled and shifted by.
    pub(super) mapping: &'a [f32],
    /// What transformers attend to, `[tokens, features]`.
    pub(super) tokens: Option<&'a Signal>,
}

fn packed(structure: Option<&Transformer>, weights: &Weights, panel_columns: usize) -> Option<CpuTransformer> {
    structure.map(|structure| CpuTransformer::new(structure, weights, panel_columns))
}

/// What `transformer` makes of `x`, where there is one.
fn attended(engine: &mut Engine, transformer: Option<&CpuTransformer>, x: Signal, told: Told) -> Signal {
    let Some(transformer) = transformer else { return x };
    let output = transformer.run(engine, &x, told.tokens);
    engine.memory.give_back(x);
    output
}

/// `first` and `scale`·`second` side by side.
fn joined(engine: &mut Engine, first: &Signal, second: &Signal, scale: f32) -> Signal {
    let mut output = engine.signal(first.rows, first.channels + second.channels);
    let width = output.width();
    let sources = first.values().chunks_exact(first.width()).zip(second.values().chunks_exact(second.width()));
    for (row, (a, b)) in output.values_mut().chunks_exact_mut(width).zip(sources) {
        let (left, right) = row.split_at_mut(first.channels);
        left.copy_from_slice(&a[..first.channels]);
        let (right, filling) = right.split_at_mut(second.channels);
        right.iter_mut().zip(b).for_each(|(value, b)| *value = scale * b);
        filling.fill(0.0);
    }
    output
}

pub(super) struct CpuDown {
    downsample: Convolution,
    resnets: Vec<CpuResnet>,
    transformer: Option<CpuTransformer>,
}

impl CpuDown {
    pub(super) fn new(structure: &Down, weights: &Weights, panel_columns: usize) -> Self {
        let Down { name, inputs, factor, padding, .. } = structure;
        let [weight, bias] =
            ["weight", "bias"].map(|part| weights.values(&format!("{name}.downsample.{part}")));
        let taps = 2 * padding + 1;
        Self {
            downsample: Convolution::new(&Affine { weight, bias }, *inputs, taps, *factor, panel_columns),
            resnets: structure
                .resnets
                .iter()
                .map(|resnet| CpuResnet::new(resnet, weights, panel_columns))
                .collect(),
            transformer: packed(structure.transformer.as_ref(), weights, panel_columns),
        }
    }

    /// How many times shorter it makes a signal.
    pub(super) fn factor(&self) -> usize {
        self.downsample.stride()
    }

    /// What every block makes of `x`, with `channels` joined to it, and then the transformer: all are skip connections, and the
    /// last is the layer's output.
    pub(super) fn run(
        &self,
        engine: &mut Engine,
        x: &Signal,
        channels: Option<&Signal>,
        told: Told,
    ) -> Vec<Signal> {
        let mut input = self.downsample.run(engine, x);
        if let Some(channels) = channels {
            let both = joined(engine, &input, channels, 1.0);
            engine.memory.give_back(std::mem::replace(&mut input, both));
        }
        let mut outputs: Vec<Signal> = Vec::new();
        for resnet in &self.resnets {
            let output = resnet.run(engine, outputs.last().unwrap_or(&input), told.mapping);
            outputs.push(output);
        }
        if let Some(transformer) = &self.transformer {
            let output = transformer.run(engine, outputs.last().unwrap_or(&input), told.tokens);
            outputs.push(output);
        }
        engine.memory.give_back(input);
        outputs
    }
}

pub(super) struct CpuUp {
    resnets: Vec<CpuResnet>,
    transformer: Option<CpuTransformer>,
    upsample: Convolution,
    pub(super) extracted: Option<CpuResnet>,
}

impl CpuUp {
    pub(super) fn new(structure: &Up, weights: &Weights, panel_columns: usize) -> Self {
        let (name, _) = structure.upsample();
        let [weight, bias] = ["weight", "bias"].map(|part| weights.values(&format!("{name}.{part}")));
        let (affine, inputs, factor) = (Affine { weight, bias }, structure.inputs, structure.factor);
        let resnet = |resnet| CpuResnet::new(resnet, weights, panel_columns);
        Self {
            resnets: structure.resnets.iter().map(resnet).collect(),
            transformer: packed(structure.transformer.as_ref(), weights, panel_columns),
            upsample: match structure.upsampling {
                Upsampling::None => Convolution::new(&affine, inputs, 3, 1, panel_columns),
                Upsampling::Nearest => Convolution::nearest(&affine, inputs, factor, panel_columns),
                Upsampling::Transposed => Convolution::transposed(&affine, inputs, factor, panel_columns),
            },
            extracted: structure.extracted.as_ref().map(resnet),
        }
    }

    /// The layer of `x`, each block with the last of `skips`, if there are any, scaled.
    pub(super) fn run(
        &self,
        engine: &mut Engine,
        mut x: Signal,
        mut skips: Vec<Signal>,
        skip_scale: f32,
        told: Told,
    ) -> Signal {
        for resnet in &self.resnets {
            if let Some(skip) = skips.pop() {
                let both = joined(engine, &x, &skip, skip_scale);
                engine.memory.give_back(std::mem::replace(&mut x, both));
                engine.memory.give_back(skip);
            }
            x = resnet.run_on(engine, x, told.mapping);
        }
        x = attended(engine, self.transformer.as_ref(), x, told);
        let output = self.upsample.run(engine, &x);
        engine.memory.give_back(x);
        output
    }
}

pub(super) struct CpuBottleneck {
    resnets: [CpuResnet; 2],
    transformer: Option<CpuTransformer>,
}

impl CpuBottleneck {
    pub(super) fn new(structure: &Bottleneck, weights: &Weights, panel_columns: usize) -> Self {
        Self {
            resnets: structure.resnets.each_ref().map(|resnet| CpuResnet::new(resnet, weights, panel_columns)),
            transformer: packed(structure.transformer.as_ref(), weights, panel_columns),
        }
    }

    pub(super) fn run(&self, engine: &mut Engine, x: &Signal, told: Told) -> Signal {
        let [first, second] = &self.resnets;
        let x = first.run(engine, x, told.mapping);
        let x = attended(engine, self.transformer.as_ref(), x, told);
        second.run_on(engine, x, told.mapping)
    }
}
