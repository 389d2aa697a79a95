//! Affine maps: convolutions over time, and linear layers.

use burn::tensor::Tensor;
use burn::tensor::module::{conv1d, linear};
use burn::tensor::ops::ConvOptions;

/// A weight and its bias.
#[derive(Debug)]
pub(super) struct Affine<const D: usize> {
    /// As PyTorch lays it out, outputs first.
    pub weight: Tensor<D>,
    /// One per output.
    pub bias: Tensor<1>,
}

impl Affine<3> {
    /// A convolution over time whose output is as long as its input. `[batch, in, samples] → [batch, out, samples]`
    pub fn dilated(&self, x: Tensor<3>, padding: (usize, usize), dilation: usize, form: Form) -> Tensor<3> {
        match form {
            Form::Convolution => {
                let options = ConvOptions::new_with_padding([1], [padding], [dilation], 1);
                conv1d(x, self.weight.clone(), Some(self.bias.clone()), options)
            }
            Form::Product => {
                let samples = x.dims()[2];
                let [out, channels, taps] = self.weight.dims();
                let padded = x.pad((padding.0, padding.1, 0, 0), 0.0);
                let copies = (0..taps).map(|tap| padded.clone().narrow(2, tap * dilation, samples)).collect();
                let weight = self.weight.clone().swap_dims(1, 2).reshape([out, taps * channels]);
                product(weight, Tensor::cat(copies, 1), self.bias.clone())
            }
        }
    }

    /// A map of every sample by itself.
    pub fn pointwise(&self, x: Tensor<3>, form: Form) -> Tensor<3> {
        match form {
            Form::Convolution => self.dilated(x, (0, 0), 1, form),
            Form::Product => product(self.weight.clone().squeeze_dim(2), x, self.bias.clone()),
        }
    }
}

/// `weight · x + bias` for every sample. `[out, in]`, `[batch, in, samples]`, `[out] → [batch, out, samples]`
fn product(weight: Tensor<2>, x: Tensor<3>, bias: Tensor<1>) -> Tensor<3> {
    let out = bias.dims()[0];
    weight.unsqueeze_dim::<3>(0).matmul(x) + bias.reshape([1, out, 1])
}

impl Affine<2> {
    /// A linear map. `[batch, in] → [batch, out]`; PyTorch keeps its weight as `[out, in]`.
    pub fn linear(&self, x: Tensor<2>) -> Tensor<2> {
        linear(x, self.weight.clone().transpose(), Some(self.bias.clone()))
    }
}

/// How convolutions are computed: the same numbers, at other speeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As the backend's convolutions.
    Convolution,
    /// As one matrix product over shifted copies: on the CPU, gradients of a convolution with a large dilation cost
    /// many times more than the convolution itself, those of a product twice as much.
    Product,
}
