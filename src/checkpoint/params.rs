//! What a foreign checkpoint, or its user, says of its model beside its weights.

use std::path::Path;

use super::pickle::Value;
use super::storages::Storages;
use crate::{Error, Result};

/// Where programs keep the parameters of a checkpoint; lmnt's place first, then Lightning's.
const SECTIONS: [&str; 11] = [
    "params",
    "hyper_parameters",
    "hparams",
    "hyperparameters",
    "config",
    "cfg",
    "model_config",
    "audio_config",
    "model_args",
    "args",
    "h",
];
/// How deep a section's own sections are looked into.
const MOST_DEPTH: usize = 3;
/// Longest list of numbers, of which no schedule has nearly as many.
const MOST_NUMBERS: usize = 1 << 20;

/// What lmnt-com/diffwave saves in `params` with its weights, as far as it says something of the model. `causal`, `prior`
/// and `class_names` are Remel's own.
#[derive(Clone, Debug, Default)]
pub struct Params {
    pub residual_channels: Option<usize>,
    pub residual_layers: Option<usize>,
    pub dilation_cycle_length: Option<usize>,
    pub unconditional: Option<bool>,
    pub n_mels: Option<usize>,
    pub sample_rate: Option<u32>,
    pub hop_samples: Option<usize>,
    pub n_fft: Option<usize>,
    pub noise_schedule: Option<Vec<f64>>,
    pub inference_noise_schedule: Option<Vec<f64>>,
    pub causal: Option<bool>,
    pub prior: Option<PriorParam>,
    pub class_names: Option<Vec<String>>,
    pub trained_steps: u64,
}

/// How a checkpoint names its prior: `True` is the energy prior.
#[derive(Clone, Debug)]
pub enum PriorParam {
    Energy(bool),
    Named(String),
}

impl Params {
    /// Those in the file `path` that holds `root`.
    ///
    /// # Errors
    /// Names the file and the parameter that is of no type it can have.
    pub fn find(path: &Path, root: &Value, storages: &mut Storages) -> Result<Self> {
        let mut found = Found { path, root, storages };
        let size = |number: f64| (number >= 0.0 && number.fract() == 0.0).then_some(number as usize);
        let steps = ["step", "global_step", "steps", "iteration", "iter"];
        let steps = steps.into_iter().find_map(|name| root.get(name).and_then(number)).unwrap_or(0.0);
        Ok(Self {
            residual_channels: found
                .one(&["residual_channels"], "a whole number", |v| number(v).and_then(size))?,
            residual_layers: found.one(&["residual_layers"], "a whole number", |v| number(v).and_then(size))?,
            dilation_cycle_length: found.one(
                &["dilation_cycle_length", "dilation_cycle"],
                "a whole number",
                |v| number(v).and_then(size),
            )?,
            unconditional: found.one(&["unconditional"], "a boolean", boolean)?,
            n_mels: found.one(&["n_mels", "num_mels", "n_mel_channels"], "a whole number", |v| {
                number(v).and_then(size)
            })?,
            sample_rate: found.one(&["sample_rate", "sampling_rate"], "a whole number of Hz", |v| {
                number(v).and_then(size).and_then(|rate| u32::try_from(rate).ok())
            })?,
            hop_samples: found.one(&["hop_samples", "hop_length", "hop_size"], "a whole number", |v| {
                number(v).and_then(size)
            })?,
            n_fft: found.one(&["n_fft", "filter_length"], "a whole number", |v| number(v).and_then(size))?,
            noise_schedule: found.numbers("noise_schedule")?,
            inference_noise_schedule: found.numbers("inference_noise_schedule")?,
            causal: found.one(&["causal"], "a boolean", boolean)?,
            prior: found.one(&["prior"], "a boolean or \"spectral\"", |value| match value {
                Value::Text(name) => Some(PriorParam::Named(name.clone())),
                value => boolean(value).map(PriorParam::Energy),
            })?,
            class_names: found.one(&["class_names"], "a list of names", |value| match value {
                Value::List(items) => items.iter().map(|item| text(item).map(str::to_owned)).collect(),
                _ => None,
            })?,
            trained_steps: steps.max(0.0) as u64,
        })
    }

    /// These, and where `other` says something, that instead.
    pub fn overridden_by(self, other: &Self) -> Self {
        let other = other.clone();
        Self {
            dilation_cycle_length: other.dilation_cycle_length.or(self.dilation_cycle_length),
            sample_rate: other.sample_rate.or(self.sample_rate),
            n_fft: other.n_fft.or(self.n_fft),
            noise_schedule: other.noise_schedule.or(self.noise_schedule),
            inference_noise_schedule: other.inference_noise_schedule.or(self.inference_noise_schedule),
            causal: other.causal.or(self.causal),
            prior: other.prior.or(self.prior),
            class_names: other.class_names.or(self.class_names),
            ..self
        }
    }
}

/// A file in which parameters are looked for.
struct Found<'a, 'b, 'c> {
    path: &'a Path,
    root: &'a Value,
    storages: &'b mut Storages<'c>,
}

impl<'a> Found<'a, '_, '_> {
    /// The first of the parameters `names` that is stated, and its whole name.
    fn stated(&self, names: &[&str]) -> Option<(String, &'a Value)> {
        let sections = SECTIONS.iter().filter_map(|section| Some((*section, self.root.get(section)?)));
        let inner = sections.flat_map(|(section, value)| {
            names
                .iter()
                .filter_map(move |name| Some((format!("{section}.{name}"), within(value, name, MOST_DEPTH)?)))
        });
        let outer = names.iter().filter_map(|name| Some(((*name).to_owned(), self.root.get(name)?)));
        inner.chain(outer).next()
    }

    fn one<T>(&self, names: &[&str], expected: &str, read: impl Fn(&Value) -> Option<T>) -> Result<Option<T>> {
        let Some((name, value)) = self.stated(names) else { return Ok(None) };
        let read = read(value).ok_or_else(|| Error::invalid(self.path.display(), name, value.kind(), expected));
        read.map(Some)
    }

    /// A list of numbers, or a tensor or array of one axis.
    fn numbers(&mut self, name: &str) -> Result<Option<Vec<f64>>> {
        let Some((name, value)) = self.stated(&[name]) else { return Ok(None) };
        let refused = |found: String| Error::invalid(self.path.display(), &name, found, "a list of numbers");
        let numbers = match value {
            Value::List(items) => items.iter().map(number).collect::<Option<Vec<f64>>>(),
            Value::Tensor(tensor)
                if tensor.shape.iter().filter(|length| **length != 1).count() <= 1
                    && tensor.shape.iter().all(|length| *length <= MOST_NUMBERS) =>
            {
                Some(tensor.number.read(&self.storages.read(tensor).map_err(refused)?))
            }
            _ => None,
        };
        numbers.map(Some).ok_or_else(|| refused(value.kind()))
    }
}

/// The entry `name` of a section or of the sections in it; None says nothing.
fn within<'a>(section: &'a Value, name: &str, depth: usize) -> Option<&'a Value> {
    let Value::Map(entries) = section else { return None };
    if let Some(value) = section.get(name).filter(|value| **value != Value::None) {
        return Some(value);
    }
    let inner = depth.checked_sub(1)?;
    entries.iter().find_map(|(_, value)| within(value, name, inner))
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Int(value @ 0..=1) => Some(*value == 1),
        _ => None,
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
