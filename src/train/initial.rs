//! Random weights to begin with.

use crate::diffusion::Noise;
use crate::network::{
    self, BandWaveConfig, DiffWaveConfig, Network, NetworkConfig, UNet1dConfig, WaveGradConfig, Weights,
};

/// Kernel of the upsampler's transposed convolutions along time.
const UPSAMPLER_TAPS: usize = 32;
/// Standard deviation of what BandWave's tokens start from.
const PLACE_STD: f32 = 0.1;

/// Random weights of `network`.
pub fn initial(network: &Network, seed: u64) -> Weights {
    match network {
        Network::BandWave(config) => bandwave(config, seed),
        Network::DiffWave(config) => diffwave(config, seed),
        Network::UNet1d(config) => unet1d(config, seed),
        Network::WaveGrad(config) => wavegrad(config, seed),
    }
}

/// He's for what a rectifier or gate follows (as lmnt-com/diffwave), PyTorch's default for the rest, embedded labels among
/// them, an upsampler that interpolates linearly in time, and zeros at the end: the first prediction is 0.
fn diffwave(config: &DiffWaveConfig, seed: u64) -> Weights {
    random(config.tensors(), seed, |name, shape, data| {
        let fan_in = shape[1..].iter().product::<usize>() as f32;
        if name.ends_with("bias") || name.starts_with("output_projection") {
            return None;
        }
        if name.starts_with("spectrogram_upsampler") {
            let centre = data.len() / 2 - UPSAMPLER_TAPS / 2;
            for (tap, value) in data[centre..centre + UPSAMPLER_TAPS].iter_mut().enumerate() {
                *value = 1.0 - (tap as f32 - 15.5).abs() / 16.0;
            }
            return None;
        }
        let variance = match name {
            "label_embedding.weight" => 1.0,
            linear if linear.contains("diffusion") || linear.contains("label") => default_variance(fan_in),
            _ => 2.0 / fan_in,
        };
        Some(variance.sqrt())
    })
}

/// PyTorch's defaults, and layers that add nothing at first.
fn bandwave(config: &BandWaveConfig, seed: u64) -> Weights {
    // A bias is drawn as the weight before it is.
    let mut std = 0.0;
    random(config.tensors(), seed, |name, shape, _| match name {
        "place" => Some(PLACE_STD),
        _ if name.ends_with(".place") => None,
        _ => {
            if name.ends_with(".weight") {
                std = default_variance(shape[1] as f32).sqrt();
            }
            (!name.ends_with(".out.weight")).then_some(std)
        }
    })
}

/// PyTorch's defaults, as the package has them: normalizations that change nothing, and waves of the level that are Gaussians.
fn unet1d(config: &UNet1dConfig, seed: u64) -> Weights {
    let mut std = 0.0;
    random(NetworkConfig::tensors(config), seed, |name, shape, data| match shape.len() {
        1 if name.ends_with(".weight") => {
            data.fill(1.0);
            std = 0.0;
            None
        }
        1 if name.ends_with(".weights") => Some(1.0),
        // A bias is drawn as the weight before it is.
        1 => (std > 0.0).then_some(std),
        _ if name.starts_with("fixed_embedding") => Some(1.0),
        _ => {
            std = default_variance(shape[1..].iter().product::<usize>() as f32).sqrt();
            Some(std)
        }
    })
}

/// Xavier's for modulations and 1/in for the rest, which is that of lmnt-com/wavegrad's orthogonal weights where outputs are
/// not more than inputs; no biases.
fn wavegrad(config: &WaveGradConfig, seed: u64) -> Weights {
    random(config.tensors(), seed, |name, shape, _| {
        let &[outputs, inputs, taps] = shape else { return None };
        let variance = match name.starts_with("film") {
            true => 2.0 / ((inputs + outputs) * taps) as f32,
            false => 1.0 / (inputs * taps) as f32,
        };
        Some(variance.sqrt())
    })
}

/// That of PyTorch's uniform default, 1/(3·in): a Gaussian does as well.
fn default_variance(fan_in: f32) -> f32 {
    1.0 / (3.0 * fan_in)
}

/// Every tensor of `table` with Gaussians of the deviation that `std` gives, or, where it gives none, as `std` leaves the
/// zeros that it is shown.
fn random(
    table: Vec<(String, Vec<usize>)>,
    seed: u64,
    mut std: impl FnMut(&str, &[usize], &mut [f32]) -> Option<f32>,
) -> Weights {
    let (noise, mut weights) = (Noise::new(seed), Weights::default());
    for (index, (name, shape)) in table.into_iter().enumerate() {
        let mut data = vec![0.0; shape.iter().product()];
        if let Some(std) = std(&name, &shape, &mut data) {
            noise.fill(u16::MAX, index as u16, 0, &mut data);
            data.iter_mut().for_each(|value| *value *= std);
        }
        weights.insert(name, network::Tensor { shape, data });
    }
    weights
}
