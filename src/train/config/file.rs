//! Reading the TOML file.

use std::path::{Path, PathBuf};

use super::{Source, TrainConfig};
use crate::checkpoint::Bundled;
use crate::{Error, Result};

/// What is to be known of backslashes.
const ESCAPES: &str = "; in \"…\" a backslash begins a special character: write a path with / or in '…'";

impl TrainConfig {
    /// Reads and validates a configuration; its relative paths come back relative to where the file's path is, and
    /// `data.cache` filled in.
    ///
    /// # Errors
    /// Where the file cannot be read, is no TOML, has a field that is unknown, missing or of another type, or a
    /// value out of its range.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, e))?;
        let mut config: Self = toml::from_str(&text).map_err(|e| explained(path, &text, e))?;
        config.check_paths(&path.display().to_string())?;
        config.resolve(path.parent().unwrap_or(Path::new("")));
        config.validate(&path.display().to_string())?;
        Ok(config)
    }

    /// Refuses paths in which backslashes have become tabs and the like: `"C:\temp"` is TOML, but means something else.
    fn check_paths(&self, place: &str) -> Result<()> {
        let source = PathBuf::from(self.data.source.clone());
        let paths = [
            ("model", Some(&self.model)),
            ("run", self.run.as_ref()),
            ("init", self.init.as_ref()),
            ("data.source", Some(&source)),
            ("data.cache", self.data.cache.as_ref()),
            ("data.embeddings", self.data.embeddings.as_ref()),
            ("distill.teacher", self.distill.as_ref().map(|distill| &distill.teacher)),
        ];
        for (field, path) in paths.into_iter().filter_map(|(field, path)| Some((field, path?))) {
            let text = path.to_string_lossy();
            if text.contains(char::is_control) {
                return Err(Error::invalid(place, field, format!("{text:?}"), format!("a path{ESCAPES}")));
            }
        }
        Ok(())
    }

    /// Puts relative paths into `folder`.
    fn resolve(&mut self, folder: &Path) {
        let within = |path: &mut PathBuf| *path = folder.join(at_home(path));
        within(&mut self.model);
        self.run.as_mut().map(within);
        self.init.as_mut().filter(|init| Bundled::named(init).is_none()).map(within);
        if let Source::Folder(source) = &mut self.data.source {
            within(source);
        }
        self.data.cache.as_mut().map(within);
        self.data.embeddings.as_mut().map(within);
        if let Some(distill) = &mut self.distill {
            within(&mut distill.teacher);
        }
        let runs = self.runs();
        self.data.cache.get_or_insert_with(|| runs.join("cache"));
    }
}

/// `path`, with the user's own folder for a `~` at its start.
fn at_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

/// The parser's error in one line, with the line of the file and the field.
fn explained(path: &Path, text: &str, mut error: toml::de::Error) -> Error {
    let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
    // Without the text, the error shows the path of the field that it is about: "… in `training.batch`".
    error.set_input(None);
    let shown = error.to_string();
    let field = shown.lines().find_map(|line| line.strip_prefix("in `")?.strip_suffix('`'));
    let place = [line.map(|line| format!("line {line}")), field.map(|field| format!("field `{field}`"))];
    let place: Vec<String> = place.into_iter().flatten().collect();
    let mut message = error.message().replace('\n', ", ");
    let line = line.and_then(|line| text.lines().nth(line - 1)).unwrap_or_default();
    if line.contains('\\') && line.contains('"') {
        message += ESCAPES;
    }
    let reason = if place.is_empty() { message } else { format!("{}: {message}", place.join(", ")) };
    Error::unreadable(path, reason)
}
