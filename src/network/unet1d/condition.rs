//! Whether what a network is told is what it wants to be told.

use super::config::UNet1dConfig;
use super::embedding::sinusoidal_features;
use super::upsampling::{downsampled, upsampled};
use crate::diffusion::Condition;
use crate::{Error, Result};

impl UNet1dConfig {
    /// Refuses what the network is not told, or not so.
    ///
    /// # Errors
    /// Names the part, what was found and what was expected.
    pub fn check_condition(&self, condition: &Condition) -> Result<()> {
        let wants = self.context_channels.iter().filter(|channels| **channels > 0).count();
        if condition.channels.len() != wants {
            let found = format!("{} signals", condition.channels.len());
            return refused("channels", found, format!("{wants}, one for each of its context channels"));
        }
        for (depth, signal) in self.context_depths().zip(&condition.channels) {
            let channels = self.context_channels(depth);
            if signal.is_empty() || !signal.len().is_multiple_of(channels) {
                let found = format!("{} values", signal.len());
                return refused("channels", found, format!("{channels} channels at depth {depth}"));
            }
        }
        let features = self.context_features.unwrap_or(0);
        if condition.features.len() != features {
            return refused("features", condition.features.len(), features.to_string());
        }
        self.check_embedding(condition)
    }

    /// What an upsampler is told of `low`, `[in_channels, samples / factor]`: the same at its rate, and by how much that is higher.
    pub fn upsampler_condition(&self, low: &[f32], factor: usize) -> Condition {
        let channels = low.chunks((low.len() / self.in_channels).max(1));
        let channels = vec![channels.flat_map(|channel| upsampled(channel, factor)).collect()];
        let features = self.context_features.map(|features| sinusoidal_features(factor as f32, features));
        Condition { channels, features: features.unwrap_or_default(), ..Condition::default() }
    }

    /// What an upsampler is told of sound at its own rate while it learns, `[in_channels, samples]`, which are a multiple of
    /// `factor`: the same at a lower rate and back. (The package tells the factor's place in its list instead of the factor, which
    /// it samples with.)
    pub fn reupsampled_condition(&self, audio: &[f32], factor: usize) -> Condition {
        let channels = audio.chunks((audio.len() / self.in_channels).max(1));
        let low: Vec<f32> = channels.flat_map(|channel| downsampled(channel, factor)).collect();
        self.upsampler_condition(&low, factor)
    }

    /// Zeros for all that the network wants to be told: signals as short as they may be, and one token.
    pub(super) fn zero_condition(&self) -> Condition {
        let zeros = |count: usize| vec![0.0; count];
        Condition {
            channels: self.context_depths().map(|depth| zeros(self.context_channels(depth))).collect(),
            features: zeros(self.context_features.unwrap_or(0)),
            embedding: zeros(self.context_embedding_features.unwrap_or(0)),
            ..Condition::default()
        }
    }

    /// Refuses signals that are told longer than a window of `samples` is at their depths.
    ///
    /// # Errors
    /// Says what was found and what was expected.
    pub(super) fn check_lengths(&self, condition: &Condition, samples: usize) -> Result<()> {
        let padded = samples.next_multiple_of(self.total_factor());
        for (depth, signal) in self.context_depths().zip(&condition.channels) {
            let (found, most) = (signal.len() / self.context_channels(depth), padded / self.samples_at(depth));
            let most = if depth == 0 { samples } else { most };
            if found > most {
                let expected = format!("at most {most} at depth {depth} of {samples} samples");
                return refused("channels", format!("{found} values"), expected);
            }
        }
        Ok(())
    }

    fn check_embedding(&self, condition: &Condition) -> Result<()> {
        let tokens = self.context_embedding_features.zip(self.context_embedding_max_length);
        let Some((features, most)) = tokens else {
            if condition.embedding_scale != 1.0 {
                let expected = "1: the network is not conditioned on an embedding";
                return refused("embedding scale", condition.embedding_scale, expected.into());
            }
            return match condition.embedding.is_empty() {
                true => Ok(()),
                false => refused("embedding", "one", "none: the network is not conditioned on one".into()),
            };
        };
        let length = condition.embedding.len() / features;
        if length == 0 || length > most || !condition.embedding.len().is_multiple_of(features) {
            let found = format!("{} values", condition.embedding.len());
            return refused("embedding", found, format!("1 to {most} tokens of {features} features"));
        }
        match condition.embedding_scale.is_finite() {
            true => Ok(()),
            false => refused("embedding scale", condition.embedding_scale, "a number".into()),
        }
    }

    /// Refuses a window that is no whole number of samples, and gives that number.
    ///
    /// # Errors
    /// Says what was found and what was expected.
    pub(super) fn check_window(&self, values: usize) -> Result<usize> {
        match values > 0 && values.is_multiple_of(self.in_channels) {
            true => Ok(values / self.in_channels),
            false => {
                let expected = format!("samples of {} channels", self.in_channels);
                Err(Error::invalid("UNet1d", "values of x", values, expected))
            }
        }
    }

    /// Refuses a network whose predictions are no signal of x's channels, which nothing can be sampled with.
    ///
    /// # Errors
    /// Says what was found and what was expected.
    pub(super) fn check_diffusion(&self) -> Result<()> {
        match self.outputs() == self.in_channels {
            true => Ok(()),
            false => refused("out_channels", self.outputs(), format!("{}, as x has", self.in_channels)),
        }
    }

    /// The depths at which signals are told.
    pub(super) fn context_depths(&self) -> impl Iterator<Item = usize> {
        (0..self.context_channels.len()).filter(|depth| self.context_channels[*depth] > 0)
    }
}

fn refused(field: &str, found: impl std::fmt::Display, expected: String) -> Result<()> {
    Err(Error::invalid("UNet1d", field, found, expected))
}
