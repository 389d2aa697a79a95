//! Parameters of a network in the order of its table.

use burn::tensor::Tensor;

/// Parameters in the order of a table of names and shapes: asked for by name, given flat, each taking its shape from there.
pub(in crate::network) struct Parameters<'a> {
    shapes: std::vec::IntoIter<(String, Vec<usize>)>,
    next: &'a mut dyn FnMut(&str) -> Tensor<1>,
}

impl<'a> Parameters<'a> {
    /// Those of the network whose weights `table` lists.
    pub(in crate::network) fn new(
        table: Vec<(String, Vec<usize>)>,
        next: &'a mut dyn FnMut(&str) -> Tensor<1>,
    ) -> Self {
        Self { shapes: table.into_iter(), next }
    }

    /// The next tensor of the table.
    ///
    /// # Panics
    /// Where there is none, or it has not `D` axes.
    pub(in crate::network) fn tensor<const D: usize>(&mut self) -> Tensor<D> {
        let (name, shape) = self.shapes.next().expect("the network takes as many tensors as its table holds");
        let shape: [usize; D] = shape.try_into().expect("the table follows the order of the network");
        (self.next)(&name).reshape(shape)
    }
}
