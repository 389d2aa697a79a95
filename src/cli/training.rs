//! A training in a terminal: what is shown of it, and how it is interrupted.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use remel::checkpoint;
use remel::train::config::{Objective, TrainConfig, TrainingConfig};
use remel::train::{Observer, Progress, run};

use super::print::note;

/// Parts of a training that its bar tells apart.
const BAR_PARTS: u64 = 1000;
/// The status of a program that was interrupted.
const INTERRUPTED: i32 = 130;

/// Trains what the file `path` says, or with `resume` goes on with it; an interrupt ends it with a checkpoint.
///
/// # Errors
/// Those of the configuration and of the training.
pub fn train(path: &Path, resume: bool) -> Result<()> {
    let config = TrainConfig::read(path)?;
    let stop = Arc::new(AtomicBool::new(false));
    let stopper = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if stopper.swap(true, Ordering::Relaxed) {
            remel::audio::abandon_writes();
            std::process::exit(INTERRUPTED);
        }
        note!("stopping, with a checkpoint; once more ends at once, without");
    })?;
    let mut screen = Screen::new(Arc::clone(&stop), &config.training);
    let model = run(&config, resume, &mut screen)?;
    screen.bar.finish_and_clear();
    let step = checkpoint::load(&model, None)?.header().card.trained_steps;
    let interrupted = if stop.load(Ordering::Relaxed) { ", interrupted: --resume goes on" } else { "" };
    note!("{}: {step} steps{interrupted}", model.display());
    Ok(())
}

/// A bar on a terminal, and lines for what is worth keeping.
struct Screen {
    bar: ProgressBar,
    stop: Arc<AtomicBool>,
    /// Step and seconds when this run began, and the mean loss of late.
    begun: Option<(u64, f64)>,
    loss: f64,
    /// The unit of losses.
    unit: &'static str,
}

impl Screen {
    fn new(stop: Arc<AtomicBool>, config: &TrainingConfig) -> Self {
        // Its length is the training's, be that told in steps or in minutes.
        let bar = ProgressBar::new(BAR_PARTS);
        let unit = if config.objective == Objective::Variational { " bits per sample" } else { "" };
        let style = ProgressStyle::with_template("{bar:24} {msg}").expect("well-formed");
        bar.set_style(style);
        Self { bar, stop, begun: None, loss: 0.0, unit }
    }
}

impl Observer for Screen {
    fn prepared(&mut self, files: usize, all: usize) {
        self.bar.set_message(format!("{files} of {all} files resampled"));
    }

    fn warned(&mut self, line: &str) {
        self.bar.suspend(|| note!("{line}"));
    }

    fn informed(&mut self, line: &str) {
        self.bar.suspend(|| note!("{line}"));
    }

    fn stepped(&mut self, progress: &Progress) {
        let (first_step, first_seconds) = *self.begun.get_or_insert((progress.step - 1, progress.seconds));
        let seconds = (progress.seconds - first_seconds).max(1e-3);
        let rate = (progress.step - first_step) as f64 / seconds;
        self.loss = match self.loss == 0.0 {
            true => progress.loss,
            false => self.loss + 0.02 * (progress.loss - self.loss),
        };
        let left_seconds = progress.seconds * (1.0 - progress.done) / progress.done.max(1e-9);
        let left = HumanDuration(std::time::Duration::from_secs_f64(left_seconds.min(1e8)));
        self.bar.set_position((progress.done * BAR_PARTS as f64) as u64);
        let (step, loss) = (progress.step, self.loss);
        self.bar.set_message(format!("{step} steps, loss {loss:.4}, {rate:.2} steps/s, {left} left"));
    }

    fn validated(&mut self, step: u64, loss: f64) {
        self.bar.suspend(|| note!("step {step}: validation loss {loss:.4}{}", self.unit));
    }

    fn stopped(&mut self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
