//! What the network is made of: linear maps, norms, and the gated layers between its two ends.

#[cfg(feature = "train")]
use burn::tensor::Device;
use burn::tensor::Tensor;
use burn::tensor::activation::{sigmoid, tanh};

use crate::network::bandwave::config::{Along, NORM_EPSILON, TAPS};

/// A linear map.
#[derive(Debug)]
pub(super) struct Linear {
    /// `[outputs, inputs]`, as PyTorch lays it out.
    pub weight: Tensor<2>,
    /// `[outputs]`
    pub bias: Tensor<1>,
}

impl Linear {
    /// `[rows, inputs] → [rows, outputs]`
    pub fn of(&self, x: Tensor<2>) -> Tensor<2> {
        x.matmul(self.weight.clone().transpose()) + self.bias.clone().unsqueeze()
    }
}

/// x over the root of its mean square along the channels.
pub(super) fn normalized(x: Tensor<4>) -> Tensor<4> {
    let mean = x.clone().square().mean_dim(3);
    x * (mean + NORM_EPSILON).sqrt().recip()
}

/// A layer along time or bands.
#[derive(Debug)]
pub(super) struct Layer {
    pub along: Along,
    pub dilation: usize,
    pub taps: Linear,
    pub level: Linear,
    pub out: Linear,
    /// `[2 · channels, channels]`
    pub condition: Tensor<2>,
    /// `[tokens, 2 · channels]`
    pub place: Tensor<2>,
}

impl Layer {
    /// Adds what the layer finds to the tokens `x`, given the embedded `level` and the frames' `condition`.
    ///
    /// # Shapes
    /// - x, and the output: `[batch, frames, tokens, channels]`
    /// - level: `[batch, level]`, or `[1, level]` for all
    /// - condition: `[batch · frames, channels]`
    /// - history: what the layer along time has read before x, `[batch, 2 · dilation, tokens, channels]`; it goes along to the
    ///   end of x
    pub fn forward(
        &self,
        x: Tensor<4>,
        level: &Tensor<2>,
        condition: &Tensor<2>,
        history: Option<&mut Tensor<4>>,
    ) -> Tensor<4> {
        let [batch, frames, tokens, channels] = x.dims();
        let gathered = self.gathered(normalized(x.clone()), history);
        let sum = self.taps.of(gathered.reshape([batch * frames * tokens, TAPS * channels]));
        let level: Tensor<3> = self.level.of(level.clone()).unsqueeze_dim(1);
        let condition = condition.clone().matmul(self.condition.clone().transpose());
        let per_frame = condition.reshape([batch, frames, 2 * channels]) + level;
        let sum = sum.reshape([batch * frames, tokens, 2 * channels])
            + per_frame.reshape([batch * frames, 1, 2 * channels])
            + self.place.clone().unsqueeze();
        let found = self.out.of(gated(sum.reshape([batch * frames * tokens, 2 * channels])));
        x + found.reshape([batch, frames, tokens, channels])
    }

    /// The tokens that each token's taps read, side by side: `[batch, frames, tokens, 3 · channels]`.
    fn gathered(&self, y: Tensor<4>, history: Option<&mut Tensor<4>>) -> Tensor<4> {
        let ([batch, frames, tokens, channels], dilation) = (y.dims(), self.dilation);
        let (padded, axis, length) = match self.along {
            Along::Bands => (y.pad((0, 0, dilation, dilation), 0.0), 2, tokens),
            Along::Time => {
                let before = match &history {
                    Some(history) => (**history).clone(),
                    None => Tensor::zeros([batch, 2 * dilation, tokens, channels], &y.device()),
                };
                (Tensor::cat(vec![before, y], 1), 1, frames)
            }
        };
        if let Some(history) = history {
            *history = padded.clone().narrow(1, frames, 2 * dilation);
        }
        let taps = (0..TAPS).map(|tap| padded.clone().narrow(axis, tap * dilation, length));
        Tensor::cat(taps.collect(), 3)
    }
}

/// σ of the first half of the columns times tanh of the second. `[rows, 2 · channels] → [rows, channels]`
fn gated(sum: Tensor<2>) -> Tensor<2> {
    #[cfg(feature = "train")]
    if sum.device().inner() == Device::flex() {
        return crate::network::burn::activation::gated(sum.unsqueeze_dim(2)).squeeze_dim(2);
    }
    let channels = sum.dims()[1] / 2;
    sigmoid(sum.clone().narrow(1, 0, channels)) * tanh(sum.narrow(1, channels, channels))
}
