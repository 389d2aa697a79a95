//! Options of models whose levels are σ.

use std::sync::Arc;

use anyhow::Result;
use clap::{Args, ValueEnum};
use remel::Error;
use remel::diffusion::{Churn, Preconditioning};
use remel::model::{Model, SigmaDiffusion};
use remel::render::Request;

use super::options::ModelOptions;

/// Deviation of the signals where none is named: that of audio-diffusion-pytorch's own example.
const SIGMA_DATA: f64 = 0.1;

/// What a model's file may not say of how it was trained along σ.
#[derive(Args)]
#[command(next_help_heading = "Diffusion along sigma")]
pub struct DiffusionOptions {
    /// How the network was trained [default: as the model says]
    #[arg(long, value_enum, value_name = "KIND")]
    diffusion: Option<Kind>,
    /// Standard deviation of the signals that it was trained on, of k [default: the model's, or 0.1]
    #[arg(long, value_name = "DEVIATION", value_parser = positive)]
    sigma_data: Option<f64>,
    /// Share of a signal that is within full scale in dynamic thresholding, 0 to 1, of k; 0 limits values instead [default: the
    /// model's, or 0]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    dynamic_threshold: Option<f64>,
    /// Where sampling ends [default: the model's, or 0.0001]
    #[arg(long, value_name = "SIGMA", value_parser = positive)]
    sigma_min: Option<f64>,
    /// The noise that sampling starts from [default: the model's, or 3]
    #[arg(long, value_name = "SIGMA", value_parser = positive)]
    sigma_max: Option<f64>,
    /// How much denser the schedule is where sigma is small [default: the model's, or 9]
    #[arg(long, value_name = "RHO", value_parser = positive)]
    schedule_rho: Option<f64>,
}

/// The same, and what samplers along σ leave open.
#[derive(Args)]
#[command(next_help_heading = "Diffusion along sigma")]
pub struct SigmaOptions {
    #[command(flatten)]
    diffusion: DiffusionOptions,
    /// --sampler adpm2: its middle is where this root of sigma is in the middle
    #[arg(long, value_name = "RHO", default_value_t = 1.0, value_parser = positive)]
    rho: f64,
    /// --sampler karras: by how much sigma grows before steps, all of them together
    #[arg(long, value_name = "AMOUNT", default_value_t = 0.0, value_parser = not_negative)]
    s_churn: f64,
    /// --sampler karras: the least sigma that grows
    #[arg(long, value_name = "SIGMA", default_value_t = 0.0, value_parser = not_negative)]
    s_tmin: f64,
    /// --sampler karras: the largest sigma that grows
    #[arg(long, value_name = "SIGMA", default_value_t = f64::INFINITY, value_parser = not_negative)]
    s_tmax: f64,
    /// --sampler karras: deviation of the noise by which it grows
    #[arg(long, value_name = "DEVIATION", default_value_t = 1.0, value_parser = not_negative)]
    s_noise: f64,
}

/// What a network was trained for.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// K-diffusion
    K,
    /// V-diffusion
    V,
}

impl DiffusionOptions {
    /// `model` as the options say that it was trained and is sampled.
    ///
    /// # Errors
    /// Where its levels are not σ, or a value does not fit them.
    pub fn apply(&self, model: Model) -> Result<Model> {
        let own = model.header().diffusion;
        let known = match self.diffusion {
            Some(kind) => {
                let preconditioning = kind.preconditioning(own.map(|own| own.preconditioning));
                let known = own.unwrap_or(SigmaDiffusion::new(preconditioning));
                Some(SigmaDiffusion { preconditioning, ..known })
            }
            None => own,
        };
        let of_schedule = [
            ("--sigma-min", self.sigma_min),
            ("--sigma-max", self.sigma_max),
            ("--schedule-rho", self.schedule_rho),
        ];
        let of_k = [("--sigma-data", self.sigma_data), ("--dynamic-threshold", self.dynamic_threshold)];
        let Some(mut diffusion) = known else {
            let expected = "none: the model's levels are not sigma (see --diffusion)";
            refuse(of_k.iter().chain(&of_schedule), expected)?;
            return Ok(model);
        };
        match &mut diffusion.preconditioning {
            Preconditioning::K { sigma_data, dynamic_threshold } => {
                *sigma_data = self.sigma_data.unwrap_or(*sigma_data);
                *dynamic_threshold = self.dynamic_threshold.unwrap_or(*dynamic_threshold);
            }
            Preconditioning::V => refuse(of_k.iter(), "none: it is of k-diffusion alone")?,
        }
        let schedule = &mut diffusion.schedule;
        schedule.sigma_min = self.sigma_min.unwrap_or(schedule.sigma_min);
        schedule.sigma_max = self.sigma_max.unwrap_or(schedule.sigma_max);
        schedule.rho = self.schedule_rho.unwrap_or(schedule.rho);
        match own == Some(diffusion) {
            true => Ok(model),
            false => Ok(model.with_diffusion(diffusion)?),
        }
    }
}

/// Refuses `options` of which one has been given.
fn refuse<'a>(options: impl Iterator<Item = &'a (&'a str, Option<f64>)>, expected: &str) -> Result<()> {
    for (option, value) in options {
        if let Some(value) = value {
            return Err(Error::invalid(option, "value", value, expected).into());
        }
    }
    Ok(())
}

impl SigmaOptions {
    /// The model that `options` name, as these options say that it was trained; one that takes no mel frames.
    ///
    /// # Errors
    /// Where it cannot be read, takes mel frames, or is not what the options say.
    pub fn load(&self, options: &ModelOptions) -> Result<Arc<Model>> {
        let model = self.diffusion.apply(Arc::unwrap_or_clone(options.load()?))?;
        model.check_unconditional()?;
        Ok(Arc::new(model))
    }

    /// `request` with what samplers leave open.
    pub fn request(&self, request: Request) -> Request {
        let Self { rho, s_churn, s_tmin, s_tmax, s_noise, .. } = *self;
        let churn = Churn { amount: s_churn, range: [s_tmin, s_tmax], noise_scale: s_noise };
        Request { rho, churn, ..request }
    }
}

impl Kind {
    /// What it means to a network, with the numbers of `own` where that is of the kind.
    fn preconditioning(self, own: Option<Preconditioning>) -> Preconditioning {
        match (self, own) {
            (Self::K, Some(own @ Preconditioning::K { .. })) => own,
            (Self::K, _) => Preconditioning::K { sigma_data: SIGMA_DATA, dynamic_threshold: 0.0 },
            (Self::V, _) => Preconditioning::V,
        }
    }
}

fn positive(text: &str) -> Result<f64, String> {
    number(text, |value| value > 0.0 && value.is_finite(), "a number above 0")
}

fn not_negative(text: &str) -> Result<f64, String> {
    number(text, |value| value >= 0.0, "a number from 0 on")
}

fn share(text: &str) -> Result<f64, String> {
    number(text, |value| (0.0..=1.0).contains(&value), "a number from 0 to 1")
}

fn number(text: &str, fits: impl Fn(f64) -> bool, expected: &str) -> Result<f64, String> {
    text.parse().ok().filter(|value| fits(*value)).ok_or_else(|| format!("expected {expected}"))
}
