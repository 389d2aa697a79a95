//! What no network can be made of is refused: what the package refuses too, and sizes beyond any use.

use super::autoencoder::{Autoencoder, LatentBottleneck};
use super::config::UNet1dConfig;
use super::encoder::EncoderStructure;
use super::structure::{Resnet, Structure, TRANSFORMER_GROUPS};
use crate::{Error, Result};

/// Longest list of layers.
const MOST_LAYERS: usize = 16;
/// Most samples that one value of the innermost layer stands for.
const MOST_FACTOR: usize = 1 << 24;

impl UNet1dConfig {
    /// Refuses what no network can be made of: what the package refuses too, and sizes beyond any use.
    ///
    /// # Errors
    /// Names `place`, the field, what was found and what was expected.
    pub fn validate(&self, place: &str) -> Result<()> {
        self.check_sizes(place)?;
        self.check_lists(place)?;
        self.check_context(place)?;
        if let Some(autoencoder) = &self.autoencoder {
            autoencoder.validate(place, self)?;
        }
        Structure::of(self).validate(place)
    }

    fn check_sizes(&self, place: &str) -> Result<()> {
        let sizes = [
            ("in_channels", self.in_channels, 1..=256),
            ("out_channels", self.outputs(), 1..=256),
            ("channels", self.channels, 1..=4096),
            ("patch_blocks", self.patch_blocks, 1..=8),
            ("patch_factor", self.patch_factor, 1..=4096),
            ("attention_heads", self.attention_heads, 1..=256),
            ("attention_features", self.attention_features, 1..=4096),
            ("attention_multiplier", self.attention_multiplier, 1..=64),
            ("resnet_groups", self.resnet_groups, 1..=4096),
            ("kernel_multiplier_downsample", self.kernel_multiplier_downsample, 0..=32),
            ("context_features", self.context_features.unwrap_or(1), 1..=65536),
            ("context_embedding_features", self.context_embedding_features.unwrap_or(1), 1..=65536),
            ("context_embedding_max_length", self.context_embedding_max_length.unwrap_or(1), 1..=65536),
        ];
        for (field, found, range) in sizes {
            if !range.contains(&found) {
                return refused(place, field, found, format!("{} to {}", range.start(), range.end()));
            }
        }
        if !self.kernel_multiplier_downsample.is_multiple_of(2) {
            let found = self.kernel_multiplier_downsample;
            return refused(place, "kernel_multiplier_downsample", found, "an even number".into());
        }
        if self.use_context_time && !self.channels.is_multiple_of(2) {
            return refused(place, "channels", self.channels, "an even number, with use_context_time".into());
        }
        match (0.0..=1.0).contains(&self.norm_quantile) {
            true => Ok(()),
            false => refused(place, "norm_quantile", self.norm_quantile, "0 to 1".into()),
        }
    }

    fn check_lists(&self, place: &str) -> Result<()> {
        let layers = self.multipliers.len().saturating_sub(1);
        if self.multipliers.first() != Some(&1) || layers > MOST_LAYERS {
            let found = format!("{:?}", self.multipliers);
            return refused(place, "multipliers", found, format!("1, and at most {MOST_LAYERS} more"));
        }
        let lengths = [
            ("factors", self.factors.len(), layers..=layers),
            ("num_blocks", self.num_blocks.len(), layers..=layers),
            ("attentions", self.attentions.len(), layers.max(1)..=2 * MOST_LAYERS),
            ("context_channels", self.context_channels.len(), 0..=layers + 1),
        ];
        for (field, found, range) in lengths {
            if !range.contains(&found) {
                let expected = format!("{} to {}, for {layers} layers", range.start(), range.end());
                return refused(place, field, format!("{found} numbers"), expected);
            }
        }
        let numbers = [
            ("multipliers", &self.multipliers, 1..=64),
            ("factors", &self.factors, 1..=1024),
            ("num_blocks", &self.num_blocks, 1..=64),
            ("attentions", &self.attentions, 0..=64),
            ("context_channels", &self.context_channels, 0..=65536),
            ("factor", &self.factor, 1..=1024),
        ];
        for (field, list, range) in numbers {
            if let Some(found) = list.iter().find(|number| !range.contains(*number)) {
                return refused(place, field, *found, format!("{} to {}", range.start(), range.end()));
            }
        }
        let patched = self.patch_factor.checked_pow(self.patch_blocks as u32);
        let total = self.factors.iter().try_fold(patched.unwrap_or(usize::MAX), |product, factor| {
            product.checked_mul(*factor).filter(|product| *product <= MOST_FACTOR)
        });
        if total.is_none_or(|total| total > MOST_FACTOR) {
            let found = format!("{} and {:?}", self.patch_factor, self.factors);
            return refused(
                place,
                "patch_factor and factors",
                found,
                format!("a product of at most {MOST_FACTOR}"),
            );
        }
        Ok(())
    }

