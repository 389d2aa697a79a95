//! All parameters of a network as one vector: what an optimizer, an average and a file need of them is one operation
//! each.

use burn::tensor::{Device, FloatDType, Tensor, TensorData};

use super::config::Precision;
use crate::network;
use crate::network::bandwave::burn::BandWave;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
use crate::network::diffwave::amx;
use crate::network::diffwave::burn::{DiffWave, ResidualLayers};
use crate::network::unet1d::burn::UNet1d;
use crate::network::wavegrad::burn::WaveGrad;
use crate::network::{BandWaveConfig, DiffWaveConfig, NetworkConfig, UNet1dConfig, WaveGradConfig, Weights};

/// The weights of a network in the order of [`NetworkConfig::tensors`].
pub fn flattened(config: &dyn NetworkConfig, weights: &Weights) -> Vec<f32> {
    config.tensors().iter().flat_map(|(name, _)| weights.values(name)).copied().collect()
}

/// The weights that [`flattened`] made `values` of.
///
/// # Panics
/// Where there are not as many as the network has.
pub fn unflattened(config: &dyn NetworkConfig, values: &[f32]) -> Weights {
    let mut weights = Weights::default();
    let mut rest = values;
    for (name, shape) in config.tensors() {
        let (data, after) = rest.split_at(shape.iter().product());
        weights.insert(name, network::Tensor { shape, data: data.to_vec() });
        rest = after;
    }
    assert!(rest.is_empty(), "{} values too many", rest.len());
    weights
}

/// The network of `parameters`.
pub fn network(config: &DiffWaveConfig, parameters: &Tensor<1>) -> DiffWave {
    let mut pieces = pieces(config, parameters).into_iter();
    config.assemble(&mut |_| pieces.next().expect("a piece per tensor"))
}

/// `parameters` cut into tensors.
fn pieces(config: &dyn NetworkConfig, parameters: &Tensor<1>) -> Vec<Tensor<1>> {
    let lengths = config.tensors().into_iter().map(|(_, shape)| shape.iter().product());
    parameters.clone().split_with_sizes(lengths.collect(), 0)
}

/// The BandWave network of `parameters`.
pub fn bandwave(config: &BandWaveConfig, parameters: &Tensor<1>) -> BandWave {
    let mut pieces = pieces(config, parameters).into_iter();
    config.assemble(&mut |_| pieces.next().expect("a piece per tensor"))
}

/// The UNet1d network of `parameters`.
pub fn unet1d(config: &UNet1dConfig, parameters: &Tensor<1>) -> UNet1d {
    let mut pieces = pieces(config, parameters).into_iter();
    config.assemble(&mut |_| pieces.next().expect("a piece per tensor"))
}

/// The WaveGrad network of `parameters`.
pub fn wavegrad(config: &WaveGradConfig, parameters: &Tensor<1>) -> WaveGrad {
    let mut pieces = pieces(config, parameters).into_iter();
    config.assemble(&mut |_| pieces.next().expect("a piece per tensor"))
}

/// A network whose gradient is asked for.
pub struct Differentiable<N = DiffWave> {
    /// The network.
    pub network: N,
    leaves: Vec<Tensor<1>>,
}

/// `parameters` cut into tensors on which a graph is recorded.
fn leaves(config: &dyn NetworkConfig, parameters: &Tensor<1>) -> Vec<Tensor<1>> {
    pieces(config, parameters).into_iter().map(|piece| piece.autodiff().require_grad()).collect()
}

impl Differentiable<DiffWave> {
    /// The network of `parameters`, which may lie on any device and are `f32`; a graph is recorded on it. The network
    /// computes in `precision`, and its gradients are those of the `f32` parameters.
    pub fn new(config: &DiffWaveConfig, parameters: &Tensor<1>, precision: Precision) -> Self {
        let leaves = leaves(config, parameters);
        let mut next = leaves.iter();
        let mut leaf = |_: &str| next.next().expect("a leaf per tensor").clone();
        let network = match residual_layers(precision, &parameters.device()) {
            Some(compute) => config.assemble(&mut leaf).with_residual_layers(compute),
            None => config.assemble(&mut |name| leaf(name).cast(dtype(precision))),
        };
        Self { network, leaves }
    }
}

impl Differentiable<BandWave> {
    /// The BandWave network of `parameters`, which may lie on any device and are `f32`; a graph is recorded on it.
    pub fn bandwave(config: &BandWaveConfig, parameters: &Tensor<1>) -> Self {
        let leaves = leaves(config, parameters);
        let mut next = leaves.iter();
        let network = config.assemble(&mut |_| next.next().expect("a leaf per tensor").clone());
        Self { network, leaves }
    }
}

impl Differentiable<UNet1d> {
    /// The UNet1d network of `parameters`, which may lie on any device and are `f32`; a graph is recorded on it.
    pub fn unet1d(config: &UNet1dConfig, parameters: &Tensor<1>) -> Self {
        let leaves = leaves(config, parameters);
        let mut next = leaves.iter();
        let network = config.assemble(&mut |_| next.next().expect("a leaf per tensor").clone());
        Self { network, leaves }
    }
}

impl Differentiable<WaveGrad> {
    /// The WaveGrad network of `parameters`, which may lie on any device and are `f32`; a graph is recorded on it.
    pub fn wavegrad(config: &WaveGradConfig, parameters: &Tensor<1>) -> Self {
        let leaves = leaves(config, parameters);
        let mut next = leaves.iter();
        let network = config.assemble(&mut |_| next.next().expect("a leaf per tensor").clone());
        Self { network, leaves }
    }
}

impl<N> Differentiable<N> {
    /// The gradient of `loss`, `[1]`, by all parameters.
    pub fn gradient(&self, loss: &Tensor<1>) -> Tensor<1> {
        let mut gradients = loss.backward();
        let of_leaf = |leaf: &Tensor<1>| {
            // What the loss does not depend on has no gradient.
            leaf.grad_remove(&mut gradients).unwrap_or_else(|| leaf.clone().inner().zeros_like())
        };
        Tensor::cat(self.leaves.iter().map(of_leaf).collect(), 0)
    }
}

/// Who computes the residual layers in `precision` on `device`, where that is not burn: the tile unit of a CPU that has
/// one, in bf16. The rest of the network is `f32` then.
fn residual_layers(precision: Precision, device: &Device) -> Option<ResidualLayers> {
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    if precision == Precision::Bf16 && device.clone().inner() == Device::flex() && amx::is_available() {
        return Some(super::tiled::residual_layers);
    }
    let _ = (precision, device);
    None
}

/// burn's name of a type.
pub fn dtype(precision: Precision) -> FloatDType {
    match precision {
        Precision::F32 => FloatDType::F32,
        Precision::F16 => FloatDType::F16,
        Precision::Bf16 => FloatDType::BF16,
    }
}

/// A vector on `device`.
pub fn placed(values: &[f32], device: &Device) -> Tensor<1> {
    Tensor::from_data(TensorData::new(values.to_vec(), [values.len()]), device)
}
