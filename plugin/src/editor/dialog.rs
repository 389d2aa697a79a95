//! The system's dialogs for files. They run beside the editor: each picture asks whether there is an answer.

use rfd::{AsyncFileDialog, FileHandle};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// No user answers faster: a dialog that is gone by then was never there.
const FASTEST: Duration = Duration::from_millis(250);

/// A dialog that is open.
pub struct Dialog {
    answer: Pin<Box<dyn Future<Output = Option<FileHandle>> + Send>>,
    opened: Instant,
}

/// What came of it.
pub enum Answer {
    /// The user chose this file.
    Chosen(PathBuf),
    /// The user chose none.
    Cancelled,
    /// There is no such dialog here.
    Unavailable,
}

impl Dialog {
    /// Asks for a file to open, of these `endings`, which are called `kind`; in `folder` first.
    pub fn open(kind: &str, endings: &[&str], folder: Option<&Path>) -> Self {
        let dialog = AsyncFileDialog::new().set_title("Remel").add_filter(kind, endings);
        let dialog = match folder.filter(|folder| folder.is_dir()) {
            Some(folder) => dialog.set_directory(folder),
            None => dialog,
        };
        Self { answer: Box::pin(dialog.pick_file()), opened: Instant::now() }
    }

    /// Asks where a copy of the sound in `file` is to lie.
    pub fn save_as(file: &Path) -> Self {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let dialog = AsyncFileDialog::new().set_title("Remel").add_filter("WAV", &["wav"]).set_file_name(name);
        let dialog = match file.parent() {
            Some(folder) => dialog.set_directory(folder),
            None => dialog,
        };
        Self { answer: Box::pin(dialog.save_file()), opened: Instant::now() }
    }

    /// The answer, once there is one; the dialog is to be dropped then.
    pub fn answer(&mut self) -> Option<Answer> {
        match self.answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => None,
            Poll::Ready(Some(file)) => Some(Answer::Chosen(file.path().to_owned())),
            Poll::Ready(None) if self.opened.elapsed() < FASTEST => Some(Answer::Unavailable),
            Poll::Ready(None) => Some(Answer::Cancelled),
        }
    }
}
