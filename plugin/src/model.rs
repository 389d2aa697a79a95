//! The model and the device that the user chose.

use crate::choices::{BackendChoice, ModelChoice, SeenModel};
use crate::report::ModelSummary;
use crate::search;
use crate::shared::{Digest, EngineLease, RendererLease, Renderers};
use remel::checkpoint::{self, Bundled};
use remel::choice::{self, Measurement, Mode, Workload};
use remel::mel::Dialect;
use remel::model::{Model, ModelHeader};
use remel::network::Backend;
use remel::stream::{LatencyMode, RendererKey};
use remel::vocoder::{StandIn, Vocoder};
use remel::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A model in memory, and where it is to run.
pub struct PlacedModel {
    model: Arc<Model>,
    /// The file or the name that it was read by; none of the default model.
    file: Option<PathBuf>,
    digest: Digest,
    dialect: Dialect,
    backend: Backend,
    /// The devices that *Auto* chooses among; none where the user has chosen.
    places: Vec<Backend>,
    /// Why it runs where it does, where the user has not chosen.
    why: Option<String>,
    /// What a device said that did not open; it is not tried again.
    refused: Option<String>,
    /// Threads on the CPU.
    threads: usize,
}

impl PlacedModel {
    /// Reads the chosen model, unless an instance has the same, and finds the chosen device. A file that is not where it was
    /// is searched for; `seen` is what is known of it.
    ///
    /// # Errors
    /// The file is nowhere or no model, the model reads no mel frames or has classes, or there is no such device.
    pub fn open(choice: &ModelChoice, seen: Option<&SeenModel>, engine: &EngineLease) -> Result<Self> {
        let file = match &choice.file {
            Some(path) if missing(choice).is_some() => {
                search::find(path, seen.map(|seen| seen.digest.as_str()), search::folder().as_deref())?
            }
            Some(path) => checkpoint::open(path)?,
            None => Bundled::default().file(),
        };
        let path = choice.file.as_ref().map(|_| file.path().to_owned());
        let (model, digest) = engine.model(&file)?;
        let dialect = model.dialect()?.clone();
        if !model.header().classes.is_empty() {
            let found = model.header().classes.join(", ");
            let expected = "none: the plugin has no control for them (see `remel vocode --class`)";
            return Err(Error::invalid(file.path().display(), "classes", found, expected));
        }
        // *Auto* begins with the CPU, which needs no preparation.
        let backend = match choice.backend {
            BackendChoice::Auto | BackendChoice::Cpu => Backend::Cpu,
            BackendChoice::Gpu => Backend::gpu()?,
        };
        let places = if choice.backend == BackendChoice::Auto { choice::places() } else { Vec::new() };
        // A saved state may come from a larger machine.
        let most = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = choice.threads.clamp(1, most);
        Ok(Self { model, file: path, digest, dialect, backend, places, why: None, refused: None, threads })
    }

    /// The devices to be compared for streams of `mode`, and the work that each of them is given; none where there is
    /// nothing to choose.
    pub fn comparison(&self, mode: LatencyMode) -> Option<(Workload, &[Backend])> {
        let model = self.model.clone();
        let workload = Workload { model, mode: Mode::Stream(mode), threads: self.threads };
        (self.places.len() > 1 && self.refused.is_none()).then_some((workload, &self.places))
    }

    /// Goes to the fastest device where it is ours to choose: the CPU as long as nothing was measured. `renderer` follows.
    pub fn settle(&mut self, measured: Option<&Measurement>) {
        if self.places.is_empty() || self.refused.is_some() {
            return;
        }
        self.backend = measured.map_or(Backend::Cpu, |measured| measured.fastest_of(&self.places));
        self.why = Some(match measured {
            _ if self.places.len() == 1 => "there is no GPU".to_owned(),
            Some(measured) => measured.to_string(),
            None => "until the GPU has been measured".to_owned(),
        });
    }

    /// Says what comes of what was `measured` meanwhile; whether that is another device than the present one.
    pub fn hear_of(&mut self, measured: &Measurement) -> bool {
        let best = measured.fastest_of(&self.places);
        let later = match best == self.backend {
            true => String::new(),
            false => format!("; {best} from the next start on"),
        };
        self.why = Some(format!("{measured}{later}"));
        best != self.backend
    }

    /// Why it runs where it does, where the user has not chosen.
    pub fn why(&self) -> Option<String> {
        self.why.clone()
    }

    /// Where it was found; none of the default model.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// What to keep of it for the time when its file is not there; nothing of a bundled one, which always is.
    pub fn seen(&self) -> Option<SeenModel> {
        self.file.as_deref().filter(|path| Bundled::named(path).is_none())?;
        let header = serde_json::to_string(self.model.header()).ok()?;
        Some(SeenModel { digest: self.digest.to_string(), header })
    }

