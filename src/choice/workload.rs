//! A model at work in a mode.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::json;

use super::measure::{Candidate, WallClock, measure};
use super::{Job, Key, Measurement, Mode};
use crate::Result;
use crate::kernel::InstructionSet;
use crate::model::Model;
use crate::network::Backend;
use crate::render::{Render, Request};
use crate::vocoder::{StandIn, Vocoder};

/// A model at work in a mode.
#[derive(Clone)]
pub struct Workload {
    /// The model.
    pub model: Arc<Model>,
    /// What it is used for.
    pub mode: Mode,
    /// Threads where the CPU renders.
    pub threads: usize,
}

impl Workload {
    /// What the speed depends on, where `places` are chosen among.
    ///
    /// # Errors
    /// The model is none that can be rendered.
    pub fn key(&self, places: &[Backend]) -> Result<Key> {
        let header = self.model.header();
        let plan = self.mode.plan(&StandIn::new(&header.card.name, header)?.format());
        let instruction_set = InstructionSet::chosen().map(|set| set.to_string());
        Ok(Key {
            version: Key::this_version(),
            model: json!({
                "network": header.network,
                "rate_hz": header.rate_hz,
                "prior": header.prior,
                "phase": header.phase,
                "calls": self.calls()?,
            })
            .to_string(),
            mode: self.mode.name().to_owned(),
            plan: [plan.chunk_frames, plan.left_frames, plan.right_frames],
            threads: self.threads,
            instruction_set: instruction_set.unwrap_or_else(|error| error.to_string()),
            places: places.iter().map(Backend::to_string).collect(),
        })
    }

    /// Times it on each of `places`, one after the other: that takes seconds. None where `stop` was set meanwhile.
    ///
    /// # Errors
    /// The model is none that can be rendered.
    pub fn measure(&self, places: &[Backend], stop: &AtomicBool) -> Result<Option<Measurement>> {
        let key = self.key(places)?;
        let candidate = |place: &Backend| {
            let (workload, place) = (self.clone(), place.clone());
            Candidate { place: place.to_string(), open: Box::new(move || workload.job(&place)) }
        };
        let timings = measure(places.iter().map(candidate).collect(), &WallClock::default(), stop);
        let model = self.model.header().card.name.clone();
        Ok(timings.map(|timings| Measurement { model, key, timings }))
    }

    /// Operations for a second of sound.
    pub(super) fn operations(&self) -> Result<f64> {
        let header = self.model.header();
        let frames = f64::from(header.rate_hz) / header.network.layout().hop as f64;
        Ok(header.network.operations() * frames * self.calls()? as f64)
    }

    /// Network calls of a render as the model is meant to be sampled.
    fn calls(&self) -> Result<usize> {
        Ok(self.model.sampling(&self.request(), 1.0)?.sampler.evaluations().len())
    }

    /// The model as it is meant to be sampled; any of its classes is as fast as another.
    fn request(&self) -> Request {
        let class = (!self.model.header().classes.is_empty()).then_some(0);
        Request { class, ..Request::default() }
    }

    /// The job at `place`, which is opened.
    fn job(&self, place: &Backend) -> Result<Job> {
        let vocoder = Vocoder::with_threads(self.model.clone(), place, self.threads)?;
        match self.model.header().dialect {
            Some(_) => Ok(Job::of_windows(Box::new(vocoder), self.mode, &self.request())),
            None => Job::of_sound(vocoder, self.request()),
        }
    }
}
