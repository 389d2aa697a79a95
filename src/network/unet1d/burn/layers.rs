//! Layers on the way down and up again.

use burn::tensor::Tensor;

use super::affine::Affine;
use super::parameters::Parameters;
use super::resnet::BurnResnet;
use super::transformer::BurnTransformer;
use crate::network::unet1d::structure::{Bottleneck, Down, Transformer, Up, Upsampling};

/// What a layer is told beside its signal.
#[derive(Clone, Copy)]
pub(super) struct Mapped<'a> {
    /// What residual blocks are scaled and shifted by, `[batch, features]`.
    pub(super) mapping: Option<&'a Tensor<2>>,
    /// What transformers attend to, `[batch, tokens, features]`.
    pub(super) tokens: Option<&'a Tensor<3>>,
}

fn attending(structure: Option<&Transformer>, from: &mut Parameters) -> Option<BurnTransformer> {
    structure.map(|structure| BurnTransformer::new(structure, from))
}

fn attended(transformer: Option<&BurnTransformer>, x: Tensor<3>, told: Mapped) -> Tensor<3> {
    match transformer {
        Some(transformer) => transformer.run(x, told.tokens),
        None => x,
    }
}

#[derive(Debug)]
pub(super) struct BurnDown {
    factor: usize,
    downsample: Affine<3>,
    resnets: Vec<BurnResnet>,
    transformer: Option<BurnTransformer>,
}

impl BurnDown {
    pub(super) fn new(structure: &Down, from: &mut Parameters) -> Self {
        Self {
            factor: structure.factor,
            downsample: from.affine(&format!("{}.downsample", structure.name)),
            resnets: structure.resnets.iter().map(|resnet| BurnResnet::new(resnet, from)).collect(),
            transformer: attending(structure.transformer.as_ref(), from),
        }
    }

    /// What every block makes of `x`, with `channels` joined to it, and then the transformer.
    pub(super) fn run(&self, x: Tensor<3>, channels: Option<&Tensor<3>>, told: Mapped) -> Vec<Tensor<3>> {
        let mut x = self.downsample.convolution(x, self.factor);
        if let Some(channels) = channels {
            let n = x.dims()[2];
            x = Tensor::cat(vec![x, padded(channels.clone(), n)], 1);
        }
        let mut outputs = Vec::new();
        for resnet in &self.resnets {
            x = resnet.run(x, told.mapping);
            outputs.push(x.clone());
        }
        if let Some(transformer) = &self.transformer {
            outputs.push(transformer.run(x, told.tokens));
        }
        outputs
    }
}

/// `x` followed by zeros, `n` values in all.
pub(super) fn padded(x: Tensor<3>, n: usize) -> Tensor<3> {
    match n - x.dims()[2] {
        0 => x,
        missing => x.pad((0, missing, 0, 0), 0.0),
    }
}

#[derive(Debug)]
pub(super) struct BurnUp {
    factor: usize,
    upsampling: Upsampling,
    resnets: Vec<BurnResnet>,
    transformer: Option<BurnTransformer>,
    upsample: Affine<3>,
    extracted: Option<BurnResnet>,
}

impl BurnUp {
    pub(super) fn new(structure: &Up, from: &mut Parameters) -> Self {
        let (name, _) = structure.upsample();
        Self {
            factor: structure.factor,
            upsampling: structure.upsampling,
            resnets: structure.resnets.iter().map(|resnet| BurnResnet::new(resnet, from)).collect(),
            transformer: attending(structure.transformer.as_ref(), from),
            upsample: from.affine(&name),
            extracted: structure.extracted.as_ref().map(|resnet| BurnResnet::new(resnet, from)),
        }
    }

    /// The layer of `x`, each block with the last of `skips`, scaled.
    pub(super) fn run(
        &self,
        x: Tensor<3>,
        mut skips: Vec<Tensor<3>>,
        skip_scale: f64,
        told: Mapped,
    ) -> Tensor<3> {
        let x = self.resnets.iter().fold(x, |x, resnet| match skips.pop() {
            Some(skip) => resnet.run(Tensor::cat(vec![x, skip * skip_scale], 1), told.mapping),
            None => resnet.run(x, told.mapping),
        });
        let x = attended(self.transformer.as_ref(), x, told);
        match self.upsampling {
            Upsampling::None => self.upsample.convolution(x, 1),
            Upsampling::Transposed => self.upsample.transposed(x, self.factor),
            Upsampling::Nearest => {
                let [batch, channels, n] = x.dims();
                let repeated = x.reshape([batch, channels, n, 1]).expand([batch, channels, n, self.factor]);
                self.upsample.convolution(repeated.reshape([batch, channels, n * self.factor]), 1)
            }
        }
    }

    /// What leaves the layer for others beside its output.
    pub(super) fn extracted(&self, output: &Tensor<3>) -> Option<Tensor<3>> {
        self.extracted.as_ref().map(|resnet| resnet.run(output.clone(), None))
    }
}

#[derive(Debug)]
pub(super) struct BurnBottleneck {
    resnets: [BurnResnet; 2],
    transformer: Option<BurnTransformer>,
}

impl BurnBottleneck {
    pub(super) fn new(structure: &Bottleneck, from: &mut Parameters) -> Self {
        let [first, second] = &structure.resnets;
        let first = BurnResnet::new(first, from);
        let transformer = attending(structure.transformer.as_ref(), from);
        Self { resnets: [first, BurnResnet::new(second, from)], transformer }
    }

    pub(super) fn run(&self, x: Tensor<3>, told: Mapped) -> Tensor<3> {
        let [first, second] = &self.resnets;
        let x = first.run(x, told.mapping);
        second.run(attended(self.transformer.as_ref(), x, told), told.mapping)
    }
}
