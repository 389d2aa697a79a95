//! Arguments of an autoencoder's encoder.

use serde::{Deserialize, Serialize};

/// Arguments of the encoder that are not the network's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Autoencoder {
    /// Layers on the way down.
    pub encoder_depth: usize,
    /// Channels of the latent signal.
    pub encoder_channels: usize,
    /// Residual blocks of each layer; none for as many as the network's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder_num_blocks: Option<Vec<usize>>,
    /// Layers on the way up again, each of which tells the network something.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub encoder_out_layers: usize,
    /// What the latent signal goes through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bottleneck: Option<LatentBottleneck>,
}

/// What a latent signal goes through before it is told. The package leaves that open: any module may stand there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
#[non_exhaustive]
pub enum LatentBottleneck {
    /// A projection to means and variances, of which the means are taken (the package's own, from version 0.0.61 on).
    Variational,
    /// The nearest vector of a codebook (van den Oord et al. 2017, equation 2).
    Quantizer {
        /// Vectors of the codebook.
        codebook_size: usize,
    },
}

fn is_zero(value: &usize) -> bool {
    *value == 0
}
