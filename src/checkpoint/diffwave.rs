//! What a DiffWave checkpoint's parameters and weights say of its model.

use std::path::Path;

use super::options::Said;
use super::params::{Params, PriorParam};
use crate::diffusion::{Clamp, SamplerKind, Schedule};
use crate::domain::{EnergyPrior, Prior, SpectralPrior};
use crate::mel::Dialect;
use crate::model::{Card, ModelHeader};
use crate::network::DiffWaveConfig;
use crate::network::diffwave::names::Named;
use crate::{Error, Result};

/// βs of lmnt-com/diffwave's fast schedule for a base network (DiffWave, appendix B).
const FAST_BASE: [f64; 6] = [1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5];
/// The same for a large one, which is trained on 200 steps.
const FAST_LARGE: [f64; 6] = [1e-4, 1e-3, 0.01, 0.05, 0.2, 0.7];

/// What nobody says of the model, and the option that does.
fn assumed(named: &Named, params: &Params, dialect: Option<&Dialect>) -> Vec<String> {
    let mut assumed = Vec::new();
    let mut unless = |said: bool, what: String| {
        if !said {
            assumed.push(what);
        }
    };
    unless(
        named.has_dilation_cycle || params.dilation_cycle_length.is_some(),
        format!("a dilation cycle of {} (--dilation-cycle)", named.config.dilation_cycle),
    );
    match dialect {
        Some(dialect) => unless(
            params.sample_rate.is_none_or(|rate| rate == dialect.rate_hz),
            format!("{} Hz, as the dialect has it, where the file says another rate", dialect.rate_hz),
        ),
        None => {
            unless(params.sample_rate.is_some(), "22050 Hz (--sample-rate)".into());
            unless(named.config.n_mels.is_none(), "the mel dialect lmnt-diffwave (--dialect)".into());
        }
    }
    unless(
        params.noise_schedule.is_some(),
        format!("the published schedule of {} steps (--noise-schedule)", named.config.training_steps),
    );
    unless(
        params.inference_noise_schedule.is_some(),
        "the published fast schedule (--inference-schedule)".into(),
    );
    unless(params.causal.is_some(), "convolutions to both sides (--causal)".into());
    unless(params.prior.is_some(), "no prior (--prior)".into());
    assumed
}

/// The header of the network `named` in the file `path`, and what is assumed of it.
pub fn header(path: &Path, named: &Named, said: &Said) -> Result<(ModelHeader, Vec<String>)> {
    let place = &path.display().to_string();
    let (params, dialect) = (&said.params, said.dialect.as_ref());
    let assumed = assumed(named, params, dialect);
    let large = named.is_large();
    let training_betas = match &params.noise_schedule {
        Some(betas) => betas.clone(),
        None => default_training(named)?.betas().to_vec(),
    };
    let default_fast = if large { FAST_LARGE } else { FAST_BASE };
    let inference_betas = params.inference_noise_schedule.clone().unwrap_or_else(|| default_fast.to_vec());
    let network = network(place, named, params, training_betas.len())?;
    let dialect = match network.n_mels {
        Some(n_mels) => Some(dialect_of(place, params, dialect, n_mels)?),
        None => None,
    };
    let prior = prior_of(place, params.prior.as_ref())?;
    // Where nobody says what the classes are, they are numbers.
    let classes = params.class_names.clone();
    let classes = classes.unwrap_or_else(|| (0..network.classes.unwrap_or(0)).map(|n| n.to_string()).collect());
    let header = ModelHeader {
        rate_hz: dialect.as_ref().map_or(params.sample_rate.unwrap_or(22_050), |d| d.rate_hz),
        network: network.into(),
        dialect,
        classes,
        null_label: false,
        diffusion: None,
        training_betas,
        inference_betas,
        angle_steps: None,
        sampler: SamplerKind::Ancestral,
        // lmnt limits the signal after every step; with a prior, sampling follows our own recipe.
        clamp: match prior {
            None => Clamp::EveryStep,
            Some(Prior::Energy(_)) => Clamp::Last,
            Some(Prior::Spectral(_) | Prior::Stft) => Clamp::Never,
        },
        prior,
        phase: None,
        temperature: 1.0,
        card: Card { trained_steps: params.trained_steps, ..Card::imported(path) },
    };
    Ok((header, assumed))
}

/// The network that the weights tell, held against the file's own parameters, and what these alone know.
fn network(place: &str, named: &Named, params: &Params, training_steps: usize) -> Result<DiffWaveConfig> {
    let DiffWaveConfig { channels, layers, n_mels, .. } = named.config;
    let stated = [
        ("residual_channels", params.residual_channels, channels),
        ("residual_layers", params.residual_layers, layers),
        (
            "dilation_cycle_length",
            params.dilation_cycle_length.filter(|_| named.has_dilation_cycle),
            named.config.dilation_cycle,
        ),
        ("n_mels", params.n_mels.filter(|_| n_mels.is_some()), n_mels.unwrap_or(0)),
        ("hop_samples", params.hop_samples.filter(|_| n_mels.is_some()), DiffWaveConfig::HOP),
    ];
    for (field, stated, of_weights) in stated {
        if let Some(stated) = stated.filter(|stated| *stated != of_weights) {
            let expected = format!("{of_weights}, as its tensors have it");
            return Err(Error::invalid(place, format!("params.{field}"), stated, expected));
        }
    }
    if params.unconditional == Some(true) && n_mels.is_some() {
        return Err(Error::invalid(
            place,
            "params.unconditional",
            true,
            "false: it has conditioner projections",
        ));
    }
    let mut network =
        DiffWaveConfig { training_steps, causal: params.causal == Some(true), ..named.config.clone() };
    if let Some(cycle) = params.dilation_cycle_length.filter(|_| !named.has_dilation_cycle) {
        network.dilation_cycle = cycle;
    }
    Ok(network)
}

fn prior_of(place: &str, param: Option<&PriorParam>) -> Result<Option<Prior>> {
    match param {
        None | Some(PriorParam::Energy(false)) => Ok(None),
        Some(PriorParam::Energy(true)) => Ok(Some(Prior::Energy(EnergyPrior::default()))),
        Some(PriorParam::Named(name)) if name == "spectral" => {
            Ok(Some(Prior::Spectral(SpectralPrior::default())))
        }
        Some(PriorParam::Named(name)) => {
            Err(Error::invalid(place, "params.prior", format!("\"{name}\""), "a boolean or \"spectral\""))
        }
    }
}

/// The published training schedule of a file that states none.
fn default_training(named: &Named) -> Result<Schedule> {
    Schedule::linear(named.config.training_steps, 1e-4, if named.is_large() { 0.02 } else { 0.05 })
}

/// The dialect asked for, or lmnt's with whatever the file's parameters change of it.
fn dialect_of(place: &str, params: &Params, asked: Option<&Dialect>, n_mels: usize) -> Result<Dialect> {
    if let Some(dialect) = asked {
        return Ok(dialect.clone());
    }
    let mut dialect = Dialect::named("lmnt-diffwave")?;
    if let Some(rate_hz) = params.sample_rate {
        dialect.rate_hz = rate_hz;
        dialect.fmax_hz = rate_hz as f32 / 2.0;
    }
    if let Some(n_fft) = params.n_fft {
        (dialect.n_fft, dialect.win) = (n_fft, n_fft);
    }
    dialect.n_mels = n_mels;
    dialect.validate().map_err(|e| Error::invalid(place, "params", e, "a mel dialect that can be computed"))?;
    Ok(dialect)
}
