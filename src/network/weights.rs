//! Weights at rest: named tensors of `f32`, tied to no device and no framework.

use std::collections::BTreeMap;

#[cfg(feature = "gpu")]
use half::f16;

use crate::{Error, Result};

/// A tensor in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Length of every axis.
    pub shape: Vec<usize>,
    /// The values, the last axis running fastest.
    pub data: Vec<f32>,
}

/// The weights of a network by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    tensors: BTreeMap<String, Tensor>,
}

impl Weights {
    /// Adds or replaces a tensor.
    pub fn insert(&mut self, name: impl Into<String>, tensor: Tensor) {
        self.tensors.insert(name.into(), tensor);
    }

    /// The tensor `name`, where there is one.
    pub fn get(&self, name: &str) -> Option<&Tensor> {
        self.tensors.get(name)
    }

    /// Takes the tensor `name` out.
    pub fn remove(&mut self, name: &str) -> Option<Tensor> {
        self.tensors.remove(name)
    }

    /// All tensors in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// Whether each value is a number of half precision, as those of files in half precision are.
    #[cfg(feature = "gpu")]
    pub(crate) fn are_halves(&self) -> bool {
        let is_half = |value: &f32| f16::from_f32(*value).to_f32() == *value;
        self.tensors.values().all(|tensor| tensor.data.iter().all(is_half))
    }

    /// Number of parameters.
    pub fn parameters(&self) -> usize {
        self.tensors.values().map(|t| t.data.len()).sum()
    }

    /// Values of the tensor `name` of weights that have been validated.
    ///
    /// # Panics
    /// Where there is none.
    pub fn values(&self, name: &str) -> &[f32] {
        &self.tensors.get(name).unwrap_or_else(|| panic!("validated weights hold {name}")).data
    }

    /// Holds the weights against a table of names and shapes.
    ///
    /// # Errors
    /// Names the first tensor of `place` that is missing, has another shape, is not finite, or is unknown.
    pub fn validate(&self, place: &str, table: &[(String, Vec<usize>)]) -> Result<()> {
        for (name, shape) in table {
            let field = format!("tensor {name}");
            let Some(tensor) = self.tensors.get(name) else {
                return Err(Error::invalid(place, field, "none", format!("shape {shape:?}")));
            };
            if tensor.shape != *shape {
                let found = format!("shape {:?}", tensor.shape);
                return Err(Error::invalid(place, field, found, format!("shape {shape:?}")));
            }
            if let Some(bad) = tensor.data.iter().find(|v| !v.is_finite()) {
                return Err(Error::invalid(place, field, bad, "finite values"));
            }
        }
        let known = |name: &String| table.iter().any(|(other, _)| other == name);
        match self.tensors.keys().find(|name| !known(name)) {
            Some(name) => Err(Error::invalid(place, format!("tensor {name}"), "it", "no such tensor")),
            None => Ok(()),
        }
    }
}

#[cfg(all(test, feature = "gpu"))]
mod tests {
    use super::*;

    #[test]
    fn one_value_decides_whether_all_are_halves() {
        let mut weights = Weights::default();
        weights.insert("exact", Tensor { shape: vec![3], data: vec![0.5, -65504.0, 2f32.powi(-24)] });
        assert!(weights.are_halves());
        weights.insert("rounded", Tensor { shape: vec![1], data: vec![0.1] });
        assert!(!weights.are_halves());
    }
}
