//! The models that there are to choose from: the bundled ones, and those in the user's folder.

use crate::search;
use crate::setup::Setup;
use remel::checkpoint::{self, Bundled};
use remel::model::ModelHeader;
use remel::render::Render as _;
use remel::stream::LatencyMode;
use remel::vocoder::StandIn;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::thread::JoinHandle;
use walkdir::WalkDir;

/// What model files end with.
pub const ENDINGS: [&str; 5] = ["safetensors", "pt", "pth", "ckpt", "bin"];
/// How deep folders in the user's folder are looked into.
const DEPTH: usize = 4;
/// Most entries that are looked at, and most models that are listed.
const MOST_ENTRIES: usize = 20_000;
const MOST_MODELS: usize = 1_000;

/// A model that may be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its file, or the name of a bundled model.
    pub file: PathBuf,
    /// What it says of itself; none of a checkpoint of another program.
    pub header: Option<Box<ModelHeader>>,
    /// Why it cannot be played here, in a line.
    pub problem: Option<String>,
}

/// The figures on a model's card.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Weights, in millions.
    pub parameters_m: f64,
    /// Arithmetic per second of sound, at the steps that the model is meant to be sampled in, beside what the bundled `small` takes.
    pub work: f64,
    /// What the latency modes cost, in milliseconds, the shortest first; none where that is no model for streams.
    pub latencies_ms: Option<[f64; 3]>,
}

impl Entry {
    /// A bundled model.
    fn bundled(model: Bundled) -> Self {
        let header = Some(Box::new(model.model().header().clone()));
        Self { file: model.name().into(), header, problem: None }
    }

    /// The model in the file `path`.
    fn of_file(path: PathBuf) -> Self {
        match checkpoint::read_header(&path) {
            Ok(header) => {
                let problem = header.as_ref().and_then(problem);
                Self { file: path, header: header.map(Box::new), problem }
            }
            Err(error) => Self { file: path, header: None, problem: Some(error.to_string()) },
        }
    }

    /// Whether it is a bundled model.
    pub fn is_bundled(&self) -> bool {
        Bundled::named(&self.file).is_some()
    }

    /// What it is called: the name on its card, or the file's.
    pub fn name(&self) -> String {
        match &self.header {
            Some(header) if !header.card.name.is_empty() => header.card.name.clone(),
            _ => self.file_name(),
        }
    }

    /// The file's name, or a bundled model's.
    pub fn file_name(&self) -> String {
        self.file.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Whether all words of `search` are in what it says.
    pub fn is_found(&self, search: &str) -> bool {
        let mut text = format!("{} {}", self.name(), self.file.display());
        if let Some(header) = &self.header {
            let (card, family) = (&header.card, header.network.family());
            text += &format!(" {family} {} {} {} Hz", card.licence, card.provenance, header.rate_hz);
        }
        let text = text.to_lowercase();
        search.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }

    /// The figures on its card, where a host's `setup` is known; none of what says nothing of itself.
    pub fn figures(&self, setup: Option<Setup>) -> Option<Figures> {
        let header = self.header.as_deref()?;
        let count = |(_, shape): (String, Vec<usize>)| shape.iter().product::<usize>() as f64;
        Some(Figures {
            parameters_m: header.network.tensors().into_iter().map(count).sum::<f64>() / 1e6,
            work: work(header) / *USUAL_WORK,
            latencies_ms: latencies_ms(header, setup.unwrap_or(Setup::USUAL)),
        })
    }
}

/// Why the plugin does not play the model of `header`.
fn problem(header: &ModelHeader) -> Option<String> {
    match header {
        _ if header.dialect.is_none() => Some("reads no mel frames: for the command line".to_owned()),
        _ if !header.classes.is_empty() => Some("has classes: for the command line".to_owned()),
        _ => None,
    }
}

/// The work of the default model, to which others are compared: parsed once, as a card is drawn again and again.
static USUAL_WORK: LazyLock<f64> = LazyLock::new(|| work(Bundled::default().model().header()));

/// Operations per second of sound at the model's own number of steps.
fn work(header: &ModelHeader) -> f64 {
    let steps = header.angle_steps.unwrap_or(header.inference_betas.len()).max(1) as f64;
    let calls_a_second = f64::from(header.rate_hz) / header.network.layout().hop as f64;
    header.network.operations() * calls_a_second * steps
}

fn latencies_ms(header: &ModelHeader, setup: Setup) -> Option<[f64; 3]> {
    let header = header.clone().for_streams();
    let format = StandIn::new("model", &header).ok()?.format();
    let dialect = header.dialect.as_ref()?;
    Some(LatencyMode::ALL.map(|mode| setup.stream_to(mode, &format, dialect).latency(format).total_ms()))
}

/// All models that there are. They are looked for by a thread of their own: a folder may lie on a slow disk.
#[derive(Default)]
pub struct Catalogue {
    entries: Vec<Entry>,
    scan: Option<JoinHandle<Vec<Entry>>>,
}

impl Catalogue {
    /// Looks for models anew, unless that is under way.
    pub fn refresh(&mut self) {
        if self.scan.is_none() {
            let thread = std::thread::Builder::new().name("remel catalogue".into());
            // Without a thread the list stays as it was.
            self.scan = thread.spawn(|| list(search::folder().as_deref())).ok();
        }
    }

    /// All models that were found last, the bundled ones first.
    pub fn entries(&mut self) -> &[Entry] {
        if let Some(found) = self.scan.take_if(|scan| scan.is_finished()).and_then(|scan| scan.join().ok()) {
            self.entries = found;
        }
        &self.entries
    }

    /// Whether they are being looked for.
    pub fn is_looking(&self) -> bool {
        self.scan.is_some()
    }

    /// The model beside that in `file`, of those that can be played; the ends meet.
    pub fn beside(&mut self, file: &Path, next: bool) -> Option<PathBuf> {
        let playable: Vec<&Entry> = self.entries().iter().filter(|entry| entry.problem.is_none()).collect();
        let count = playable.len();
        let index = match playable.iter().position(|entry| entry.file == file) {
            Some(at) => (at + if next { 1 } else { count - 1 }) % count,
            None if next => 0,
            None => count.checked_sub(1)?,
        };
        playable.get(index).map(|entry| entry.file.clone())
    }
}

impl Drop for Catalogue {
    fn drop(&mut self) {
        // A host may unload this library next.
        if let Some(scan) = self.scan.take() {
            let _ = scan.join();
        }
    }
}

/// The bundled models, and those in `folder` by name.
fn list(folder: Option<&Path>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Bundled::ALL.map(Entry::bundled).into();
    let walk =
        folder.map(|folder| WalkDir::new(folder).follow_links(true).max_depth(DEPTH).sort_by_file_name());
    let files = walk.into_iter().flatten().take(MOST_ENTRIES).flatten().map(walkdir::DirEntry::into_path);
    let models = files.filter(|path| is_model(path) && path.is_file());
    entries.extend(models.take(MOST_MODELS).map(Entry::of_file));
    entries
}

/// Whether `path` is called as model files are.
pub fn is_model(path: &Path) -> bool {
    let end = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    ENDINGS.contains(&end.as_str())
}

#[cfg(test)]
mod tests;
