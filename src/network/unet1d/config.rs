//! The shape of a UNet1d network, under the names that audio-diffusion-pytorch 0.0.60 gives its arguments.

use serde::{Deserialize, Serialize};

use super::autoencoder::Autoencoder;
use crate::network::{Layout, Rows};

/// Configuration of a UNet1d network. What is not said in a file is as in the package's own models for audio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UNet1dConfig {
    /// Channels of x.
    pub in_channels: usize,
    /// Channels of what is predicted from it; none for as many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_channels: Option<usize>,
    /// Channels of the outermost layer, which multipliers are relative to.
    #[serde(default = "defaults::channels")]
    pub channels: usize,
    /// Blocks that turn neighbouring samples into channels, one after another.
    #[serde(default = "defaults::patch_blocks")]
    pub patch_blocks: usize,
    /// Samples that each of those blocks joins.
    #[serde(default = "defaults::patch_factor")]
    pub patch_factor: usize,
    /// Channels of every depth, from the outermost in, as multiples of `channels`: one more than there are layers.
    #[serde(default = "defaults::multipliers")]
    pub multipliers: Vec<usize>,
    /// How many times shorter each layer makes the signal.
    #[serde(default = "defaults::factors")]
    pub factors: Vec<usize>,
    /// Residual blocks of each layer, on its way down and again on its way up.
    #[serde(default = "defaults::num_blocks")]
    pub num_blocks: Vec<usize>,
    /// Transformer blocks of each layer; the last number is the bottleneck's.
    #[serde(default = "defaults::attentions")]
    pub attentions: Vec<usize>,
    /// Heads of an attention.
    #[serde(default = "defaults::attention_heads")]
    pub attention_heads: usize,
    /// Features of a head.
    #[serde(default = "defaults::attention_features")]
    pub attention_features: usize,
    /// Hidden features of a transformer's feed-forward layers, as a multiple of its channels.
    #[serde(default = "defaults::attention_multiplier")]
    pub attention_multiplier: usize,
    /// Groups of channels that are normalized together.
    #[serde(default = "defaults::resnet_groups")]
    pub resnet_groups: usize,
    /// Taps of a downsampling convolution, as a multiple of its factor, and one more.
    #[serde(default = "defaults::kernel_multiplier_downsample")]
    pub kernel_multiplier_downsample: usize,
    /// Whether layers upsample by repetition and a convolution, not by a transposed convolution.
    #[serde(default)]
    pub use_nearest_upsample: bool,
    /// Whether skip connections are scaled by √½.
    #[serde(default = "defaults::yes")]
    pub use_skip_scale: bool,
    /// Whether the network is told the level of the noise.
    #[serde(default = "defaults::yes")]
    pub use_context_time: bool,
    /// Whether the prediction is σ(waveform)·tanh(magnitude) of twice as many channels.
    #[serde(default)]
    pub use_magnitude_channels: bool,
    /// The quantile of |x| that every channel is divided by before, and multiplied with after; 0 for none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub norm_quantile: f32,
    /// Features of a vector that the network is told beside the level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_features: Option<usize>,
    /// Channels that are joined to the signal at each depth, from the outermost in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context_channels: Vec<usize>,
    /// Features of the tokens that a network with classifier-free guidance is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_embedding_features: Option<usize>,
    /// Most tokens of that; the tokens that stand for none are as many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_embedding_max_length: Option<usize>,
    /// Whether transformers attend to the tokens: from version 0.0.66 of the package on. Before, nothing depends on them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cross_attention: bool,
    /// How many times fewer samples the signals have that an upsampler was trained on: any one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub factor: Vec<usize>,
    /// The encoder of an autoencoder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autoencoder: Option<Autoencoder>,
}

/// The arguments of the package's models for audio.
mod defaults {
    pub fn channels() -> usize {
        128
    }
    pub fn patch_blocks() -> usize {
        1
    }
    pub fn patch_factor() -> usize {
        16
    }
    pub fn multipliers() -> Vec<usize> {
        vec![1, 2, 4, 4, 4, 4, 4]
    }
    pub fn factors() -> Vec<usize> {
        vec![4, 4, 4, 2, 2, 2]
    }
    pub fn num_blocks() -> Vec<usize> {
        vec![2; 6]
    }
    pub fn attentions() -> Vec<usize> {
        vec![0, 0, 0, 1, 1, 1, 1]
    }
    pub fn attention_heads() -> usize {
        8
    }
    pub fn attention_features() -> usize {
        64
    }
    pub fn attention_multiplier() -> usize {
        2
    }
    pub fn resnet_groups() -> usize {
        8
    }
    pub fn kernel_multiplier_downsample() -> usize {
        2
    }
    pub fn yes() -> bool {
        true
    }
}

fn is_zero(value: &f32) -> bool {
    *value == 0.0
}

impl UNet1dConfig {
    /// Channels of what is predicted.
    pub fn outputs(&self) -> usize {
        self.out_channels.unwrap_or(self.in_channels)
    }

    /// Channels that are joined to the signal at `depth`, 0 being that of x itself.
    pub fn context_channels(&self, depth: usize) -> usize {
        self.context_channels.get(depth).copied().unwrap_or(0)
    }

    /// Features of the vector that every residual block is scaled and shifted by; none where nothing is told.
    pub fn mapping_features(&self) -> Option<usize> {
        (self.use_context_time || self.context_features.is_some()).then_some(4 * self.channels)
    }

    /// Samples that one value at `depth` stands for; at 0, x's own.
    pub fn samples_at(&self, depth: usize) -> usize {
        let patched = if depth == 0 { 1 } else { self.patch_factor.pow(self.patch_blocks as u32) };
        patched * self.factors[..depth].iter().product::<usize>()
    }

    /// Samples that one value of the innermost layer stands for: signals are padded with zeros to a multiple of it.
    pub fn total_factor(&self) -> usize {
        let patched = self.patch_factor.pow(self.patch_blocks as u32);
        patched * self.factors.iter().product::<usize>()
    }

    /// How the network lies on time: its frames are the values of its innermost layer. Normalization and attention see all
    /// of a window, and nothing outside of it.
    pub fn layout(&self) -> Layout {
        Layout {
            hop: self.total_factor(),
            rows: Rows::Samples,
            channels: self.in_channels,
            reach: [0; 2],
            whole_windows: true,
            conditioner: None,
            short_values: 0,
            causal: false,
        }
    }
}
