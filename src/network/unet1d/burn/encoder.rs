//! The encoder of an autoencoder in burn, which learns together with its network.

use burn::tensor::Tensor;

use super::layers::{BurnDown, BurnUp, Mapped};
use super::parameters::Parameters;
use super::resnet::{BurnPatches, BurnResnet};
use crate::network::unet1d::autoencoder::Autoencoder;
use crate::network::unet1d::config::UNet1dConfig;

/// Neither told a level, nor tokens.
const NOTHING: Mapped = Mapped { mapping: None, tokens: None };

/// An encoder without a bottleneck, and its way up again.
#[derive(Debug)]
pub(super) struct BurnEncoder {
    patch: BurnPatches,
    downs: Vec<BurnDown>,
    to_latent: BurnResnet,
    from_latent: BurnResnet,
    ups: Vec<BurnUp>,
    /// What comes after the last of those where they go all the way.
    unpatch: Option<BurnPatches>,
}

impl BurnEncoder {
    pub(super) fn new(autoencoder: &Autoencoder, config: &UNet1dConfig, from: &mut Parameters) -> Self {
        let structure = autoencoder.structure(config);
        let whole = autoencoder.encoder_out_layers == autoencoder.encoder_depth;
        Self {
            patch: BurnPatches::new(&structure.patch, from),
            downs: structure.downs.iter().map(|down| BurnDown::new(down, from)).collect(),
            to_latent: BurnResnet::new(&structure.to_latent, from),
            from_latent: BurnResnet::new(&structure.from_latent, from),
            ups: structure.ups.iter().map(|up| BurnUp::new(up, from)).collect(),
            unpatch: whole.then(|| BurnPatches::new(&structure.unpatch, from)),
        }
    }

    /// The latent signal of `audio`, `[batch, in_channels, samples]`, whose samples are a multiple of
    /// [`Autoencoder::factor`]: `[batch, encoder_channels, values]`.
    pub(super) fn encode(&self, audio: Tensor<3>) -> Tensor<3> {
        let x = self.downs.iter().fold(self.patch.join(audio, None), |x, down| {
            down.run(x, None, NOTHING).pop().expect("a layer has a block")
        });
        self.to_latent.run(x, None).tanh()
    }

    /// What the network is told of a latent signal: a signal for each of its context channels, from the outermost in.
    pub(super) fn decode(&self, latent: Tensor<3>) -> Vec<Tensor<3>> {
        let mut x = self.from_latent.run(latent, None);
        // What a layer extracts is told where the next one begins, and the last one's own output after it.
        let (mut told, mut extracted) = (Vec::new(), None);
        for up in &self.ups {
            told.push(extracted.unwrap_or_else(|| x.clone()));
            x = up.run(x, Vec::new(), 1.0, NOTHING);
            extracted = up.extracted(&x);
        }
        told.push(match &self.unpatch {
            Some(unpatch) => unpatch.part(x, None),
            None => x,
        });
        told.reverse();
        told
    }
}
