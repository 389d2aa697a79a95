//! Convolutions over time, and rows at other rates.

use burn::tensor::module::conv1d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor};

use crate::network::wavegrad::config::Formulation;
use crate::network::wavegrad::reach::upsampled;

/// A convolution whose output is as long as its input.
#[derive(Debug)]
pub(super) struct Convolution {
    /// `[out, in, taps]`
    pub weight: Tensor<3>,
    /// `[out]`
    pub bias: Tensor<1>,
}

impl Convolution {
    /// `[batch, in, rows] → [batch, out, rows]`
    pub fn forward(&self, x: Tensor<3>, dilation: usize) -> Tensor<3> {
        let [out, channels, taps] = self.weight.dims();
        let around = taps / 2 * dilation;
        if x.device().inner() != Device::flex() {
            let options = ConvOptions::new_with_padding([1], [(around, around)], [dilation], 1);
            return conv1d(x, self.weight.clone(), Some(self.bias.clone()), options);
        }
        // One product over shifted copies: on the CPU, gradients of a dilated convolution cost many times more than those
        // of a product.
        let rows = x.dims()[2];
        let padded = if around > 0 { x.pad((around, around, 0, 0), 0.0) } else { x };
        let copies = (0..taps).map(|tap| padded.clone().narrow(2, tap * dilation, rows)).collect();
        let weight = self.weight.clone().swap_dims(1, 2).reshape([out, taps * channels]);
        weight.unsqueeze_dim::<3>(0).matmul(Tensor::cat(copies, 1)) + self.bias.clone().reshape([1, out, 1])
    }
}

impl Formulation {
    /// `factor` times as many rows. `[batch, channels, rows] → [batch, channels, factor · rows]`
    pub(super) fn upsample(self, x: Tensor<3>, factor: usize) -> Tensor<3> {
        let [batch, channels, rows] = x.dims();
        let phases = match self {
            Self::Lmnt => vec![x.unsqueeze_dim::<4>(3); factor],
            Self::Ivanvovk => {
                let ends = [x.clone().narrow(2, 0, 1), x.clone(), x.narrow(2, rows - 1, 1)];
                let padded = Tensor::cat(ends.to_vec(), 2);
                let phase = |phase: usize| {
                    let at = upsampled(phase as isize, factor);
                    let first = (at.row + 1) as usize;
                    let [one, next] = [first, first + 1].map(|first| padded.clone().narrow(2, first, rows));
                    (one * (1.0 - at.share) + next * at.share).unsqueeze_dim::<4>(3)
                };
                (0..factor).map(phase).collect()
            }
        };
        Tensor::cat(phases, 3).reshape([batch, channels, rows * factor])
    }

    /// `factor` times fewer rows. `[batch, channels, factor · rows] → [batch, channels, rows]`
    pub(super) fn downsample(self, x: Tensor<3>, factor: usize) -> Tensor<3> {
        let [batch, channels, rows] = x.dims();
        let groups: Tensor<4> = x.reshape([batch, channels, rows / factor, factor]);
        let [one, other] = self.taken(factor);
        let at = |place: usize| groups.clone().narrow(3, place, 1).squeeze_dim::<3>(3);
        if one == other { at(one) } else { (at(one) + at(other)) * 0.5 }
    }
}
