//! The losses of networks whose levels are σ, as audio-diffusion-pytorch 0.0.60 has them.

use burn::tensor::{Device, Tensor, TensorData};

use crate::diffusion::Preconditioning;
use crate::network::unet1d::burn::{Told, UNet1d};

/// The loss of K-diffusion (Karras et al. 2022, equation 8) or of V-diffusion (Salimans and Ho 2022, appendix D).
pub struct SigmaLoss {
    preconditioning: Preconditioning,
}

impl SigmaLoss {
    /// The loss of a network that is trained so.
    pub fn new(preconditioning: Preconditioning) -> Self {
        Self { preconditioning }
    }

    /// The mean loss of `network`, which is `told` what it is conditioned on, over signals, `[batch, channels, samples]`, to which
    /// noise of as many values is added with `sigmas`, `[batch]`. `[1]`
    pub fn of(
        &self,
        network: &UNet1d,
        told: &Told,
        [signals, noise]: [Tensor<3>; 2],
        sigmas: &[f64],
    ) -> Tensor<1> {
        let device = signals.device();
        let column = |of: &dyn Fn(f64) -> f64| column(sigmas, of, &device);
        let signal_scale = column(&|sigma| self.preconditioning.scales(sigma)[0]);
        let noise_scale = column(&|sigma| self.preconditioning.scales(sigma)[1]);
        let x = signals.clone() * signal_scale.clone() + noise.clone() * noise_scale.clone();
        let levels: Vec<f32> = sigmas.iter().map(|sigma| self.preconditioning.level(*sigma) as f32).collect();
        let predicted = network.forward(x.clone(), &levels, told);
        let Preconditioning::K { sigma_data, dynamic_threshold } = self.preconditioning else {
            return (predicted - (noise * signal_scale - signals * noise_scale)).square().mean();
        };
        // Of x/c_in = x₀ + σ·ε: what is found in it, c_skip·x/c_in + c_out·F.
        let found = x * column(&|sigma| sigma_data * sigma_data / sigma.hypot(sigma_data))
            + predicted * column(&|sigma| sigma * sigma_data / sigma.hypot(sigma_data));
        let errors = (limited(found, dynamic_threshold) - signals).square();
        let weights = column(&|sigma| (sigma.hypot(sigma_data) / (sigma * sigma_data)).powi(2));
        (errors * weights).mean()
    }
}

/// A number for every σ, `[batch, 1, 1]`.
fn column(sigmas: &[f64], of: &dyn Fn(f64) -> f64, device: &Device) -> Tensor<3> {
    let values: Vec<f32> = sigmas.iter().map(|sigma| of(*sigma) as f32).collect();
    Tensor::from_data(TensorData::new(values, [sigmas.len(), 1, 1]), device)
}

/// Signals within ±1 or, where there is a share of their magnitudes that is to lie within full scale, within what that is, and
/// scaled by it. The scale itself is taken for a constant.
fn limited(x: Tensor<3>, share: f64) -> Tensor<3> {
    if share == 0.0 {
        return x.clamp(-1.0, 1.0);
    }
    let [batch, channels, samples] = x.dims();
    let sorted = x.clone().inner().abs().reshape([batch, channels * samples]).sort(1);
    let rank = share * (channels * samples - 1) as f64;
    let [low, high] = [rank.floor(), rank.ceil()].map(|rank| sorted.clone().narrow(1, rank as usize, 1));
    let scale = (low.clone() + (high - low) * rank.fract()).clamp_min(1.0);
    (x / scale.reshape([batch, 1, 1])).clamp(-1.0, 1.0)
}
