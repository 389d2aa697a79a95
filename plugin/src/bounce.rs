//! Audio files rendered through the current settings, on a thread of their own.
//!
//! A file has no side chain: what would come from there comes from the file itself.

use crate::choices::SavedModel;
use crate::model::PlacedModel;
use crate::params::RemelParams;
use crate::shared::EngineLease;
use parking_lot::Mutex;
use remel::audio::Audio;
use remel::vocoder::FileRequest;
use remel::{Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// This file is being rendered; the share of all that is done, 0 to 1.
    Running(PathBuf, f32),
    /// These have been written.
    Done(Vec<PathBuf>),
    /// Why not, in a line.
    Failed(String),
}

/// A render of files. Dropped, it ends.
pub struct Bounce {
    progress: Arc<Mutex<Progress>>,
    cancelled: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What unwinds the renderer where it has been cancelled: nothing else reaches into a network call.
struct Cancelled;

impl Bounce {
    /// Renders `files` with the settings that `params` have now. Each is written beside its file.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(files: Vec<PathBuf>, params: &RemelParams) -> Result<Self> {
        let first = files.first().cloned().unwrap_or_default();
        let progress = Arc::new(Mutex::new(Progress::Running(first.clone(), 0.0)));
        let cancelled = Arc::new(AtomicBool::new(false));
        let (request, saved) = (params.file_request(), params.model.read().clone());
        let (shown, ends) = (progress.clone(), cancelled.clone());
        let work = move || {
            let end = match rendered(&files, &saved, &request, &shown, &ends) {
                Ok(written) => Progress::Done(written),
                Err(error) => Progress::Failed(error.to_string()),
            };
            *shown.lock() = end;
        };
        let thread = std::thread::Builder::new().name("remel bounce".into()).spawn(work);
        let thread = Some(thread.map_err(|e| Error::io(&first, e))?);
        Ok(Self { progress, cancelled, thread })
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        self.progress.lock().clone()
    }
}

impl Drop for Bounce {
    fn drop(&mut self) {
        self.cancelled.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A host may unload this library next.
            let _ = thread.join();
        }
    }
}

/// Renders `files` one after another; where they were written.
fn rendered(
    files: &[PathBuf],
    saved: &SavedModel,
    (request, gain): &(FileRequest, f32),
    shown: &Mutex<Progress>,
    cancelled: &AtomicBool,
) -> Result<Vec<PathBuf>> {
    let engine = EngineLease::take()?;
    let model = PlacedModel::open(&saved.choice, saved.seen.as_ref(), &engine)?;
    let mut vocoder = model.file_vocoder()?;
    let mut written = Vec::new();
    for (index, path) in files.iter().enumerate() {
        let input = Audio::read(path)?;
        let channels = input.channels.len().max(1);
        let mut done_calls = 0;
        let mut show = |done: usize, all: usize| {
            if cancelled.load(Ordering::Relaxed) {
                resume_unwind(Box::new(Cancelled));
            }
            done_calls += usize::from(done == all);
            let channel = (done_calls as f32 - f32::from(u8::from(done == all))
                + done as f32 / all.max(1) as f32)
                / channels as f32;
            let share = (index as f32 + channel.min(1.0)) / files.len() as f32;
            *shown.lock() = Progress::Running(path.clone(), share);
        };
        let vocoded = catch_unwind(AssertUnwindSafe(|| vocoder.vocode(&input, None, None, request, &mut show)));
        let mut output = match vocoded {
            Ok(output) => output?,
            Err(panic) if panic.is::<Cancelled>() => return Err(Error::unreadable(path, "cancelled")),
            Err(panic) => return Err(Error::panicked("rendering the file", &*panic)),
        };
        output.channels.iter_mut().flatten().for_each(|sample| *sample *= gain);
        let place = beside(path)?;
        output.write_wav(&place)?;
        written.push(place);
    }
    Ok(written)
}

/// A name for what `path` becomes, in its folder, that nothing there has.
fn beside(path: &Path) -> Result<PathBuf> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let names = (1..1000).map(|number| match number {
        1 => format!("{stem} (Remel).wav"),
        _ => format!("{stem} (Remel {number}).wav"),
    });
    let mut free = names.map(|name| path.with_file_name(name)).filter(|place| !place.exists());
    free.next().ok_or_else(|| Error::unreadable(path, "has been rendered 999 times: move these away"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn ended(bounce: &Bounce) -> Progress {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            match bounce.progress() {
                Progress::Running(..) => assert!(Instant::now() < until, "it does not end"),
                end => return end,
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// A tone of `seconds` in both channels, as a file in `folder`.
    fn tone(folder: &Path, seconds: f32) -> PathBuf {
        let samples: Vec<f32> =
            (0..(44_100.0 * seconds) as usize).map(|i| 0.3 * (i as f32 * 0.05).sin()).collect();
        let path = folder.join("tone.wav");
        let audio = Audio { rate_hz: 44_100, channels: vec![samples.clone(), samples] };
        audio.write_wav(&path).expect("a file");
        path
    }

    #[test]
    fn files_are_rendered_beside_themselves_and_replace_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, params) = (tone(folder.path(), 0.5), RemelParams::default());
        for name in ["tone (Remel).wav", "tone (Remel 2).wav"] {
            let bounce = Bounce::start(vec![path.clone()], &params).expect("a thread");
            let place = folder.path().join(name);
            assert_eq!(ended(&bounce), Progress::Done(vec![place.clone()]));
            let (input, output) = (Audio::read(&path).expect("audio"), Audio::read(&place).expect("audio"));
            assert_eq!((output.rate_hz, output.channels.len()), (44_100, 2));
            assert_eq!(output.samples(), input.samples());
            let power = |audio: &Audio| audio.to_mono().iter().map(|sample| sample * sample).sum::<f32>();
            assert!(
                (0.3..3.0).contains(&(power(&output) / power(&input))),
                "{}",
                power(&output) / power(&input)
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_and_what_is_dropped_ends_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let params = RemelParams::default();
        let missing = Bounce::start(vec![folder.path().join("gone.wav")], &params).expect("a thread");
        assert!(matches!(ended(&missing), Progress::Failed(error) if error.contains("gone.wav")));

        let path = tone(folder.path(), 120.0);
        let bounce = Bounce::start(vec![path], &params).expect("a thread");
        std::thread::sleep(Duration::from_millis(200));
        drop(bounce);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing half-written");
    }
}
