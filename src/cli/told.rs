//! What networks without mel are told, from files.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use remel::Error;
use remel::audio::read_npy;
use remel::checkpoint::read_tokens;
use remel::diffusion::Condition;
use remel::model::Model;

/// Tokens that a network is conditioned on.
#[derive(Args)]
pub struct EmbeddingOptions {
    /// Tokens for a model that is conditioned on an embedding, such as a text's: [tokens, features]
    #[arg(long, value_name = "E.npy")]
    embedding: Option<PathBuf>,
    /// Scale of classifier-free guidance by the embedding; 1 is the network itself [default: 5 where sound is sampled, else 1]
    #[arg(long, value_name = "SCALE", value_parser = scale)]
    embedding_scale: Option<f32>,
}

fn scale(text: &str) -> Result<f32, String> {
    super::options::ranged(text, 0.0, 100.0)
}

impl EmbeddingOptions {
    /// The file of the tokens.
    pub fn file(&self) -> Option<&Path> {
        self.embedding.as_deref()
    }

    /// What `model` is told: the tokens, guided by `scale` where the user says no other.
    ///
    /// # Errors
    /// Where the model is not conditioned on tokens, or on others than the file's.
    pub fn condition(&self, model: &Model, scale: f32) -> Result<Condition> {
        let network = &model.header().network;
        let tokens = network.unet1d("").ok().and_then(|config| config.context_embedding_features);
        let not = |option: &str, found: &dyn std::fmt::Display| {
            let expected = format!("none: {} is not conditioned on an embedding", model.header().card.name);
            Err(Error::invalid(option, "value", found, expected).into())
        };
        match (tokens, &self.embedding, self.embedding_scale) {
            (None, Some(path), _) => not("--embedding", &path.display()),
            (None, None, Some(scale)) => not("--embedding-scale", &scale),
            (None, None, None) => Ok(Condition::default()),
            (Some(features), None, _) => {
                let expected = format!("[tokens, {features}], which the model is conditioned on");
                Err(Error::invalid("--embedding", "value", "none", expected).into())
            }
            (Some(features), Some(path), own) => {
                let embedding = read_tokens(path, features)?;
                let condition =
                    Condition { embedding, embedding_scale: own.unwrap_or(scale), ..Condition::default() };
                Ok(condition)
            }
        }
    }
}

/// What a network is told of a vector and of signals at its depths.
#[derive(Args)]
pub struct ContextOptions {
    /// A vector for a model with context features, [features]
    #[arg(long, value_name = "F.npy")]
    features: Option<PathBuf>,
    /// A signal for each depth at which a model has context channels, from the outermost in: [channels, values]
    #[arg(long, value_name = "C.npy")]
    channels: Vec<PathBuf>,
}

impl ContextOptions {
    /// The files.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.features.iter().chain(&self.channels).map(PathBuf::as_path)
    }

    /// `condition` with these.
    ///
    /// # Errors
    /// Those of the files.
    pub fn add_to(&self, condition: Condition) -> Result<Condition> {
        let read = |path: &PathBuf| -> Result<Vec<f32>> { Ok(read_npy(path)?.data) };
        Ok(Condition {
            features: self.features.as_ref().map(read).transpose()?.unwrap_or_default(),
            channels: self.channels.iter().map(read).collect::<Result<_>>()?,
            ..condition
        })
    }
}
