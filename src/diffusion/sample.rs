//! Sampling: a starting point, then one network call per step.

use super::{Clamp, Denoiser, Noise, Sampler, Step};
use crate::Result;

/// Where the Gaussians of one window come from.
#[derive(Clone, Copy, Debug)]
pub enum NoiseSource<'a> {
    /// Noise addressed by position: `start` is the position of the window's first sample.
    Positional {
        /// The noise.
        noise: Noise,
        /// Which of several independent signals.
        channel: u16,
        /// Position of the first sample, in samples at the model's rate since the last reset.
        start: u64,
    },
    /// Every Gaussian given, `[steps, samples]` row-major: row 0 is x_T, row k what is added after step k.
    Given(&'a [f32]),
}

impl NoiseSource<'_> {
    /// Row `row` into `out`, `[samples]`.
    fn row(&self, row: usize, out: &mut [f32]) {
        match self {
            Self::Positional { noise, channel, start } => noise.fill(row as u16, *channel, *start, out),
            Self::Given(rows) => out.copy_from_slice(&rows[row * out.len()..(row + 1) * out.len()]),
        }
    }
}

/// One signal of a batch to sample.
#[derive(Clone, Copy, Debug)]
pub struct Draw<'a> {
    /// Its Gaussians.
    pub noise: NoiseSource<'a>,
    /// Scale of every Gaussian.
    pub temperature: f32,
    /// Standard deviation of the noise per sample where the model has a prior (PriorGrad, Lee et al. 2022), else
    /// empty.
    pub std: &'a [f32],
    /// What is noised where the sampler starts from a carrier, `[samples]`, else empty.
    pub carrier: &'a [f32],
}

/// The buffers of [`Sampling::run`], kept from call to call.
#[derive(Default)]
pub struct Sampling {
    x: Vec<f32>,
    eps: Vec<f32>,
    z: Vec<f32>,
}

impl Sampling {
    /// Samples a batch of windows of `samples` samples that `denoiser` has been conditioned on, telling
    /// `on_step` after each network call. Gives `[batch, samples]` row-major.
    pub fn run(
        &mut self,
        denoiser: &mut dyn Denoiser,
        sampler: &Sampler,
        draws: &[Draw],
        samples: usize,
        on_step: &mut dyn FnMut(),
    ) -> Result<&[f32]> {
        for buffer in [&mut self.x, &mut self.eps] {
            buffer.clear();
            buffer.resize(samples * draws.len(), 0.0);
        }
        self.z.clear();
        self.z.resize(samples, 0.0);
        self.start(sampler, draws, samples);
        for (index, step) in sampler.steps.iter().enumerate() {
            denoiser.predict(&self.x, step.level, &mut self.eps)?;
            let learned = step.log_variances.zip(denoiser.variances());
            let rows = self.x.chunks_exact_mut(samples).zip(self.eps.chunks_exact(samples));
            for (window, ((x, eps), draw)) in rows.zip(draws).enumerate() {
                if step.noise_scale != 0.0 {
                    draw.noise.row(index + 1, &mut self.z);
                }
                if let Some((bounds, places)) = learned {
                    scale_noise(&mut self.z, step, bounds, &places[window * samples..]);
                }
                let noise_scale = step.noise_scale * draw.temperature;
                for i in 0..samples {
                    let std = draw.std.get(i).copied().unwrap_or(1.0);
                    let predicted = step.eps_scale * eps[i] * std;
                    x[i] = step.x_scale * x[i] + predicted + noise_scale * self.z[i] * std;
                }
            }
            if sampler.clamp == Clamp::EveryStep {
                clamp(&mut self.x);
            }
            on_step();
        }
        if sampler.clamp != Clamp::Never {
            clamp(&mut self.x);
        }
        Ok(&self.x)
    }

    fn start(&mut self, sampler: &Sampler, draws: &[Draw], samples: usize) {
        for (x, draw) in self.x.chunks_exact_mut(samples).zip(draws) {
            draw.noise.row(0, &mut self.z);
            let noise_scale = sampler.start_noise_scale * draw.temperature;
            for (i, value) in x.iter_mut().enumerate() {
                let std = draw.std.get(i).copied().unwrap_or(1.0);
                let carrier = draw.carrier.get(i).copied().unwrap_or(0.0);
                *value = noise_scale * std * self.z[i] + sampler.carrier_scale * carrier;
            }
        }
    }
}

/// Gives noise that is to be scaled as `step` says the variances at `places` between `bounds`, both logarithmic (Nichol
/// and Dhariwal 2021, equation 15).
fn scale_noise(z: &mut [f32], step: &Step, [least, most]: [f32; 2], places: &[f32]) {
    for (z, place) in z.iter_mut().zip(places) {
        *z *= (0.5 * (least + (most - least) * place)).exp() / step.noise_scale;
    }
}

fn clamp(x: &mut [f32]) {
    for value in x {
        *value = value.clamp(-1.0, 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::{Procedure, Schedule};
    use crate::mel::Mel;

    /// Predicts no noise, and variances at one place.
    struct Fixed(Option<Vec<f32>>);

    impl Denoiser for Fixed {
        fn condition(&mut self, _: &[&Mel], _: usize) -> Result<()> {
            Ok(())
        }

        fn predict(&mut self, _: &[f32], _: f32, eps: &mut [f32]) -> Result<()> {
            eps.fill(0.0);
            Ok(())
        }

        fn variances(&self) -> Option<&[f32]> {
            self.0.as_deref()
        }
    }

    #[test]
    fn noise_has_the_variance_that_the_network_has_learned() {
        let schedule = Schedule::from_betas(vec![0.1, 0.4]).expect("valid");
        let sampler =
            Sampler::new(Procedure::Ancestral, &schedule, &schedule, 1.0, Clamp::Never).expect("valid");
        // Of x_T nothing is left, so that what comes out is the one fresh noise.
        let (rows, draw) =
            ([0.0, 0.0, 1.0, 1.0], |noise| Draw { noise, temperature: 1.0, std: &[], carrier: &[] });
        let sampled = |variances| {
            let draws = [draw(NoiseSource::Given(&rows))];
            let mut sampling = Sampling::default();
            let audio = sampling.run(&mut Fixed(variances), &sampler, &draws, 2, &mut || ()).expect("sampled");
            audio.iter().map(|x| x * 0.9_f32.sqrt()).collect::<Vec<f32>>()
        };
        let (least, most) = (0.1 / 0.46 * 0.4_f32, 0.4_f32);
        let close = |found: Vec<f32>, expected: [f32; 2]| {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}, {expected:?}");
        };
        close(sampled(None), [least.sqrt(); 2]);
        close(sampled(Some(vec![0.0, 1.0])), [least.sqrt(), most.sqrt()]);
        close(sampled(Some(vec![0.5, 0.5])), [(least * most).powf(0.25); 2]);
    }
}
