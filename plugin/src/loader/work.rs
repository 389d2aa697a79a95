//! What the loader's thread does: it loads models, tries what the user chooses, and opens streams.

use super::comparison::Comparison;
use super::mailbox::{Shared, Wanted};
use crate::choices::{ModelChoice, SavedModel, SeenModel};
use crate::model::{self, PlacedModel};
use crate::osc::Port;
use crate::report::{LoadState, ModelSummary};
use crate::shared::{EngineLease, RendererLease};
use nice_plug::nice_error;
use remel::mel::Dialect;
use remel::stream::{LatencyMode, RendererStatus, Stream, StreamMonitor};
use remel::{Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the thread holds. Fields drop in order: the renderers' leases before the engine's.
#[derive(Default)]
pub struct Work {
    loaded: Option<Loaded>,
    stand_in: Option<RendererLease>,
    engine: Option<EngineLease>,
    /// What was last tried, whether it worked or not.
    tried: Option<Wanted>,
    /// The activation in which a model has been heard.
    heard: Option<u64>,
    comparison: Comparison,
    port: Port,
}

/// A model that renders, and what it was loaded for.
struct Loaded {
    choice: ModelChoice,
    model: PlacedModel,
    renderer: RendererLease,
}

/// A stream with its monitor.
type Opened = (Stream, StreamMonitor);

impl Work {
    /// Works until the instance goes.
    pub fn run(&mut self, shared: &Shared) {
        while let Some(wanted) = shared.next(self.tried.as_ref()) {
            let attempt = shared.params.attempt.lock().clone();
            match attempt {
                Some(choice) => self.attempt(shared, choice),
                None if self.tried.as_ref() != Some(&wanted) => self.serve(shared, wanted),
                None => {}
            }
            self.compare_devices(shared);
            self.watch_renderer(shared);
            let port = self.port.serve(shared.params.port(), &shared.feed);
            shared.report.update(|summary| summary.port = port);
        }
    }

    /// Tries what the user has chosen: only a model that is good takes the place of the one before, in the project too.
    fn attempt(&mut self, shared: &Shared, choice: ModelChoice) {
        let before = shared.params.model.read().choice.clone();
        let load_state = shared.report.summary().load_state;
        shared.report.update(|summary| summary.load_state = LoadState::Loading);
        let seen = seen(shared, &choice);
        let mode = shared.params.latency.value().of_stream();
        match caught(|| self.load(&choice, seen.as_ref(), mode)) {
            Ok(loaded) => {
                save(shared, &before, &loaded);
                self.loaded = Some(loaded);
                // Whatever is played is opened anew.
                self.tried = None;
                shared.report.update(|summary| summary.notice = None);
            }
            Err(error) => shared.report.update(|summary| {
                summary.load_state = load_state;
                summary.notice = Some(error.to_string());
            }),
        }
        shared.params.attempt.lock().take_if(|latest| *latest == choice);
    }

    /// Opens the stream that is wanted, or one without a model but of its latency.
    fn serve(&mut self, shared: &Shared, mut wanted: Wanted) {
        let activation = wanted.activation;
        match caught(|| self.open(shared, &mut wanted)) {
            Ok(stream) => {
                shared.report.update(|summary| summary.missing = None);
                shared.deliver(&wanted, Some(stream), LoadState::Running);
                self.heard = Some(activation);
            }
            Err(error) => {
                let missing = model::missing(&wanted.choice).map(ToOwned::to_owned);
                shared.report.update(|summary| summary.missing = missing);
                let failed = LoadState::Failed(error.to_string());
                if self.heard == Some(activation) {
                    // The model before it plays on.
                    shared.report.update(|summary| summary.load_state = failed);
                } else {
                    // In the host's log too: an export must not pass unnoticed, and has no editor to say it in.
                    let heard = if wanted.setup.offline { "this export is" } else { "what is heard is" };
                    nice_error!("{error}; {heard} the dry signal");
                    let stream = caught(|| self.open_stand_in(shared, &wanted)).ok();
                    shared.deliver(&wanted, stream, failed);
                }
            }
        }
        self.tried = Some(wanted);
    }

    /// Opens a stream to the wanted model, which is loaded unless it is there. `wanted` is told where it was found.
    fn open(&mut self, shared: &Shared, wanted: &mut Wanted) -> Result<Opened> {
        if self.loaded.as_ref().is_none_or(|loaded| loaded.choice != wanted.choice) {
            shared.report.update(|summary| summary.load_state = LoadState::Loading);
            let seen = seen(shared, &wanted.choice);
            let loaded = self.load(&wanted.choice, seen.as_ref(), wanted.mode.of_stream())?;
            save(shared, &wanted.choice, &loaded);
            if loaded.choice != wanted.choice {
                let place = loaded.choice.file.as_ref().map(|path| format!("found at {}", path.display()));
                shared.report.update(|summary| summary.notice = place);
            }
            wanted.choice = loaded.choice.clone();
            self.loaded = Some(loaded);
        }
        let (Some(engine), Some(Loaded { model, renderer, .. })) = (&self.engine, &mut self.loaded) else {
            unreachable!("a loaded model has an engine")
        };
        // The best device for one mode may not be that for another.
        model.settle(self.comparison.known(model, wanted.mode.of_stream()).as_ref());
        if *renderer.key() != model.key() {
            *renderer = model.renderer(engine)?;
        }
        open_stream(shared, wanted, engine, renderer, model.dialect(), |ms| Some(model.summary(ms)))
    }

    /// Opens a stream of the latency that the wanted model had when it was last there, or that of the bundled one.
    fn open_stand_in(&mut self, shared: &Shared, wanted: &Wanted) -> Result<Opened> {
        let engine = lease(&mut self.engine)?;
        let (header, renderer) = model::stand_in(seen(shared, &wanted.choice).as_ref(), engine)?;
        let renderer = self.stand_in.insert(renderer);
        let dialect =
            header.dialect.as_ref().ok_or_else(|| Error::invalid("model", "dialect", "none", "one"))?;
        open_stream(shared, wanted, engine, renderer, dialect, |ms| model::absent(&header, &wanted.choice, ms))
    }

    /// Loads the model of `choice`, wherever it is by now, for streams of `mode`.
    fn load(&mut self, choice: &ModelChoice, seen: Option<&SeenModel>, mode: LatencyMode) -> Result<Loaded> {
        let engine = lease(&mut self.engine)?;
        let mut model = PlacedModel::open(choice, seen, engine)?;
        model.settle(self.comparison.known(&model, mode).as_ref());
        let renderer = model.renderer(engine)?;
        let choice = ModelChoice { file: model.file().map(ToOwned::to_owned), ..choice.clone() };
        Ok(Loaded { choice, model, renderer })
    }

    /// Has the devices compared for what plays, where that is open. What plays is not interrupted for a faster device, unless it
    /// is interrupted all the time, because the present one does not keep up.
    fn compare_devices(&mut self, shared: &Shared) {
        let load = self.status().map_or(0.0, |status| status.load);
        let (Some(Loaded { model, .. }), Some(tried)) = (&mut self.loaded, &self.tried) else { return };
        // An export has all the time that it needs.
        if tried.setup.offline {
            return;
        }
        let Some(measured) = self.comparison.follow(model, tried.mode.of_stream()) else { return };
        if model.hear_of(&measured) && load >= 1.0 {
            self.tried = None;
        }
        let why = model.why();
        shared.report.update(|summary| summary.model.iter_mut().for_each(|model| model.why.clone_from(&why)));
    }

    fn watch_renderer(&self, shared: &Shared) {
        if let Some(status) = self.status() {
            shared
                .report
                .update(|summary| (summary.renderer, summary.refusal) = (status.state, status.refusal));
        }
    }

    /// How the model's renderer is doing.
    fn status(&self) -> Option<RendererStatus> {
        let (engine, loaded) = (self.engine.as_ref()?, self.loaded.as_ref()?);
        let mut renderers = engine.engine().status().renderers.into_iter();
        renderers.find(|status| status.key == *loaded.renderer.key())
    }
}

/// Opens the wanted stream to `renderer`, which reads mel frames of `dialect`, and has the user see what `summary` makes of the
/// modes' latencies.
fn open_stream(
    shared: &Shared,
    wanted: &Wanted,
    engine: &EngineLease,
    renderer: &RendererLease,
    dialect: &Dialect,
    summary: impl FnOnce([f64; 3]) -> Option<ModelSummary>,
) -> Result<Opened> {
    let seen = summary(wanted.setup.latencies_ms(engine, renderer, dialect)?);
    shared.report.update(|report| report.model = seen);
    let config = wanted.setup.stream(wanted.mode.of_stream(), engine, renderer, dialect)?;
    Stream::open(&config, engine.engine(), renderer.key())
}

/// The instance's share in the engine, taken with the first model.
fn lease(engine: &mut Option<EngineLease>) -> Result<&EngineLease> {
    match engine {
        Some(engine) => Ok(engine),
        none => Ok(none.insert(EngineLease::take()?)),
    }
}

/// What is known of the model of `choice` from the last time that it was there.
fn seen(shared: &Shared, choice: &ModelChoice) -> Option<SeenModel> {
    let saved = shared.params.model.read();
    saved.seen.clone().filter(|_| saved.choice == *choice)
}

/// Has `loaded` saved with the project, unless the host has restored another than `before` meanwhile.
fn save(shared: &Shared, before: &ModelChoice, loaded: &Loaded) {
    let mut saved = shared.params.model.write();
    if saved.choice == *before {
        *saved = SavedModel { choice: loaded.choice.clone(), seen: loaded.model.seen() };
    }
}

/// A driver that panics must leave neither an activation waiting nor the user guessing.
fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|panic| Err(Error::panicked("opening the model", &*panic)))
}
