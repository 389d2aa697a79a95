//! The encoder of an autoencoder: from audio to a latent signal, and from that to what the network is told at its depths.

use super::autoencoder::Autoencoder;
use super::config::UNet1dConfig;
use super::structure::{Down, Patches, Resnet, Up, Upsampling};

/// What the names of all its tensors begin with.
const PREFIX: &str = "multiencoder";

/// What an encoder is built of.
#[derive(Clone, Debug)]
pub(super) struct EncoderStructure {
    pub(super) patch: Patches,
    pub(super) downs: Vec<Down>,
    pub(super) to_latent: Resnet,
    pub(super) from_latent: Resnet,
    /// From the innermost out.
    pub(super) ups: Vec<Up>,
    /// What comes after the last of them where they go all the way.
    pub(super) unpatch: Patches,
}

impl Autoencoder {
    /// Samples that one value of the latent signal stands for.
    pub fn factor(&self, config: &UNet1dConfig) -> usize {
        config.samples_at(self.encoder_depth)
    }

    /// What the network has to be told at its depths.
    pub(crate) fn context_channels(&self, config: &UNet1dConfig) -> Vec<usize> {
        let first = self.encoder_depth.saturating_sub(self.encoder_out_layers);
        (0..=self.encoder_depth)
            .map(|depth| match depth {
                depth if depth < first => 0,
                0 => config.in_channels,
                depth => config.channels.saturating_mul(config.multipliers[depth]),
            })
            .collect()
    }

    pub(super) fn num_blocks<'a>(&'a self, config: &'a UNet1dConfig) -> &'a [usize] {
        self.encoder_num_blocks.as_deref().unwrap_or(&config.num_blocks)
    }

    /// That of an encoder whose lists have the lengths that they need.
    pub(super) fn structure(&self, config: &UNet1dConfig) -> EncoderStructure {
        let (depth, groups) = (self.encoder_depth, config.resnet_groups);
        let channels = |depth: usize| config.channels * config.multipliers[depth];
        let resnet = |name: String, inputs, outputs| Resnet::new(name, inputs, outputs, groups, None);
        let resnets = |name: &str, layer: usize, channels: usize| {
            let blocks = 0..self.num_blocks(config)[layer];
            blocks.map(|index| resnet(format!("{name}.blocks.{index}"), channels, channels)).collect()
        };
        let down = |layer: usize| {
            let (name, factor) = (format!("{PREFIX}.downsamples.{layer}"), config.factors[layer]);
            Down {
                resnets: resnets(&name, layer, channels(layer + 1)),
                name,
                inputs: channels(layer),
                outputs: channels(layer + 1),
                factor,
                padding: factor * (config.kernel_multiplier_downsample / 2),
                transformer: None,
            }
        };
        let up = |index: usize| {
            let (name, layer) = (format!("{PREFIX}.upsamples.{index}"), depth - 1 - index);
            let (outputs, factor) = (channels(layer), config.factors[layer]);
            let extracted =
                Resnet::new(format!("{name}.to_extracted"), outputs, outputs, groups.min(outputs), None);
            Up {
                resnets: resnets(&name, layer, channels(layer + 1)),
                name,
                inputs: channels(layer + 1),
                outputs,
                factor,
                upsampling: Upsampling::of(factor, false),
                transformer: None,
                extracted: Some(extracted),
            }
        };
        let (patches, innermost) = ([config.patch_blocks, config.patch_factor], channels(depth));
        let (to_in, to_out) = (format!("{PREFIX}.to_in"), format!("{PREFIX}.to_out"));
        EncoderStructure {
            patch: Patches::joining(&to_in, [config.in_channels, config.channels], patches, None),
            downs: (0..depth).map(down).collect(),
            to_latent: resnet(format!("{PREFIX}.to_latent"), innermost, self.encoder_channels),
            from_latent: resnet(format!("{PREFIX}.from_latent"), self.encoder_channels, innermost),
            ups: (0..self.encoder_out_layers).map(up).collect(),
            unpatch: Patches::parting(&to_out, [config.channels, config.in_channels], patches, None),
        }
    }
}
