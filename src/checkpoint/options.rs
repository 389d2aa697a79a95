//! What a user says of a foreign checkpoint.

use super::arguments::Arguments;
use super::family::Family;
use super::params::{Params, PriorParam};
use crate::mel::Dialect;

/// What a foreign checkpoint does not say of its model, or says wrongly: each, where it is given, goes before the file.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Whose network it is, where names of tensors are not to tell.
    pub family: Option<Family>,
    /// What it was made with, of networks whose tensors do not say all.
    pub arguments: Option<Arguments>,
    /// The mel dialect that it was trained on.
    pub dialect: Option<Dialect>,
    /// Its sample rate in Hz, where the dialect is lmnt-diffwave at another rate.
    pub rate_hz: Option<u32>,
    /// Layers until the dilation starts again from 1.
    pub dilation_cycle: Option<usize>,
    /// Whether its convolutions see the past only.
    pub causal: Option<bool>,
    /// β of every training step.
    pub training_betas: Option<Vec<f64>>,
    /// β of the short schedule.
    pub inference_betas: Option<Vec<f64>>,
    /// The prior that it was trained with: `none`, `energy` or `spectral`.
    pub prior: Option<String>,
    /// Names of its classes.
    pub classes: Option<Vec<String>>,
}

/// What a file and its user say of a model.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub family: Option<Family>,
    pub arguments: Option<Arguments>,
    pub dialect: Option<Dialect>,
    pub params: Params,
}

impl Said {
    /// The same of a file with these parameters, which count where the user says nothing.
    pub fn beside(&self, params: Params) -> Self {
        Self { params: params.overridden_by(&self.params), ..self.clone() }
    }
}

impl ImportOptions {
    pub(super) fn said(&self) -> Said {
        Said {
            family: self.family,
            arguments: self.arguments.clone(),
            dialect: self.dialect.clone(),
            params: self.params(),
        }
    }

    fn params(&self) -> Params {
        Params {
            sample_rate: self.rate_hz,
            dilation_cycle_length: self.dilation_cycle,
            causal: self.causal,
            noise_schedule: self.training_betas.clone(),
            inference_noise_schedule: self.inference_betas.clone(),
            prior: self.prior.as_ref().map(|name| match name.as_str() {
                "none" => PriorParam::Energy(false),
                "energy" => PriorParam::Energy(true),
                other => PriorParam::Named(other.to_owned()),
            }),
            class_names: self.classes.clone(),
            ..Params::default()
        }
    }
}
