//! A model: a network with everything it needs to make sound, validated once.

mod budget;
mod classes;
mod header;
mod levels;
mod sigmas;
mod validate;

pub use header::{Card, ModelHeader};
pub use sigmas::SigmaDiffusion;

use levels::Levels;

use crate::diffusion::{Clamp, SamplerKind, SamplingPlan};
use crate::domain::phase::Phase;
use crate::mel::{Dialect, Framing};
use crate::network::Weights;
use crate::render::Request;
use crate::{Error, Result};

/// A model that has been validated: its weights fit its network, its dialect and its schedules.
///
/// ```
/// use remel::checkpoint::Bundled;
/// use remel::render::{Request, ScheduleChoice};
///
/// let model = Bundled::Small.model();
/// assert_eq!(model.header().rate_hz, model.dialect()?.rate_hz);
/// // How many samples each sample of a render depends on grows with the steps.
/// let in_steps = |steps| Request { schedule: ScheduleChoice::Steps(steps), ..Request::default() };
/// let field = |steps| model.field_samples(&in_steps(steps));
/// assert!(field(2)? < field(8)?);
///
/// let refused = model.with_temperature(2.0).unwrap_err().to_string();
/// assert_eq!(refused, "small: temperature: found 2, expected 0 to 1.5");
/// # Ok::<(), remel::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    header: ModelHeader,
    weights: Weights,
    levels: Levels,
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

    /// The same model as one whose levels are σ: what a checkpoint does not say of how it was trained.
    ///
    /// # Errors
    /// Where a number is out of its range, or the network does not take such levels.
    pub fn with_diffusion(self, diffusion: SigmaDiffusion) -> Result<Self> {
        let place = self.header.card.name.clone();
        let (training_betas, inference_betas, angle_steps) = (Vec::new(), Vec::new(), None);
        let had_sigmas = self.header.diffusion.is_some();
        let sampler = if had_sigmas { self.header.sampler } else { SamplerKind::default() };
        let clamp = if had_sigmas { self.header.clamp } else { Clamp::Last };
        let diffusion = Some(diffusion);
        let levels = ModelHeader {
            diffusion,
            training_betas,
            inference_betas,
            angle_steps,
            sampler,
            clamp,
            ..self.header
        };
        Self::new(&place, levels, self.weights)
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

    /// The same model for a stream: [`ModelHeader::for_streams`].
    pub fn for_streams(mut self) -> Self {
        self.header = self.header.for_streams();
        self
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

    /// Samples that a sample of what `request` renders depends on, itself among them: the receptive field of all steps. None where
    /// that is the whole window.
    ///
    /// # Errors
    /// Those of [`Model::sampling`].
    pub fn field_samples(&self, request: &Request) -> Result<Option<usize>> {
        let calls = self.sampling(request, 1.0)?.sampler.evaluations().len();
        Ok(self.header.network.layout().field_samples(calls))
    }

    /// Refuses a model whose network is conditioned on mel, where there are no frames for it.
    ///
    /// # Errors
    /// Where it is one.
    pub fn check_unconditional(&self) -> Result<()> {
        let expected = "one without mel (a model with mel needs its frames: see `remel synth`)";
        match self.header.network.layout().conditioner {
            None => Ok(()),
            Some(_) => Err(Error::invalid(&self.header.card.name, "network", "one with mel", expected)),
        }
    }

    /// The sampling that `request` asks for, from a carrier noised as far as `strength` says (1: pure noise).
    ///
    /// # Errors
    /// A schedule of no steps, or of explicit βs out of their range or where levels are no steps.
    pub fn sampling(&self, request: &Request, strength: f32) -> Result<SamplingPlan> {
        let course = self.levels.course(&self.header.card.name, &request.schedule, strength.into())?;
        let course = course.with_eta(request.eta.into()).with_rho(request.rho).with_churn(request.churn);
        let sampler = request.sampler.unwrap_or(self.header.sampler);
        Ok(sampler.plan(&course, self.header.clamp))
    }
}
