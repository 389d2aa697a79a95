//! Arguments of a foreign network, as JSON under its program's own names.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Error, Result};

/// How deep sections are looked into.
const MOST_DEPTH: usize = 3;

/// What a network was made with, and the file that says so.
#[derive(Clone, Debug)]
pub struct Arguments {
    pub(super) place: String,
    /// As they are written.
    pub(super) text: String,
    root: Value,
}

impl Arguments {
    /// Those in the file `path`.
    ///
    /// # Errors
    /// Names the file, where it is no JSON object or the system refuses it.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, e))?;
        let place = path.display().to_string();
        match serde_json::from_str(&text) {
            Ok(root @ Value::Object(_)) => Ok(Self { place, text, root }),
            Ok(_) => {
                Err(Error::invalid(&place, "root", "no object", "a JSON object of the network's arguments"))
            }
            Err(e) => Err(Error::invalid(&place, "root", e, "a JSON object of the network's arguments")),
        }
    }

    /// The argument `name`, in whatever section it is; none where nobody says it.
    ///
    /// # Errors
    /// Names the file and the argument that is not what is `expected`.
    pub(super) fn one<T: DeserializeOwned>(&self, name: &str, expected: &str) -> Result<Option<T>> {
        let Some(value) = within(&self.root, name, MOST_DEPTH) else { return Ok(None) };
        match T::deserialize(value) {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(Error::invalid(&self.place, name, short(value), expected)),
        }
    }
}

/// The entry `name` of an object or of the objects in it; null says nothing.
fn within<'a>(object: &'a Value, name: &str, depth: usize) -> Option<&'a Value> {
    let entries = object.as_object()?;
    if let Some(value) = entries.get(name).filter(|value| !value.is_null()) {
        return Some(value);
    }
    let inner = depth.checked_sub(1)?;
    entries.values().find_map(|value| within(value, name, inner))
}

/// A value as it is written, as far as it fits a line.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