    fn check_context(&self, place: &str) -> Result<()> {
        let (inputs, outputs) = (self.in_channels + self.context_channels(0), self.outputs());
        if self.norm_quantile > 0.0 && inputs != outputs && inputs != 1 {
            let found = format!("{inputs} channels in, {outputs} out");
            return refused(place, "norm_quantile", found, "as many of both".into());
        }
        let embedding = (self.context_embedding_features, self.context_embedding_max_length);
        if embedding.0.is_some() != embedding.1.is_some() || self.cross_attention && embedding.0.is_none() {
            let expected = "context_embedding_features and context_embedding_max_length, or neither";
            return refused(place, "context_embedding_features", format!("{embedding:?}"), expected.into());
        }
        if !self.factor.is_empty()
            && (self.autoencoder.is_some() || self.context_channels != [self.in_channels])
        {
            let found = format!("{:?}, for an upsampler", self.context_channels);
            return refused(place, "context_channels", found, format!("[{}]", self.in_channels));
        }
        Ok(())
    }
}

impl Autoencoder {
    fn validate(&self, place: &str, config: &UNet1dConfig) -> Result<()> {
        let layers = config.factors.len();
        if !(1..=layers).contains(&self.encoder_depth) {
            return refused(place, "encoder_depth", self.encoder_depth, format!("1 to {layers}"));
        }
        if self.encoder_out_layers > self.encoder_depth {
            let expected = format!("at most the depth, {}", self.encoder_depth);
            return refused(place, "encoder_out_layers", self.encoder_out_layers, expected);
        }
        if !(1..=65536).contains(&self.encoder_channels) {
            return refused(place, "encoder_channels", self.encoder_channels, "1 to 65536".into());
        }
        let blocks = self.num_blocks(config);
        if blocks.len() < self.encoder_depth || blocks.iter().any(|blocks| *blocks > 64) {
            let expected = format!("{} numbers up to 64", self.encoder_depth);
            return refused(place, "encoder_num_blocks", format!("{blocks:?}"), expected);
        }
        if let Some(LatentBottleneck::Quantizer { codebook_size }) = self.bottleneck
            && !(1..=1 << 20).contains(&codebook_size)
        {
            return refused(place, "codebook_size", codebook_size, format!("1 to {}", 1 << 20));
        }
        let expected = self.context_channels(config);
        if config.context_channels != expected {
            let found = format!("{:?}", config.context_channels);
            return refused(
                place,
                "context_channels",
                found,
                format!("{expected:?}, as the encoder gives them"),
            );
        }
        self.structure(config).validate(place)
    }
}

impl Structure {
    /// Refuses what cannot be cut into patches, groups or heads.
    ///
    /// # Errors
    /// Names `place`.
    fn validate(&self, place: &str) -> Result<()> {
        let (patched, factor) = (&self.downs, self.patch.factor);
        let channels = patched.first().map_or(self.bottleneck.resnets[0].inputs, |down| down.inputs);
        if !channels.is_multiple_of(factor) {
            return refused(place, "channels", channels, format!("a multiple of the patch factor {factor}"));
        }
        let downs = self.downs.iter().flat_map(|down| &down.resnets);
        let ups = self.ups.iter().flat_map(|up| &up.resnets);
        let ends = self.patch.resnets.iter().chain(&self.unpatch.resnets);
        let mut resnets = ends.chain(downs).chain(&self.bottleneck.resnets).chain(ups);
        resnets.try_for_each(|resnet| resnet.validate(place))?;
        let layers = self.downs.iter().map(|down| &down.transformer);
        let mut transformers = layers.chain([&self.bottleneck.transformer]).flatten();
        match transformers.find(|transformer| !transformer.channels.is_multiple_of(TRANSFORMER_GROUPS)) {
            Some(found) => {
                let expected = format!("a multiple of {TRANSFORMER_GROUPS}, the groups of {}", found.name);
                refused(place, "channels", found.channels, expected)
            }
            None => Ok(()),
        }
    }
}

impl EncoderStructure {
    fn validate(&self, place: &str) -> Result<()> {
        let downs = self.downs.iter().flat_map(|down| &down.resnets);
        let ups = self.ups.iter().flat_map(|up| up.resnets.iter().chain(&up.extracted));
        let ends = self.patch.resnets.iter().chain(&self.unpatch.resnets);
        let mut resnets = ends.chain(downs).chain([&self.to_latent, &self.from_latent]).chain(ups);
        resnets.try_for_each(|resnet| resnet.validate(place))
    }
}

impl Resnet {
    fn validate(&self, place: &str) -> Result<()> {
        match [self.inputs, self.outputs].into_iter().find(|channels| !channels.is_multiple_of(self.groups)) {
            Some(channels) => {
                let expected = format!("a multiple of {}, the groups of {}", self.groups, self.name);
                refused(place, "channels", channels, expected)
            }
            None => Ok(()),
        }
    }
}

/// An error of the field `field` of the arguments.
fn refused(place: &str, field: &str, found: impl std::fmt::Display, expected: String) -> Result<()> {
    Err(Error::invalid(place, format!("network.{field}"), found, expected))
}
