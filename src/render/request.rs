//! What a user asks of a renderer.

use std::sync::Arc;

use crate::diffusion::{Churn, SamplerKind};
use crate::{Error, Result};

/// Which noise schedule to sample along.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum ScheduleChoice {
    /// The model's own short schedule.
    #[default]
    Fast,
    /// Every training step.
    Full,
    /// So many steps, spread over the short schedule's range.
    Steps(usize),
    /// Explicit βs, from the least noise to the most. Shared, so that a request is cloned without an allocation.
    Betas(Arc<[f64]>),
}

/// How to render: all that shapes the sound of a window beside its mel frames and its carrier.
///
/// Cloning it allocates nothing, so that an audio thread may do it.
///
/// ```
/// use remel::diffusion::SamplerKind;
/// use remel::render::{Request, ScheduleChoice};
///
/// let request = Request {
///     schedule: "8".parse()?,
///     sampler: Some("ddim".parse()?),
///     temperature: 0.8,
///     ..Request::default()
/// };
/// assert_eq!((&request.schedule, request.sampler), (&ScheduleChoice::Steps(8), Some(SamplerKind::Ddim)));
/// assert_eq!(Request { strength: f32::NAN, ..request }.finite().strength, 1.0);
/// # Ok::<(), remel::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The schedule to sample along.
    pub schedule: ScheduleChoice,
    /// How to go from level to level; none takes the model's own way.
    pub sampler: Option<SamplerKind>,
    /// Share of the posterior's deviation that ancestral sampling draws anew, 0 to 1: at 0 only the start is random.
    pub eta: f32,
    /// ρ of the sampler `adpm2`, above 0: its middle is where the ρ-th root of σ is in the middle.
    pub rho: f64,
    /// What the sampler `karras` adds before its steps.
    pub churn: Churn,
    /// How many mel frames ahead a network that leaves it open is told, at most.
    pub look_ahead_frames: usize,
    /// How far each prediction is held to the mel that it was made for, 0 to 1, where the model's domain can.
    pub fit: f32,
    /// What is left of the mel's detail over bands (see [`crate::mel::BandSmoothing`]): predictions are held to no more.
    pub detail: f32,
    /// How far the carrier is noised, 0 to 1; without a carrier sampling starts from pure noise whatever it is.
    pub strength: f32,
    /// Scale of every Gaussian, relative to the model's own temperature.
    pub temperature: f32,
    /// Which noise.
    pub seed: u64,
    /// Share of the sound whose phases are reconstructed, 0 to 1, where the model says how.
    pub coherence: f32,
    /// Which of the network's classes; none for a network without.
    pub class: Option<usize>,
    /// Scale of classifier-free guidance (Ho and Salimans 2022); 1 is the network itself, beyond it lies more of the class.
    pub guidance: f32,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            schedule: ScheduleChoice::Fast,
            sampler: None,
            eta: 1.0,
            rho: 1.0,
            churn: Churn::default(),
            look_ahead_frames: usize::MAX,
            fit: 1.0,
            detail: 1.0,
            strength: 1.0,
            temperature: 1.0,
            seed: 0,
            coherence: 1.0,
            class: None,
            guidance: 1.0,
        }
    }
}

impl Request {
    /// The same with every number that is not finite at its neutral value: a host may send anything. Real-time.
    pub fn finite(mut self) -> Self {
        let neutral = Self::default();
        let fix = |value: &mut f32, neutral: f32| {
            if !value.is_finite() {
                *value = neutral;
            }
        };
        fix(&mut self.eta, neutral.eta);
        fix(&mut self.fit, neutral.fit);
        fix(&mut self.detail, neutral.detail);
        fix(&mut self.strength, neutral.strength);
        fix(&mut self.temperature, neutral.temperature);
        fix(&mut self.coherence, neutral.coherence);
        fix(&mut self.guidance, neutral.guidance);
        self
    }
}

impl std::str::FromStr for ScheduleChoice {
    type Err = Error;

    /// `fast`, `full`, a number of steps, or βs with commas between them.
    fn from_str(text: &str) -> Result<Self> {
        let expected = "fast, full, a number of steps from 1 to 1000, or betas such as 1e-4,0.01,0.5";
        let unknown = || Error::invalid("--schedule", "value", format!("\"{text}\""), expected);
        match text {
            "fast" => return Ok(Self::Fast),
            "full" => return Ok(Self::Full),
            _ => {}
        }
        if let Ok(steps) = text.parse::<usize>() {
            return if (1..=1000).contains(&steps) { Ok(Self::Steps(steps)) } else { Err(unknown()) };
        }
        let betas: Result<Vec<f64>, _> = text.split(',').map(|b| b.trim().parse()).collect();
        let betas = betas.map_err(|_| unknown())?;
        match betas.iter().find(|beta| !(**beta > 0.0 && **beta < 1.0)) {
            None => Ok(Self::Betas(betas.into())),
            Some(beta) => Err(Error::invalid("--schedule", "beta", beta, "a number above 0 and below 1")),
        }
    }
}
