//! The gated activation σ(a)·tanh(b) (DiffWave, figure 2), as an operation of its own where its gradient is asked for
//! on the CPU: composed of burn's, it would take half of a training step of DiffWave.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::tensor::{DType, Shape, Tensor};

use crate::kernel::exp;

/// σ of the first half of the channels times tanh of the second. `[batch, 2 · channels, samples] → [batch, channels,
/// samples]`, on the CPU.
pub fn gated(y: Tensor<3>) -> Tensor<3> {
    Tensor::from_dispatch(<Dispatch as Gated>::gated(y.into_dispatch()))
}

/// Backends that have the operation.
#[backend_extension(Flex, Autodiff)]
trait Gated: Backend {
    fn gated(y: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl Gated for Flex {
    fn gated(y: FloatTensor<Self>) -> FloatTensor<Self> {
        forward(&y.to_contiguous())
    }
}

impl<C: CheckpointStrategy> Gated for Autodiff<Flex, C> {
    fn gated(y: FloatTensor<Self>) -> FloatTensor<Self> {
        let values = y.primitive().to_contiguous();
        let gated = forward(&values);
        match Gate.prepare::<C>([y.node()]).compute_bound().stateful() {
            OpsKind::Tracked(step) => step.finish(values, gated),
            OpsKind::UnTracked(step) => step.finish(gated),
        }
    }
}

/// The operation's step backwards, which keeps its input.
#[derive(Debug)]
struct Gate;

impl Backward<Flex, 1> for Gate {
    type State = FlexTensor;

    fn backward(self, ops: Ops<FlexTensor, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let y = ops.state;
        unary::<Flex, _>(ops.parents, ops.node, gradients, |gradient| backward(&y, &gradient.to_contiguous()));
    }
}

fn forward(y: &FlexTensor) -> FlexTensor {
    let [batch, channels, samples] = halved(y);
    let mut out = FlexTensor::empty(Shape::from(vec![batch, channels, samples]), DType::F32);
    let plane = channels * samples;
    let rows = y.storage::<f32>().chunks_exact(2 * plane).zip(out.storage_mut::<f32>().chunks_exact_mut(plane));
    for (y, out) in rows {
        let (gates, filters) = y.split_at(plane);
        for ((out, gate), filter) in out.iter_mut().zip(gates).zip(filters) {
            let [sigmoid, tanh] = activations(*gate, *filter);
            *out = sigmoid * tanh;
        }
    }
    out
}

/// ∂(σ·t)/∂a = σ(1 − σ)·t and ∂(σ·t)/∂b = σ(1 − t²).
fn backward(y: &FlexTensor, gradient: &FlexTensor) -> FlexTensor {
    let [batch, channels, samples] = halved(y);
    let mut out = FlexTensor::empty(Shape::from(vec![batch, 2 * channels, samples]), DType::F32);
    let plane = channels * samples;
    let gradients = gradient.storage::<f32>().chunks_exact(plane);
    let rows = out.storage_mut::<f32>().chunks_exact_mut(2 * plane);
    for ((out, y), gradient) in rows.zip(y.storage::<f32>().chunks_exact(2 * plane)).zip(gradients) {
        let (gates, filters) = y.split_at(plane);
        let (gate_gradients, filter_gradients) = out.split_at_mut(plane);
        let given = gates.iter().zip(filters).zip(gradient);
        for ((to_gate, to_filter), ((gate, filter), gradient)) in
            gate_gradients.iter_mut().zip(filter_gradients).zip(given)
        {
            let [sigmoid, tanh] = activations(*gate, *filter);
            *to_gate = gradient * sigmoid * (1.0 - sigmoid) * tanh;
            *to_filter = gradient * sigmoid * (1.0 - tanh * tanh);
        }
    }
    out
}

/// Batch, half of the channels, samples.
fn halved(y: &FlexTensor) -> [usize; 3] {
    let shape = y.layout().shape();
    [shape[0], shape[1] / 2, shape[2]]
}

/// σ(a) and tanh(b), within 1e-6.
#[inline(always)]
fn activations(a: f32, b: f32) -> [f32; 2] {
    let (u, v) = (exp(-a), exp(-2.0 * b));
    [1.0 / (1.0 + u), (1.0 - v) / (1.0 + v)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activations_are_those_of_the_library() {
        for step in -4000..4000_i32 {
            let x = step as f32 * 0.01;
            let [sigmoid, tanh] = activations(x, x);
            assert!(
                (f64::from(sigmoid) - 1.0 / (1.0 + f64::from(-x).exp())).abs() < 1e-6,
                "σ({x}) = {sigmoid}"
            );
            assert!((f64::from(tanh) - f64::from(x).tanh()).abs() < 1e-6, "tanh({x}) = {tanh}");
        }
    }
}
