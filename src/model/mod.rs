//! A model: a network with everything it needs to make sound, validated once.

mod budget;
mod classes;
mod header;
mod received;
mod validate;

pub use header::{Card, ModelHeader};
pub use received::ReceivedMel;

use crate::diffusion::{Course, SamplingPlan, Schedule};
use crate::domain::phase::Phase;
use crate::mel::{Dialect, Framing};
use crate::network::{LevelKind, Weights};
use crate::render::{Request, ScheduleChoice};
use crate::{Error, Result};

/// A model that has been validated: its weights fit its network, its dialect and its schedules.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    header: ModelHeader,
    weights: Weights,
    levels: Levels,
}

/// What the network's levels are.
#[derive(Clone, Debug, PartialEq)]
enum Levels {
    /// Steps of a schedule.
    Steps { training: Schedule, inference: Schedule },
    /// Angles, and how many the model is meant to be sampled in.
    Angles { steps: usize },
}

impl Model {
    /// Puts a model together.
    ///
    /// # Errors
    /// Names the first field of `place` that does not fit: a size, a tensor's shape, the dialect, a schedule.
    pub fn new(place: &str, header: ModelHeader, weights: Weights) -> Result<Self> {
        header.check_budget(place)?;
        weights.validate(place, &header.network.tensors())?;
        header.check(place)?;
        let levels = Levels::of(place, &header)?;
        Ok(Self { header, weights, levels })
    }

    /// The same model, to be sampled at another temperature.
    ///
    /// # Errors
    /// Where it is not a number from 0 to 1.5.
    pub fn with_temperature(self, temperature: f32) -> Result<Self> {
        let place = self.header.card.name.clone();
        Self::new(&place, ModelHeader { temperature, ..self.header }, self.weights)
    }

    /// The same model, with its phases reconstructed in another way or not at all.
    ///
    /// # Errors
    /// Where a value is out of its range, or the model has no mel frames to reconstruct from.
    pub fn with_phase(self, phase: Option<Phase>) -> Result<Self> {
        let place = self.header.card.name.clone();
        Self::new(&place, ModelHeader { phase, ..self.header }, self.weights)
    }

    /// The same model, whose mel frames lie elsewhere: in a domain of spectra they are where the mel's are, wherever that is.
    ///
    /// # Errors
    /// Where the model is bound to its own framing.
    pub fn with_framing(mut self, framing: Framing) -> Result<Self> {
        let dialect = self.dialect()?;
        if dialect.framing != framing && !self.header.frames_are_free() {
            let found = format!("{framing:?}");
            let expected = format!("{:?}, which its network is bound to", dialect.framing);
            return Err(Error::invalid(&self.header.card.name, "framing", found, expected));
        }
        if let Some(dialect) = &mut self.header.dialect {
            dialect.framing = framing;
        }
        Ok(self)
    }

    /// The same model for a stream: where its frames may lie anywhere, they lie where the latency is least.
    pub fn for_streams(self) -> Self {
        match self.header.frames_are_free() {
            true => self.with_framing(Framing::Centred).expect("its frames are free"),
            false => self,
        }
    }

    /// The same model with another card.
    pub fn with_card(mut self, card: Card) -> Self {
        self.header.card = card;
        self
    }

    /// All but the weights.
    pub fn header(&self) -> &ModelHeader {
        &self.header
    }

    /// The weights.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The mel dialect.
    ///
    /// # Errors
    /// Where the network is unconditional.
    pub fn dialect(&self) -> Result<&Dialect> {
        let expected = "a model conditioned on mel (this one is not: see `remel generate`)";
        let name = &self.header.card.name;
        self.header.dialect.as_ref().ok_or_else(|| Error::invalid(name, "dialect", "none", expected))
    }

    /// The sampling that `request` asks for, from a carrier noised as far as `strength` says (1: pure noise).
    ///
    /// # Errors
    /// A schedule of no steps, or of explicit βs out of their range.
    pub fn sampling(&self, request: &Request, strength: f32) -> Result<SamplingPlan> {
        let course = match &self.levels {
            Levels::Steps { training, inference } => {
                let inference = match &request.schedule {
                    ScheduleChoice::Fast => inference.clone(),
                    ScheduleChoice::Full => training.clone(),
                    ScheduleChoice::Steps(steps) if *steps == inference.len() => inference.clone(),
                    ScheduleChoice::Steps(steps) => inference.respaced(*steps)?,
                    ScheduleChoice::Betas(betas) => Schedule::from_betas(betas.to_vec())?,
                };
                let course = Course::of_steps(training, &inference, strength.into());
                match self.header.network.level_kind() {
                    LevelKind::SignalScales => course.told_signal_scales(),
                    _ => course,
                }
            }
            Levels::Angles { steps } => match &request.schedule {
                ScheduleChoice::Fast => Course::of_angles(*steps, strength.into()),
                ScheduleChoice::Steps(steps) if *steps > 0 => Course::of_angles(*steps, strength.into()),
                _ => {
                    let (name, expected) =
                        (&self.header.card.name, "fast, or a number of steps: its levels are angles");
                    return Err(Error::invalid(name, "schedule", "another", expected));
                }
            },
        };
        let sampler = request.sampler.unwrap_or(self.header.sampler);
        Ok(sampler.plan(&course.with_eta(request.eta.into()), self.header.clamp))
    }
}

impl Levels {
    /// Those of the model that `header` describes.
    fn of(place: &str, header: &ModelHeader) -> Result<Self> {
        let betas = !(header.training_betas.is_empty() && header.inference_betas.is_empty());
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
            Schedule::from_betas(betas.to_vec()).map_err(|e| budget::within(place, field, e))
        };
        let training = schedule("training_betas", &header.training_betas)?;
        let inference = schedule("inference_betas", &header.inference_betas)?;
        match header.network.training_steps().filter(|steps| *steps != training.len()) {
            None => Ok(Self::Steps { training, inference }),
            Some(steps) => {
                let found = format!("{} steps", training.len());
                Err(Error::invalid(place, "training_betas", found, steps))
            }
        }
    }
}
