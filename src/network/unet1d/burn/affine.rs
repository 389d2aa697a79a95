//! Affine maps and normalizations.

use burn::tensor::Tensor;
use burn::tensor::module::{conv_transpose1d, conv1d, linear};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};

/// What is added to a variance, but where a transformer says otherwise.
const EPSILON: f64 = 1e-5;

/// A weight and its bias.
#[derive(Debug)]
pub(super) struct Affine<const D: usize> {
    /// As PyTorch lays it out.
    pub(super) weight: Tensor<D>,
    pub(super) bias: Tensor<1>,
}

impl Affine<3> {
    /// A convolution of odd taps, padded on both sides, at every `stride`th value. `[batch, in, n] → [batch, out, n / stride]`
    pub(super) fn convolution(&self, x: Tensor<3>, stride: usize) -> Tensor<3> {
        let padding = self.weight.dims()[2] / 2;
        let options = ConvOptions::new_with_padding([stride], [(padding, padding)], [1], 1);
        conv1d(x, self.weight.clone(), Some(self.bias.clone()), options)
    }

    /// A transposed convolution that makes a signal `factor` times as long. `[batch, in, n] → [batch, out, n · factor]`
    pub(super) fn transposed(&self, x: Tensor<3>, factor: usize) -> Tensor<3> {
        let odd = factor % 2;
        let options = ConvTransposeOptions::new([factor], [factor / 2 + odd], [odd], [1], 1);
        conv_transpose1d(x, self.weight.clone(), Some(self.bias.clone()), options)
    }
}

impl Affine<2> {
    /// A linear map. `[batch, in] → [batch, out]`
    pub(super) fn vectors(&self, x: Tensor<2>) -> Tensor<2> {
        linear(x, self.weight.clone().transpose(), Some(self.bias.clone()))
    }

    /// The same of every row. `[batch, n, in] → [batch, n, out]`
    pub(super) fn rows(&self, x: Tensor<3>) -> Tensor<3> {
        rows(x, &self.weight) + self.bias.clone().unsqueeze::<3>()
    }
}

/// A linear map without a bias. `[batch, n, in] → [batch, n, out]`
pub(super) fn rows(x: Tensor<3>, weight: &Tensor<2>) -> Tensor<3> {
    let ([batch, n, inputs], outputs) = (x.dims(), weight.dims()[0]);
    x.reshape([batch * n, inputs]).matmul(weight.clone().transpose()).reshape([batch, n, outputs])
}

/// A group normalization (Wu and He 2018).
#[derive(Debug)]
pub(super) struct GroupNorm {
    pub(super) groups: usize,
    pub(super) epsilon: f64,
    pub(super) affine: Affine<1>,
}

impl GroupNorm {
    pub(super) fn new(groups: usize, affine: Affine<1>) -> Self {
        Self { groups, epsilon: EPSILON, affine }
    }

    /// `[batch, channels, n]`
    pub(super) fn run(&self, x: Tensor<3>) -> Tensor<3> {
        let shape @ [batch, channels, n] = x.dims();
        let grouped = x.reshape([batch, self.groups, channels / self.groups * n]);
        let normal = standardized(grouped, self.epsilon).reshape(shape);
        let of_channel = |vector: &Tensor<1>| vector.clone().reshape([1, channels, 1]);
        normal * of_channel(&self.affine.weight) + of_channel(&self.affine.bias)
    }
}

impl Affine<1> {
    /// A layer normalization (Ba et al. 2016). `[batch, n, features]`
    pub(super) fn layer_norm(&self, x: Tensor<3>) -> Tensor<3> {
        let of_feature = |vector: &Tensor<1>| vector.clone().unsqueeze::<3>();
        standardized(x, EPSILON) * of_feature(&self.weight) + of_feature(&self.bias)
    }
}

/// The last axis with a mean of 0 and a variance of 1.
fn standardized(x: Tensor<3>, epsilon: f64) -> Tensor<3> {
    let mean = x.clone().mean_dim(2);
    let centred = x - mean;
    let variance = (centred.clone() * centred.clone()).mean_dim(2);
    centred / (variance + epsilon).sqrt()
}
