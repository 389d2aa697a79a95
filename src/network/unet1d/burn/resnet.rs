//! Residual blocks.

use burn::tensor::Tensor;
use burn::tensor::activation::silu;

use super::affine::{Affine, GroupNorm};
use super::parameters::Parameters;
use crate::network::unet1d::structure::{Patches, Resnet};

#[derive(Debug)]
pub(super) struct BurnResnet {
    norms: [GroupNorm; 2],
    convolutions: [Affine<3>; 2],
    to_scale_shift: Option<Affine<2>>,
    to_out: Option<Affine<3>>,
}

impl BurnResnet {
    pub(super) fn new(structure: &Resnet, from: &mut Parameters) -> Self {
        let Resnet { name, inputs, outputs, groups, mapping } = structure;
        let block = |from: &mut Parameters, block: &str| {
            let norm = GroupNorm::new(*groups, from.affine(&format!("{name}.{block}.groupnorm")));
            (norm, from.affine(&format!("{name}.{block}.project")))
        };
        let (first_norm, first) = block(from, "block1");
        let to_scale_shift = mapping.map(|_| from.affine(&format!("{name}.to_scale_shift.to_scale_shift.1")));
        let (second_norm, second) = block(from, "block2");
        Self {
            norms: [first_norm, second_norm],
            convolutions: [first, second],
            to_scale_shift,
            to_out: (inputs != outputs).then(|| from.affine(&format!("{name}.to_out"))),
        }
    }

    /// The block of `x`, `[batch, inputs, n]`, scaled and shifted by what the `mapping`, `[batch, features]`, says.
    pub(super) fn run(&self, x: Tensor<3>, mapping: Option<&Tensor<2>>) -> Tensor<3> {
        let [first_norm, second_norm] = &self.norms;
        let [first, second] = &self.convolutions;
        let mut hidden = second_norm.run(first.convolution(silu(first_norm.run(x.clone())), 1));
        if let (Some(to_scale_shift), Some(mapping)) = (&self.to_scale_shift, mapping) {
            let scale_shift: Tensor<3> = to_scale_shift.vectors(silu(mapping.clone())).unsqueeze_dim(2);
            let channels = scale_shift.dims()[1] / 2;
            let scale = scale_shift.clone().narrow(1, 0, channels);
            hidden = hidden * (scale + 1.0) + scale_shift.narrow(1, channels, channels);
        }
        let residual = match &self.to_out {
            Some(to_out) => to_out.convolution(x, 1),
            None => x,
        };
        second.convolution(silu(hidden), 1) + residual
    }
}

/// Residual blocks that join neighbouring samples, or part them.
#[derive(Debug)]
pub(super) struct BurnPatches {
    factor: usize,
    resnets: Vec<BurnResnet>,
}

impl BurnPatches {
    pub(super) fn new(structure: &Patches, from: &mut Parameters) -> Self {
        let resnets = structure.resnets.iter().map(|resnet| BurnResnet::new(resnet, from));
        Self { factor: structure.factor, resnets: resnets.collect() }
    }

    /// Each block, then `factor` samples of a channel become as many channels of a sample.
    pub(super) fn join(&self, x: Tensor<3>, mapping: Option<&Tensor<2>>) -> Tensor<3> {
        self.resnets.iter().fold(x, |x, resnet| {
            let x = resnet.run(x, mapping);
            let ([batch, channels, n], factor) = (x.dims(), self.factor);
            let parts = x.reshape([batch, channels, n / factor, factor]);
            parts.swap_dims(2, 3).reshape([batch, channels * factor, n / factor])
        })
    }

    /// The other way.
    pub(super) fn part(&self, x: Tensor<3>, mapping: Option<&Tensor<2>>) -> Tensor<3> {
        self.resnets.iter().fold(x, |x, resnet| {
            let ([batch, channels, n], factor) = (x.dims(), self.factor);
            let parts = x.reshape([batch, channels / factor, factor, n]);
            resnet.run(parts.swap_dims(2, 3).reshape([batch, channels / factor, n * factor]), mapping)
        })
    }
}
