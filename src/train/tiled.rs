//! The residual layers of a network on the CPU's tile unit, in bf16, as one operation with a gradient.

use std::fmt;
use std::sync::Arc;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::tensor::{DType, Shape, Tensor};

use crate::network::DiffWaveConfig;
use crate::network::diffwave::amx::{CropGradients, CropInputs, ResidualStack, Trace};
use crate::network::diffwave::burn::ResidualInputs;

/// Computes the sum of the skips of all residual layers.
///
/// # Panics
/// Where the machine has no tile unit, or signals are not of whole mel frames.
pub fn residual_layers(config: &DiffWaveConfig, inputs: ResidualInputs) -> Tensor<3> {
    let ResidualInputs { x, steps, conditioner, bias, weights } = inputs;
    Tensor::from_dispatch(<Dispatch as Tiled>::tiled(
        x.into_dispatch(),
        steps.into_dispatch(),
        conditioner.into_dispatch(),
        bias.into_dispatch(),
        weights.into_dispatch(),
        config.clone(),
    ))
}

/// Backends that have the operation.
#[backend_extension(Flex, Autodiff)]
trait Tiled: Backend {
    fn tiled(
        x: FloatTensor<Self>,
        steps: FloatTensor<Self>,
        conditioner: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        config: DiffWaveConfig,
    ) -> FloatTensor<Self>;
}

impl Tiled for Flex {
    fn tiled(
        x: FlexTensor,
        steps: FlexTensor,
        conditioner: FlexTensor,
        bias: FlexTensor,
        weights: FlexTensor,
        config: DiffWaveConfig,
    ) -> FlexTensor {
        forward([x, steps, conditioner, bias, weights], &config).0
    }
}

impl<C: CheckpointStrategy> Tiled for Autodiff<Flex, C> {
    fn tiled(
        x: FloatTensor<Self>,
        steps: FloatTensor<Self>,
        conditioner: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        config: DiffWaveConfig,
    ) -> FloatTensor<Self> {
        let inputs = [&x, &steps, &conditioner, &bias, &weights];
        let (skips, traces) = forward(inputs.map(|input| input.primitive().clone()), &config);
        let nodes = inputs.map(|input| input.node());
        match Layers.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(step) => step.finish(Arc::new(traces), skips),
            OpsKind::UnTracked(step) => step.finish(skips),
        }
    }
}

/// What the backward pass needs.
struct Traces {
    stack: ResidualStack,
    traces: Vec<Trace>,
    /// Shapes of the operation's inputs.
    shapes: [Shape; 5],
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Traces").field("shapes", &self.shapes).finish_non_exhaustive()
    }
}

/// The signals of a batch, one after another, and what is needed to come back.
fn forward(inputs: [FlexTensor; 5], config: &DiffWaveConfig) -> (FlexTensor, Traces) {
    let inputs = inputs.map(|input| input.to_contiguous());
    let shapes = inputs.each_ref().map(|input| input.layout().shape().clone());
    let [x, steps, conditioner, bias, weights] = inputs.each_ref().map(|input| input.storage::<f32>());
    let batch = shapes[0][0];
    let stack = ResidualStack::new(config, shapes[2][1], weights);
    let mut skips = FlexTensor::empty(shapes[0].clone(), DType::F32);
    let plane = x.len() / batch;
    let traces = skips.storage_mut::<f32>().chunks_exact_mut(plane).enumerate().map(|(index, skips)| {
        let inputs = CropInputs {
            x: share(x, batch, index),
            steps: share(steps, batch, index),
            conditioner: share(conditioner, batch, index),
            bias: share(bias, batch, index),
        };
        stack.forward(&inputs, skips)
    });
    let traces = traces.collect();
    (skips, Traces { stack, traces, shapes })
}

/// What of `values` belongs to signal `index` of `batch`.
fn share(values: &[f32], batch: usize, index: usize) -> &[f32] {
    let length = values.len() / batch;
    &values[index * length..(index + 1) * length]
}

/// The operation's step backwards.
#[derive(Debug)]
struct Layers;

impl Backward<Flex, 5> for Layers {
    type State = Arc<Traces>;

    fn backward(self, ops: Ops<Arc<Traces>, 5>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let skips = gradients.consume::<Flex>(&ops.node).to_contiguous();
        let Traces { stack, traces, shapes } = &*ops.state;
        let plane = skips.storage::<f32>().len() / traces.len();
        let mut found: [Vec<f32>; 5] = Default::default();
        found[4].resize(shapes[4].num_elements(), 0.0);
        for (trace, skips) in traces.iter().zip(skips.storage::<f32>().chunks_exact(plane)) {
            let CropGradients { x, steps, conditioner, bias } = stack.backward(trace, skips, &mut found[4]);
            for (found, own) in found.iter_mut().zip([x, steps, conditioner, bias]) {
                found.extend(own);
            }
        }
        for ((parent, found), shape) in ops.parents.into_iter().zip(found).zip(shapes) {
            if let Some(parent) = parent {
                let mut gradient = FlexTensor::empty(shape.clone(), DType::F32);
                gradient.storage_mut::<f32>().copy_from_slice(&found);
                gradients.register::<Flex>(parent.id, gradient);
            }
        }
    }
}
