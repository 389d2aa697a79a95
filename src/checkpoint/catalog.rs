//! The tensors of a file by name, whose values are read when their names and shapes have been found to be a network's.

use std::path::Path;

use super::pickle::{Data, TensorView};
use super::storages::Storages;
use crate::network::{Tensor, Weights};
use crate::{Error, Result};

/// Most tensors of a file: some hundred times as many as a network of ours has.
pub const MOST_TENSORS: usize = 20_000;

/// The tensors of a file.
pub struct Catalog<'a> {
    pub tensors: Vec<(String, TensorView)>,
    pub source: Source<'a>,
}

/// Where their values are.
pub enum Source<'a> {
    PyTorch(Storages<'a>),
    /// The values of a safetensors file, one tensor after the other: offsets are in bytes.
    Safetensors(&'a [u8]),
}

impl Catalog<'_> {
    /// Names and shapes, without values.
    pub fn hollow(&self) -> Weights {
        let mut weights = Weights::default();
        for (name, view) in &self.tensors {
            weights.insert(name.as_str(), Tensor { shape: view.shape.clone(), data: Vec::new() });
        }
        weights
    }

    /// All whose names begin with `prefix`, with their values.
    ///
    /// # Errors
    /// Names the file and the tensor.
    pub fn read(&mut self, path: &Path, prefix: &str) -> Result<Weights> {
        let mut weights = Weights::default();
        for (name, view) in self.tensors.iter().filter(|(name, _)| name.starts_with(prefix)) {
            let data = match (&mut self.source, &view.data) {
                (Source::Safetensors(bytes), Data::Stored(_)) => {
                    let length = view.shape.iter().product::<usize>() * view.number.size();
                    view.number.widen(&bytes[view.offset..][..length])
                }
                (Source::PyTorch(storages), _) => {
                    let read = storages.read(view);
                    let read = read.map_err(|e| Error::unreadable(path, format!("tensor {name}: {e}")))?;
                    view.number.widen(&read)
                }
                (Source::Safetensors(_), Data::Inline(bytes)) => view.number.widen(bytes),
            };
            weights.insert(name.as_str(), Tensor { shape: view.shape.clone(), data });
        }
        Ok(weights)
    }
}
