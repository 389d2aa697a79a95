//! PyTorch files: their tensors by name, and the plain data beside them.

use std::path::Path;

use super::catalog::{Catalog, MOST_TENSORS, Source};
use super::pickle::{TensorView, Value};
use super::storages::{self, Storages};
use crate::audio::Array;
use crate::{Error, Result};

/// What a training keeps beside its weights, at the top of its file.
const NOT_WEIGHTS: [&str; 6] = ["optimizer", "optim", "lr_scheduler", "scheduler", "callbacks", "loops"];

/// Longest name of a tensor, with those of the dictionaries around it.
const MOST_NAME: usize = 500;

/// Reads what is in the file `path` but the values of its tensors. `bytes` are the file.
///
/// # Errors
/// Names the file, and says why it is no checkpoint.
pub fn open<'a>(path: &Path, bytes: &'a [u8]) -> Result<(Value, Storages<'a>)> {
    let refused = |e: String| Error::unreadable(path, format!("not readable as a PyTorch checkpoint: {e}"));
    let (pickle, storages) = storages::open(bytes).map_err(refused)?;
    Ok((pickle.value().map_err(refused)?, storages))
}

/// The tensors in `root`, under their names with those of the dictionaries around them before.
///
/// # Errors
/// Where it is no dictionary.
pub fn catalog<'a>(path: &Path, root: &Value, storages: Storages<'a>) -> Result<Catalog<'a>> {
    let Value::Map(entries) = root else {
        return Err(Error::invalid(path.display(), "root", root.kind(), "a dictionary of tensors"));
    };
    let mut tensors = Vec::new();
    for (name, value) in entries {
        let name_lower = name.to_ascii_lowercase();
        if !NOT_WEIGHTS.iter().any(|other| name_lower.starts_with(other)) {
            collect(name.clone(), value, &mut tensors);
        }
    }
    if tensors.len() > MOST_TENSORS {
        let found = format!("more than {MOST_TENSORS}");
        return Err(Error::invalid(path.display(), "tensors", found, "at most as many"));
    }
    Ok(Catalog { tensors, source: Source::PyTorch(storages) })
}

/// Puts what tensors there are in `value` with those before, as long as they have names and are as many as any model's.
fn collect(name: String, value: &Value, tensors: &mut Vec<(String, TensorView)>) {
    if name.len() > MOST_NAME || tensors.len() > MOST_TENSORS {
        return;
    }
    match value {
        // Counters are integers, but no weight is.
        Value::Tensor(tensor) if tensor.number.is_float() => tensors.push((name, tensor.clone())),
        Value::Map(entries) => {
            for (inner, value) in entries {
                collect(format!("{name}.{inner}"), value, tensors);
            }
        }
        _ => {}
    }
}

/// The one tensor that the file `path` holds.
///
/// # Errors
/// Where it holds another thing, or several.
pub fn array(path: &Path, bytes: &[u8]) -> Result<Array> {
    let (root, mut storages) = open(path, bytes)?;
    let mut tensors = Vec::new();
    match &root {
        Value::List(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(index.to_string(), item, &mut tensors));
        }
        root => collect(String::new(), root, &mut tensors),
    }
    let [(_, tensor)] = tensors.as_slice() else {
        let found = if tensors.len() > 1 {
            format!("{} of {} tensors", root.kind(), tensors.len())
        } else {
            root.kind()
        };
        let expected = "one tensor of mel frames (torch.save(mel, path))";
        return Err(Error::invalid(path.display(), "root", found, expected));
    };
    let read = storages.read(tensor).map_err(|e| Error::unreadable(path, e))?;
    Ok(Array { shape: tensor.shape.clone(), data: tensor.number.widen(&read) })
}
