//! What of a folder is learned from, and what is left out and why, in a line.

use std::collections::BTreeMap;

/// Why something in the folder is not learned from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LeftOut {
    /// Sound of a kind that is not read, by its extension.
    Kind(String),
    /// It cannot be read, or is of no use as it is.
    Unreadable,
    /// Nothing is heard in it.
    Silent,
    /// It is in the folder of no class.
    NoClass,
    /// The folder of a training, with what it has written.
    Run,
    /// What a training has written, beside recordings.
    Sample,
}

impl LeftOut {
    /// So many of them, in words.
    fn counted(&self, count: usize) -> String {
        let (files, folders) = if count == 1 { ("file", "folder") } else { ("files", "folders") };
        match self {
            Self::Kind(extension) => format!("{count} .{extension} {files} (not read)"),
            Self::Unreadable => format!("{count} {files} of no use"),
            Self::Silent => format!("{count} silent {files}"),
            Self::NoClass => format!("{count} {files} in no class's folder"),
            Self::Run => format!("{count} {folders} of trainings"),
            Self::Sample => format!("{count} {files} that a training wrote"),
        }
    }
}

/// What was left out of a folder.
#[derive(Default)]
pub(super) struct Inventory {
    left_out: BTreeMap<LeftOut, usize>,
}

impl Inventory {
    /// One more is left out.
    pub(super) fn leave_out(&mut self, reason: LeftOut) {
        *self.left_out.entry(reason).or_default() += 1;
    }

    /// All that is left out, in words; none where nothing is.
    pub(super) fn left_out(&self) -> Option<String> {
        let counts: Vec<String> = self.left_out.iter().map(|(reason, count)| reason.counted(*count)).collect();
        (!counts.is_empty()).then(|| counts.join(", "))
    }

    /// The line: so many `files`, and how many seconds of them there are to learn from and to validate with.
    pub(super) fn line(&self, files: usize, seconds: [f64; 2]) -> String {
        let files = if files == 1 { "1 file".into() } else { format!("{files} files") };
        let [training, validation] = seconds.map(duration);
        let left_out = self.left_out().map_or(String::new(), |left_out| format!("; left out: {left_out}"));
        format!("{files}, {training} to learn from, {validation} to validate with{left_out}")
    }
}

/// A time as one reads it.
fn duration(seconds: f64) -> String {
    match seconds {
        short if short < 60.0 => format!("{short:.1} seconds"),
        middling if middling < 7200.0 => format!("{:.1} minutes", middling / 60.0),
        long => format!("{:.1} hours", long / 3600.0),
    }
}
