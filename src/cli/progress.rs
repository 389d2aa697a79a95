//! A progress bar on a terminal; nothing elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over network calls.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar that says what is going on.
    pub fn new(what: &'static str) -> Self {
        let bar = ProgressBar::new(0);
        let style =
            ProgressStyle::with_template("{msg} {bar:32} {pos}/{len} network calls, {per_sec}, {eta} left")
                .expect("the template is well-formed");
        bar.set_style(style);
        bar.set_message(what);
        Self(bar)
    }

    /// Shows `done` of `all` calls.
    pub fn show(&self, done: usize, all: usize) {
        self.0.set_length(all as u64);
        self.0.set_position(done as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
