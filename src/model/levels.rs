//! What the levels of a model are, and the way along them that a request asks for.

use super::{ModelHeader, SigmaDiffusion};
use crate::diffusion::{Clamp, Course, Schedule};
use crate::network::LevelKind;
use crate::render::ScheduleChoice;
use crate::{Error, Result};

/// What the network's levels are.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Levels {
    /// Steps of a schedule, which the network is told, or √ᾱ at them.
    Steps { training: Schedule, inference: Schedule, tells: LevelKind },
    /// Angles, and how many the model is meant to be sampled in.
    Angles { steps: usize },
    /// σ.
    Sigmas(SigmaDiffusion),
}

impl Levels {
    /// The way along those of the model `name` that `choice` says, from a carrier noised as far as `strength` says.
    pub fn course(&self, name: &str, choice: &ScheduleChoice, strength: f64) -> Result<Course> {
        let no_betas = |levels: &str| {
            let expected = format!("fast, or a number of steps: its levels are {levels}");
            Err(Error::invalid(name, "schedule", "another", expected))
        };
        match self {
            Self::Steps { training, inference, tells } => {
                let inference = match choice {
                    ScheduleChoice::Fast => inference.clone(),
                    ScheduleChoice::Full => training.clone(),
                    ScheduleChoice::Steps(steps) if *steps == inference.len() => inference.clone(),
                    ScheduleChoice::Steps(steps) => inference.respaced(*steps)?,
                    ScheduleChoice::Betas(betas) => Schedule::from_betas(betas.to_vec())?,
                };
                let course = Course::of_steps(training, &inference, strength);
                Ok(if *tells == LevelKind::SignalScales { course.told_signal_scales() } else { course })
            }
            Self::Angles { steps } => match choice {
                ScheduleChoice::Fast => Ok(Course::of_angles(*steps, strength)),
                ScheduleChoice::Steps(steps) if *steps > 0 => Ok(Course::of_angles(*steps, strength)),
                _ => no_betas("angles"),
            },
            Self::Sigmas(diffusion) => {
                let steps = match choice {
                    ScheduleChoice::Fast => diffusion.steps,
                    ScheduleChoice::Steps(steps) => *steps,
                    _ => return no_betas("σ"),
                };
                let sigmas = diffusion.sigmas(name, steps)?;
                Ok(Course::of_sigmas(diffusion.preconditioning, &sigmas, strength))
            }
        }
    }

    /// Those of the model that `header` describes.
    pub fn of(place: &str, header: &ModelHeader) -> Result<Self> {
        let betas = !(header.training_betas.is_empty() && header.inference_betas.is_empty());
        if let Some(diffusion) = &header.diffusion {
            return Self::of_sigmas(place, header, diffusion, betas);
        }
        match (header.network.level_kind() == LevelKind::Angles, header.angle_steps) {
            (true, Some(steps)) if steps > 0 && !betas => return Ok(Self::Angles { steps }),
            (true, found) => {
                let found = found.map_or("none".to_owned(), |steps| steps.to_string());
                let expected = "at least 1, and no betas: the network's levels are angles";
                return Err(Error::invalid(place, "angle_steps", found, expected));
            }
            (false, Some(steps)) => {
                let expected = "none: the network's levels are steps of a schedule";
                return Err(Error::invalid(place, "angle_steps", steps, expected));
            }
            (false, None) => {}
        }
        let schedule = |field: &str, betas: &[f64]| {
            Schedule::from_betas(betas.to_vec()).map_err(|e| e.within(place, field))
        };
        let training = schedule("training_betas", &header.training_betas)?;
        let inference = schedule("inference_betas", &header.inference_betas)?;
        match header.network.training_steps().filter(|steps| *steps != training.len()) {
            None => Ok(Self::Steps { training, inference, tells: header.network.level_kind() }),
            Some(steps) => {
                let found = format!("{} steps", training.len());
                Err(Error::invalid(place, "training_betas", found, steps))
            }
        }
    }

    fn of_sigmas(place: &str, header: &ModelHeader, diffusion: &SigmaDiffusion, betas: bool) -> Result<Self> {
        diffusion.validate(place, &header.network)?;
        if betas || header.angle_steps.is_some() {
            let expected = "no betas and no angle_steps beside it: its levels are σ";
            return Err(Error::invalid(place, "diffusion", "one", expected));
        }
        // On the way x is scaled as the network takes it, and has no full scale.
        if header.clamp == Clamp::EveryStep {
            let expected = "last or never: a model whose levels are σ is limited at the end";
            return Err(Error::invalid(place, "clamp", "every-step", expected));
        }
        Ok(Self::Sigmas(*diffusion))
    }
}
