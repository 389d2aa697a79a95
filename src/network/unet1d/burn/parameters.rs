//! Parameters by name.

use std::collections::BTreeMap;

use burn::tensor::Tensor;

use super::affine::Affine;
use crate::network::unet1d::config::UNet1dConfig;
use crate::network::unet1d::table;

/// Where parameters come from: asked for by name, given flat, and shaped as the table has it.
pub(super) struct Parameters<'a> {
    shapes: BTreeMap<String, Vec<usize>>,
    next: &'a mut dyn FnMut(&str) -> Tensor<1>,
}

impl<'a> Parameters<'a> {
    pub(super) fn new(config: &UNet1dConfig, next: &'a mut dyn FnMut(&str) -> Tensor<1>) -> Self {
        Self { shapes: table::tensors(config).into_iter().collect(), next }
    }

    pub(super) fn tensor<const D: usize>(&mut self, name: &str) -> Tensor<D> {
        let shape = self.shapes.get(name).and_then(|shape| <[usize; D]>::try_from(&shape[..]).ok());
        let shape = shape.unwrap_or_else(|| panic!("the network's table holds {name} with {D} axes"));
        (self.next)(name).reshape(shape)
    }

    pub(super) fn affine<const D: usize>(&mut self, name: &str) -> Affine<D> {
        Affine { weight: self.tensor(&format!("{name}.weight")), bias: self.tensor(&format!("{name}.bias")) }
    }
}
