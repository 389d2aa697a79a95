//! A model from a foreign checkpoint: its weights, and what its parameters or the weights' shapes say of it.

use std::path::Path;

use super::catalog::Catalog;
use super::family::Family;
use super::options::ImportOptions;
use super::params::{Params, PriorParam};
use super::prefix::Prefix;
use super::{unet1d, weight_norm};
use crate::diffusion::{Clamp, SamplerKind, Schedule};
use crate::domain::{EnergyPrior, Prior, SpectralPrior};
use crate::mel::Dialect;
use crate::model::{Card, Model, ModelHeader};
use crate::network::diffwave::names::{Named, rename};
use crate::network::{DiffWaveConfig, Weights};
use crate::{Error, Result};

/// βs of lmnt-com/diffwave's fast schedule for a base network (DiffWave, appendix B).
const FAST_BASE: [f64; 6] = [1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5];
/// The same for a large one, which is trained on 200 steps.
const FAST_LARGE: [f64; 6] = [1e-4, 1e-3, 0.01, 0.05, 0.2, 0.7];

/// What a model is made of beside what its file says, and what had to be assumed.
pub struct Imported {
    pub model: Model,
    /// What the file does not say, a phrase each.
    pub assumed: Vec<String>,
}

/// The network that the names and shapes of `weights` tell, once none of its tensors is found to be missing or of another
/// shape: weights without values are enough.
///
/// # Errors
/// Names the file `place` and the tensor.
pub fn recognize(place: &str, weights: &Weights) -> Result<(Named, Prefix)> {
    let mut weights = weights.clone();
    weight_norm::fold(place, &mut weights)?;
    let whole = Prefix { taken: String::new(), others: Vec::new() };
    // Without a network in it, renaming says so.
    let prefix = Prefix::of(&weights).unwrap_or(whole);
    let named = rename(place, &prefix.strip(&weights))?;
    named.weights.validate(place, &named.config.tensors())?;
    Ok((named, prefix))
}

/// Puts a model together from the tensors of the file `path`, of which it says `params` and its user `options`.
pub fn import(path: &Path, catalog: Catalog, params: Params, options: &ImportOptions) -> Result<Imported> {
    let family = options.family.unwrap_or_else(|| match unet1d::is_one(&catalog.hollow()) {
        true => Family::UNet1d,
        false => Family::DiffWave,
    });
    match (family, &options.arguments) {
        (Family::UNet1d, _) => {
            let (model, assumed) = unet1d::import(path, catalog, options)?;
            Ok(Imported { model, assumed })
        }
        (Family::DiffWave, None) => {
            diffwave(path, catalog, &params.overridden_by(&options.params()), options.dialect.as_ref())
        }
        (Family::DiffWave, Some(arguments)) => {
            let expected = "none: DiffWave's tensors and parameters say all of it, or the other options do";
            Err(Error::invalid(&arguments.place, "network", family.name(), expected))
        }
    }
}

/// The same of a DiffWave model.
fn diffwave(path: &Path, mut catalog: Catalog, params: &Params, dialect: Option<&Dialect>) -> Result<Imported> {
    let place = path.display().to_string();
    let (_, prefix) = recognize(&place, &catalog.hollow())?;
    // Now that they are known to be a network's, they are read.
    let mut weights = catalog.read(path, &prefix.taken)?;
    weight_norm::fold(&place, &mut weights)?;
    let named = rename(&place, &prefix.strip(&weights))?;
    let mut assumed = assumed(&named, params, dialect);
    assumed.extend(prefix.told());
    let header = header(path, &place, &named, params, dialect)?;
    Ok(Imported { model: Model::new(&place, header, named.weights)?, assumed })
}

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

/// The header of the network `named`.
fn header(
    path: &Path,
    place: &str,
    named: &Named,
    params: &Params,
    dialect: Option<&Dialect>,
) -> Result<ModelHeader> {
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
    Ok(ModelHeader {
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
    })
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
