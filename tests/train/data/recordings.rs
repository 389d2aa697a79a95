//! Recordings to learn from, and what becomes of them.

use std::collections::BTreeSet;
use std::f32::consts::TAU;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use remel::audio::Audio;
use remel::train::Observer;
use remel::train::config::{AugmentConfig, DataConfig, Source};
use remel::train::data::{DataSet, Split};
use tempfile::TempDir;

pub const RATE_HZ: u32 = 22_050;

/// A folder of sines, each of its own frequency, in three formats' worth of rates and channels.
pub struct Recordings {
    pub folder: TempDir,
}

impl Recordings {
    pub fn new(count: usize) -> Self {
        let recordings = Self { folder: TempDir::new().expect("a temporary folder") };
        for index in 0..count {
            let inner = recordings.source().join(format!("album {}", index % 3));
            fs::create_dir_all(&inner).expect("a new folder");
            let rate_hz = [RATE_HZ, 44_100, 8_000][index % 3];
            let sine = sine(300.0 + 50.0 * index as f32, rate_hz, rate_hz as usize / 2);
            let channels = vec![sine; 1 + index % 2];
            Audio { rate_hz, channels }.write_wav(&inner.join(format!("{index:02}.wav"))).expect("a WAV file");
        }
        recordings
    }

    pub fn source(&self) -> PathBuf {
        self.folder.path().join("source")
    }

    pub fn config(&self) -> DataConfig {
        let cache = Some(self.folder.path().join("runs/cache"));
        let augment = AugmentConfig { gain_db: [0.0; 2], ..AugmentConfig::default() };
        DataConfig { cache, augment, validation: 0.3, ..DataConfig::new(Source::Folder(self.source())) }
    }

    pub fn cached_files(&self) -> BTreeSet<PathBuf> {
        let entries = fs::read_dir(self.folder.path().join("runs/cache")).expect("a folder");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }
}

pub fn sine(frequency_hz: f32, rate_hz: u32, length: usize) -> Vec<f32> {
    (0..length).map(|n| 0.5 * (TAU * frequency_hz * n as f32 / rate_hz as f32).sin()).collect()
}

/// Keeps what it is told.
#[derive(Default)]
pub struct Log {
    pub warnings: Vec<String>,
    pub information: Vec<String>,
    pub progress: Vec<(usize, usize)>,
    /// Wants to stop from the beginning.
    pub stopped: bool,
}

impl Observer for Log {
    fn prepared(&mut self, files: usize, all: usize) {
        self.progress.push((files, all));
    }

    fn warned(&mut self, line: &str) {
        self.warnings.push(line.to_owned());
    }

    fn informed(&mut self, line: &str) {
        self.information.push(line.to_owned());
    }

    fn stopped(&mut self) -> bool {
        self.stopped
    }
}

/// The set and its warnings.
pub fn open(config: &DataConfig) -> remel::Result<(DataSet, Vec<String>)> {
    let mut log = Log::default();
    let set = DataSet::open(config, RATE_HZ, &mut log)?;
    Ok((set, log.warnings))
}

pub fn crops(set: &DataSet, split: Split) -> Vec<Vec<f32>> {
    (0..20).map(|index| set.crop(split, index, 2048).expect("a crop").audio).collect()
}

/// Replaces a file's content by zeros of the same length that claim the same age.
pub fn scramble_unseen(path: &Path) {
    let metadata = path.metadata().expect("metadata");
    fs::write(path, vec![0; metadata.len() as usize]).expect("a file");
    File::options()
        .write(true)
        .open(path)
        .expect("a file")
        .set_modified(metadata.modified().expect("metadata"))
        .expect("a time of change");
}

pub fn wav_files(folder: &Path) -> Vec<PathBuf> {
    let inner = |path: PathBuf| if path.is_dir() { wav_files(&path) } else { vec![path] };
    fs::read_dir(folder).expect("a folder").flat_map(|entry| inner(entry.expect("an entry").path())).collect()
}

/// The power of `samples` at `frequency_hz`, through a Hann window.
pub fn power(samples: &[f32], frequency_hz: f64) -> f64 {
    let step = std::f64::consts::TAU * frequency_hz / f64::from(RATE_HZ);
    let window = |n: usize| 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / samples.len() as f64).cos();
    let (mut re, mut im) = (0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let (sin, cos) = (step * n as f64).sin_cos();
        re += window(n) * f64::from(*sample) * cos;
        im += window(n) * f64::from(*sample) * sin;
    }
    (re * re + im * im) / (samples.len() as f64 / 4.0).powi(2)
}
