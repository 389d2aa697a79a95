//! A preset as a file: JSON, which people may read and write.
//!
//! ```json
//! {
//!   "remel_preset": 1,
//!   "category": "Talking",
//!   "description": "A pad that speaks the words of a voice.",
//!   "routing": "Pad into the main input, voice into the side chain.",
//!   "model": "small",
//!   "parameters": { "mel_from": "side", "carrier": "main", "strength": 0.55, "detail": 0.5 }
//! }
//! ```
//!
//! A parameter that is not there has its default. Nothing in a file is trusted: it may come from anyone.

use super::{Origin, Preset, sets};
use crate::values::Values;
use remel::audio::write_whole_and_sync;
use remel::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The format's version, which is in every file.
const VERSION: u64 = 1;
/// The largest file that is read, in bytes: a preset has under a thousand.
const MOST_BYTES: u64 = 1 << 16;
/// The most characters of a text in it.
const MOST_CHARACTERS: usize = 500;

/// What is in a file.
#[derive(Serialize, Deserialize)]
pub struct Written {
    #[serde(rename = "remel_preset")]
    version: u64,
    #[serde(default)]
    category: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    routing: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<PathBuf>,
    #[serde(default)]
    parameters: Map<String, Value>,
    /// What a later version may have written.
    #[serde(flatten, skip_serializing)]
    others: Map<String, Value>,
}

impl Written {
    /// The preset `name` from `origin` that this is, and what of it was left out, a phrase each. `place` is its name in errors.
    ///
    /// # Errors
    /// It is of another version, or a text in it is too long.
    pub fn preset(self, place: &str, name: &str, origin: Origin) -> Result<(Preset, Vec<String>)> {
        if self.version != VERSION {
            return Err(Error::invalid(place, "remel_preset", self.version, VERSION));
        }
        let model = self.model.as_ref().map(|model| model.display().to_string()).unwrap_or_default();
        for (field, text) in [
            ("category", &self.category),
            ("description", &self.description),
            ("routing", &self.routing),
            ("model", &model),
        ] {
            if text.chars().count() > MOST_CHARACTERS {
                let found = format!("{} characters", text.chars().count());
                return Err(Error::invalid(place, field, found, format!("at most {MOST_CHARACTERS}")));
            }
        }
        let (values, mut notices) = Values::from_json(&self.parameters, sets);
        notices.extend(self.others.keys().map(|key| format!("{key}: no field of a preset")));
        let clean = |text: String| text.replace(char::is_control, " ").trim().to_owned();
        let category = Some(clean(self.category)).filter(|category| !category.is_empty());
        let preset = Preset {
            name: name.to_owned(),
            category: category.unwrap_or_else(|| "User".to_owned()),
            description: clean(self.description),
            routing: clean(self.routing),
            model: self.model.filter(|model| !model.as_os_str().is_empty()),
            values,
            origin,
        };
        Ok((preset, notices))
    }
}

/// Reads the preset in the file `path`, and what of it was left out, a phrase each.
///
/// # Errors
/// The file is not there, too large or no preset.
pub fn read(path: &Path) -> Result<(Preset, Vec<String>)> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|e| Error::io(path, e))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Error::invalid(path.display(), "size", "more", format!("at most {MOST_BYTES} bytes")));
    }
    let refused = |e| Error::unreadable(path, format!("no preset: {e}"));
    let written: Written = serde_json::from_slice(&bytes).map_err(refused)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    written.preset(&path.display().to_string(), &name, Origin::User(path.to_owned()))
}

/// Writes `preset` to `path`, whole or not at all.
///
/// # Errors
/// With the path and the system's answer.
pub fn write(preset: &Preset, path: &Path) -> Result<()> {
    let written = Written {
        version: VERSION,
        category: preset.category.clone(),
        description: preset.description.clone(),
        routing: preset.routing.clone(),
        model: preset.model.clone(),
        parameters: preset.values.to_json(),
        others: Map::new(),
    };
    let mut text = serde_json::to_string_pretty(&written).map_err(|e| Error::unreadable(path, e))?;
    text.push('\n');
    write_whole_and_sync(path, |file| file.write_all(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What reading a file that holds `text` answers.
    fn read_text(text: &str) -> Result<(Preset, Vec<String>)> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("Mine.remelpreset");
        std::fs::write(&path, text).expect("a file");
        read(&path)
    }

    #[test]
    fn a_preset_comes_back_from_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("Mine.remelpreset");
        let text = r#"{"remel_preset":1,"category":"Mine","description":"What it is.","routing":"In, out.",
            "model":"large","parameters":{"strength":0.35,"carrier":"main","smear":0.2}}"#;
        let (preset, notices) = read_text(text).expect("a preset");
        assert_eq!((preset.name.as_str(), notices.len()), ("Mine", 0));
        write(&preset, &path).expect("a file");
        let (again, notices) = read(&path).expect("a preset");
        assert_eq!(notices, Vec::<String>::new());
        assert_eq!(again, Preset { origin: Origin::User(path), ..preset });
    }

    #[test]
    fn what_a_preset_does_not_know_is_told_and_nothing_else_is_lost() {
        let text = r#"{"remel_preset":1,"later":[1],"parameters":{"mix":0.5,"bypass":true,"warp":1}}"#;
        let (preset, notices) = read_text(text).expect("a preset");
        assert_eq!(preset.values.to_json()["mix"], 0.5);
        assert_eq!((preset.category.as_str(), preset.model), ("User", None));
        assert_eq!(
            notices,
            [
                "bypass: no parameter of a preset",
                "warp: no parameter of a preset",
                "later: no field of a preset"
            ]
        );
    }

    #[test]
    fn hostile_files_are_refused_in_one_line_that_says_why() {
        let long = format!(r#"{{"remel_preset":1,"description":"{}"}}"#, "x".repeat(MOST_CHARACTERS + 1));
        let large = format!(r#"{{"remel_preset":1,"x":"{}"}}"#, "x".repeat(MOST_BYTES as usize));
        let deep = format!(r#"{{"remel_preset":1,"x":{}"#, "[".repeat(10_000));
        for (text, said) in [
            ("", "no preset: "),
            ("\u{0}\u{1}", "no preset: "),
            ("[]", "no preset: "),
            ("{}", "missing field `remel_preset`"),
            (r#"{"remel_preset":2}"#, "remel_preset: found 2, expected 1"),
            (r#"{"remel_preset":1,"parameters":3}"#, "no preset: "),
            (r#"{"remel_preset":1,"model":7}"#, "no preset: "),
            (&long, "description: found 501 characters, expected at most 500"),
            (&large, "size: found more, expected at most 65536 bytes"),
            (&deep, "no preset: "),
        ] {
            let error = read_text(text).expect_err("it is refused").to_string();
            assert!(error.contains("Mine.remelpreset: ") && error.contains(said), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }
}