    /// The renderer's name in the engine: equal for equal content on equal devices.
    pub fn key(&self) -> RendererKey {
        format!("{} on {}, {} threads", self.digest, self.backend, self.threads).into()
    }

    /// A share in the model's renderer. Devices are listed without being opened: where one that *Auto* chose does not
    /// open, the CPU renders.
    ///
    /// # Errors
    /// The device does not answer.
    pub fn renderer(&mut self, engine: &EngineLease) -> Result<RendererLease> {
        match engine.renderer(self.key(), || self.renderers()) {
            Err(error @ Error::Device { .. }) if !self.places.is_empty() && self.backend != Backend::Cpu => {
                self.backend = Backend::Cpu;
                self.refused = Some(error.to_string());
                self.why.clone_from(&self.refused);
                engine.renderer(self.key(), || self.renderers())
            }
            lease => lease,
        }
    }

    /// What the user sees of it, where the latency modes cost `latencies_ms`.
    pub fn summary(&self, latencies_ms: [f64; 3]) -> ModelSummary {
        let (header, parameters) = (self.model.header(), self.model.weights().parameters() as f64 / 1e6);
        let network = &header.network;
        let direction = if network.layout().causal { "causal" } else { "bidirectional" };
        let (rate_hz, licence) = (header.rate_hz, &header.card.licence);
        ModelSummary {
            name: header.card.name.clone(),
            line: format!(
                "{}, {direction}, {parameters:.2} M parameters, {rate_hz} Hz, {licence}",
                network.family()
            ),
            backend: match self.backend == Backend::Cpu {
                true => format!("{} × {}", self.backend, self.threads),
                false => self.backend.to_string(),
            },
            why: self.why(),
            dialect: self.dialect.clone(),
            latencies_ms,
        }
    }

    /// The mel frames that it reads.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// A vocoder of its own on the CPU, for files; none of the engine's renderers waits for it.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn file_vocoder(&self) -> Result<Vocoder> {
        Vocoder::with_threads(self.model.clone(), &Backend::Cpu, self.threads)
    }

    /// A renderer on the device, and one on the CPU to go to where a GPU fails.
    ///
    /// # Errors
    /// The device does not answer.
    fn renderers(&self) -> Result<Renderers> {
        let renderer = Vocoder::with_threads(self.model.clone(), &self.backend, self.threads)?;
        let cpu = || Vocoder::with_threads(self.model.clone(), &Backend::Cpu, self.threads);
        let fallback = (self.backend != Backend::Cpu).then(cpu).transpose()?;
        Ok((Box::new(renderer), fallback.map(|cpu| Box::new(cpu) as _)))
    }
}

/// The chosen file, where it is not there.
pub fn missing(choice: &ModelChoice) -> Option<&Path> {
    choice.file.as_deref().filter(|path| Bundled::named(path).is_none() && !path.exists())
}

/// A share in what stands in for the model of which `seen` is known, or for the bundled one, and that model's header.
///
/// # Errors
/// That the engine refuses it.
pub fn stand_in(seen: Option<&SeenModel>, engine: &EngineLease) -> Result<(ModelHeader, RendererLease)> {
    let for_header = |header: ModelHeader| -> Result<_> { Ok((StandIn::new("saved model", &header)?, header)) };
    let known = seen.and_then(|seen| serde_json::from_str::<ModelHeader>(&seen.header).ok());
    // Any state may come from a host.
    let known = known.filter(|header| header.dialect.is_some()).and_then(|header| for_header(header).ok());
    let bundled = || for_header(Bundled::default().model().for_streams().header().clone());
    let (stand_in, header) = known.map_or_else(bundled, Ok)?;
    let key = format!("stand-in of {}", Digest::of(format!("{header:?}").as_bytes()));
    let renderer = engine.renderer(key.into(), || Ok((Box::new(stand_in), None)))?;
    Ok((header, renderer))
}

/// What the user sees of the model with this `header` while it is not there.
pub fn absent(header: &ModelHeader, choice: &ModelChoice, latencies_ms: [f64; 3]) -> Option<ModelSummary> {
    let file = choice.file.as_deref().map(|path| path.display().to_string());
    Some(ModelSummary {
        name: header.card.name.clone(),
        line: file.unwrap_or_default(),
        backend: "not there".to_owned(),
        why: None,
        dialect: header.dialect.clone()?,
        latencies_ms,
    })
}

#[cfg(test)]
impl PlacedModel {
    /// The same where *Auto* chooses among `places`.
    pub fn among(mut self, places: Vec<Backend>) -> Self {
        self.places = places;
        self
    }
}

#[cfg(test)]
mod tests;
