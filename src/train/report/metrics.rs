//! A table of figures over steps, as CSV.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::audio::write_whole;
use crate::{Error, Result};

/// A CSV file: a column `step`, then one per figure; a line per step that something was measured at.
///
/// Every line is written at once, so that a killed training leaves whole lines behind, but for the last one, which
/// the next opening drops if it is none.
pub struct Metrics {
    path: PathBuf,
    file: File,
    columns: usize,
}

impl Metrics {
    /// Opens the table at `path` to go on from `step` (0 in a new training), with these figures. What an earlier
    /// training wrote of that step and later ones, which are now trained again, is removed.
    ///
    /// # Errors
    /// Where the file cannot be read or written, or has other columns.
    pub fn open(path: &Path, columns: &[&str], step: u64) -> Result<Self> {
        let header = std::iter::once("step").chain(columns.iter().copied()).collect::<Vec<_>>().join(",");
        let kept = match std::fs::read_to_string(path) {
            Ok(text) => kept(path, &text, &header, step)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Error::io(path, error)),
        };
        write_whole(path, |file| write!(file, "{header}\n{kept}"))?;
        let file = File::options().append(true).open(path).map_err(|e| Error::io(path, e))?;
        Ok(Self { path: path.to_path_buf(), file, columns: columns.len() })
    }

    /// Adds a line: one value per column, none where it was not measured.
    ///
    /// # Errors
    /// Where the file cannot be written.
    ///
    /// # Panics
    /// Where there are more or fewer values than columns.
    pub fn record(&mut self, step: u64, values: &[Option<f64>]) -> Result<()> {
        assert_eq!(values.len(), self.columns, "one value per column");
        let mut line = step.to_string();
        for value in values {
            line.push(',');
            line.extend(value.map(|value| value.to_string()));
        }
        line.push('\n');
        append(&mut self.file, line.as_bytes()).map_err(|e| Error::io(&self.path, e))
    }
}

/// Adds `bytes` to a file that is open for appending: all of them or, where the disk is full, none.
pub(super) fn append(file: &mut File, bytes: &[u8]) -> std::io::Result<()> {
    let length = file.metadata()?.len();
    file.write_all(bytes).inspect_err(|_| {
        // What comes after a torn entry could not be read. The first error is the one that is told.
        let _ = file.set_len(length);
    })
}

/// The lines of `text` before `step`.
fn kept(path: &Path, text: &str, header: &str, step: u64) -> Result<String> {
    let mut lines = text.split_inclusive('\n');
    let found = lines.next().unwrap_or_default().trim_end();
    // A table that is to begin anew may be any.
    if step > 0 && found != header {
        return Err(Error::invalid(path.display(), "columns", found, header));
    }
    let earlier = |line: &&str| {
        let number = line.split(',').next().and_then(|field| field.parse::<u64>().ok());
        line.ends_with('\n') && number.is_some_and(|number| number < step)
    };
    Ok(lines.filter(earlier).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resumed_table_has_every_step_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.csv");
        let mut metrics = Metrics::open(&path, &["loss", "validation"], 0).unwrap();
        for step in 0..6 {
            metrics.record(step, &[Some(0.5 / (1 << step) as f64), (step == 2).then_some(0.25)]).unwrap();
        }
        // As a kill in the midst of a line leaves it.
        std::fs::write(&path, std::fs::read_to_string(&path).unwrap() + "6,0.0").unwrap();
        let mut metrics = Metrics::open(&path, &["loss", "validation"], 3).unwrap();
        metrics.record(3, &[None, Some(1.0)]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "step,loss,validation\n0,0.5,\n1,0.25,\n2,0.125,0.25\n3,,1\n");
    }

    #[test]
    fn a_torn_last_line_is_dropped_even_where_its_step_would_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.csv");
        std::fs::write(&path, "step,loss\n1,0.5\n2,0.").unwrap();
        drop(Metrics::open(&path, &["loss"], 10).unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "step,loss\n1,0.5\n");
    }

    #[test]
    fn other_columns_are_refused_when_resumed_and_replaced_when_begun() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.csv");
        std::fs::write(&path, "step,loss\n1,0.5\n").unwrap();
        let message = Metrics::open(&path, &["loss", "rate"], 5).err().unwrap().to_string();
        assert!(
            message.contains("metrics.csv: columns: found step,loss, expected step,loss,rate"),
            "{message}"
        );
        drop(Metrics::open(&path, &["rate"], 0).unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "step,rate\n");
    }
}
