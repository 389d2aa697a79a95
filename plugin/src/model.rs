//! The model and the device that the user chose.

use crate::choices::{BackendChoice, ModelChoice, SeenModel};
use crate::report::ModelSummary;
use crate::search;
use crate::shared::{Digest, EngineLease, RendererLease, Renderers};
use remel::checkpoint::{self, Bundled};
use remel::mel::Dialect;
use remel::model::{Model, ModelHeader};
use remel::network::Backend;
use remel::stream::RendererKey;
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
    /// Whether the device is ours to choose.
    auto: bool,
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
        let backend = match choice.backend {
            BackendChoice::Auto => model.header().network.best_backend(),
            BackendChoice::Cpu => Backend::Cpu,
            BackendChoice::Gpu => Backend::gpu()?,
        };
        // A saved state may come from a larger machine.
        let most = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = choice.threads.clamp(1, most);
        let auto = choice.backend == BackendChoice::Auto;
        Ok(Self { model, file: path, digest, dialect, backend, auto, threads })
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
    fn key(&self) -> RendererKey {
        format!("{} on {}, {} threads", self.digest, self.backend, self.threads).into()
    }

    /// A share in the model's renderer. Devices are listed without being opened: where one that *Auto* chose does not
    /// open, the CPU renders.
    ///
    /// # Errors
    /// The device does not answer.
    pub fn renderer(&mut self, engine: &EngineLease) -> Result<RendererLease> {
        match engine.renderer(self.key(), || self.renderers()) {
            Err(Error::Device { .. }) if self.auto && self.backend != Backend::Cpu => {
                self.backend = Backend::Cpu;
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
        dialect: header.dialect.clone()?,
        latencies_ms,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use remel::stream::LatencyMode;
    use std::path::Path;

    /// The model file `path` on the CPU; none is the bundled model.
    fn open(path: Option<&Path>, engine: &EngineLease) -> PlacedModel {
        let choice = ModelChoice { file: path.map(Into::into), backend: BackendChoice::Cpu, threads: 1 };
        PlacedModel::open(&choice, None, engine).expect("a model")
    }

    /// The bundled model with another temperature.
    fn save(path: &Path, temperature: f32) {
        let model = Bundled::default().model().with_temperature(temperature).expect("a temperature");
        checkpoint::save(&model, path).expect("a file");
    }

    #[test]
    fn no_mode_cuts_the_bundled_model_short() {
        let engine = EngineLease::take().expect("an engine");
        let model = open(None, &engine);
        let (renderer, _) = model.renderers().expect("the CPU");
        let format = renderer.format();
        for mode in LatencyMode::ALL {
            // Without the frames that a model needs, no window goes on from the one before: the work is a multiple then.
            let needed = format.context.right_frames - format.context.optional_right_frames;
            assert!(mode.plan(&format).right_frames >= needed, "{mode:?}");
        }
    }

    #[test]
    fn a_file_written_over_is_another_model() {
        let engine = EngineLease::take().expect("an engine");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("model.safetensors");
        save(&path, 0.5);
        let mut first = open(Some(&path), &engine);
        let first_renderer = first.renderer(&engine).expect("the CPU");
        save(&path, 0.75);
        let mut second = open(Some(&path), &engine);
        let second_renderer = second.renderer(&engine).expect("the CPU");
        assert_ne!(first_renderer.key(), second_renderer.key());
        assert_eq!(first.model.header().temperature, 0.5);
        assert_eq!(second.model.header().temperature, 0.75);
    }

    #[test]
    fn equal_files_are_one_model_with_one_renderer_wherever_they_lie() {
        let (engine, other) =
            (EngineLease::take().expect("an engine"), EngineLease::take().expect("an engine"));
        let folder = tempfile::tempdir().expect("a folder");
        let [a, b] = ["a", "b"].map(|name| folder.path().join(name).with_extension("safetensors"));
        save(&a, 0.25);
        std::fs::copy(&a, &b).expect("a copy");
        let (mut first, mut second) = (open(Some(&a), &engine), open(Some(&b), &other));
        assert!(Arc::ptr_eq(&first.model, &second.model), "parsed twice");
        let leases = [first.renderer(&engine), second.renderer(&other)].map(|lease| lease.expect("the CPU"));
        assert_eq!(leases[0].key(), leases[1].key());
        // Model, renderer and nothing else hold it: the second renderer would be one more.
        assert_eq!(Arc::strong_count(&first.model), 3);
        drop((leases, second));
        // The engine drops a renderer in its own time.
        let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while Arc::strong_count(&first.model) > 1 && std::time::Instant::now() < until {
            std::thread::yield_now();
        }
        assert_eq!(Arc::strong_count(&first.model), 1, "kept by nobody who needs it");
    }
}
