//! Sampling: a starting point, then one network call per evaluation.

use super::{Clamp, Denoiser, Draw, Found, Gaussians, Prediction, SamplingPlan, Start, Way};
use crate::Result;

/// The buffers of [`Sampling::run`], kept from call to call.
#[derive(Default)]
pub struct Sampling {
    pub(super) x: Vec<f32>,
    predicted: Vec<f32>,
    z: Vec<f32>,
    magnitudes: Vec<f32>,
    /// What a sampler remembers of each window between evaluations.
    memories: Vec<Vec<f32>>,
}

impl Sampling {
    /// Samples a batch of windows of `values` values that `denoiser` has been conditioned on, telling `on_evaluation`
    /// after each network call. Gives `[batch, values]` row-major.
    ///
    /// # Errors
    /// Those of the network.
    pub fn run(
        &mut self,
        denoiser: &mut dyn Denoiser,
        plan: &SamplingPlan,
        draws: &[Draw],
        values: usize,
        on_evaluation: &mut dyn FnMut(),
    ) -> Result<&[f32]> {
        self.start(plan.start, draws, values);
        let evaluations = plan.sampler.evaluations().len();
        if self.whole(denoiser, plan, draws)? {
            (0..evaluations).for_each(|_| on_evaluation());
        } else {
            for index in 0..evaluations {
                self.evaluate(denoiser, plan, draws, [index, plan.sampler.row(index)])?;
                on_evaluation();
            }
        }
        if plan.clamp != Clamp::Never {
            clamp(&mut self.x);
        }
        Ok(&self.x)
    }

    /// Takes x all the way at once, where the network can and the sampler's steps are sums. Whether it has.
    fn whole(&mut self, denoiser: &mut dyn Denoiser, plan: &SamplingPlan, draws: &[Draw]) -> Result<bool> {
        let predicts = denoiser.predicts();
        let Some(whole) = denoiser.whole(plan.sampler.evaluations().len()) else { return Ok(false) };
        let Some(way) = Way::new(plan, predicts, draws, &mut self.z) else { return Ok(false) };
        whole.sample(way, &mut self.x, &mut []).map(|()| true)
    }

    /// One network call, and what the sampler makes of it with the Gaussians of row `row`.
    pub(super) fn evaluate(
        &mut self,
        denoiser: &mut dyn Denoiser,
        plan: &SamplingPlan,
        draws: &[Draw],
        [index, row]: [usize; 2],
    ) -> Result<()> {
        let (sampler, values) = (plan.sampler.as_ref(), self.z.len());
        for (x, draw) in self.x.chunks_exact_mut(values).zip(draws) {
            sampler.prepare(index, x, &mut Gaussians::new(draw, row, &mut self.z));
        }
        let evaluation = &sampler.evaluations()[index];
        denoiser.predict(&self.x, evaluation.level, &mut self.predicted)?;
        let gives = plan.predicts.unwrap_or(denoiser.predicts());
        let variances = denoiser.variances();
        let rows = self.x.chunks_exact_mut(values).zip(self.predicted.chunks_exact_mut(values));
        for (window, ((x, predicted), draw)) in rows.zip(draws).enumerate() {
            let limited = plan.threshold.is_some() || plan.clamp == Clamp::Found;
            let form = if limited { Prediction::Signal } else { gives };
            gives.convert(form, evaluation, x, draw.std, predicted);
            match plan.threshold {
                Some(threshold) => threshold.limit(predicted, &mut self.magnitudes),
                None if limited => clamp(predicted),
                None => {}
            }
            form.convert(sampler.wants(), evaluation, x, draw.std, predicted);
            let variances = variances.map(|all| &all[window * values..(window + 1) * values]);
            let found = Found { prediction: predicted, variances };
            let mut noise = Gaussians::new(draw, row, &mut self.z);
            sampler.step(index, x, found, &mut noise, &mut self.memories[window]);
        }
        if plan.clamp == Clamp::EveryStep {
            clamp(&mut self.x);
        }
        Ok(())
    }

    /// Makes x what sampling starts from.
    pub(super) fn start(&mut self, start: Start, draws: &[Draw], values: usize) {
        for buffer in [&mut self.x, &mut self.predicted] {
            buffer.clear();
            buffer.resize(values * draws.len(), 0.0);
        }
        self.z.clear();
        self.z.resize(values, 0.0);
        self.memories.resize_with(draws.len(), Vec::new);
        self.memories.iter_mut().for_each(Vec::clear);
        for (x, draw) in self.x.chunks_exact_mut(values).zip(draws) {
            draw.noise.row(0, &mut self.z);
            let noise_scale = start.noise_scale * draw.temperature;
            for (i, value) in x.iter_mut().enumerate() {
                let std = draw.std.get(i).copied().unwrap_or(1.0);
                let carrier = draw.carrier.get(i).copied().unwrap_or(0.0);
                *value = noise_scale * std * self.z[i] + start.carrier_scale * carrier;
            }
        }
    }
}

/// Limits values to [−1, 1].
pub(super) fn clamp(x: &mut [f32]) {
    for value in x {
        *value = value.clamp(-1.0, 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::{Course, Noise, NoiseSource, SamplerKind, Schedule};
    use crate::mel::Mel;

    /// Predicts one value everywhere, and variances at some places.
    struct Fixed(Prediction, f32, Option<Vec<f32>>);

    impl Denoiser for Fixed {
        fn predicts(&self) -> Prediction {
            self.0
        }

        fn condition(&mut self, _: &[&Mel], _: usize) -> Result<()> {
            Ok(())
        }

        fn predict(&mut self, _: &[f32], _: f32, eps: &mut [f32]) -> Result<()> {
            eps.fill(self.1);
            Ok(())
        }

        fn variances(&self) -> Option<&[f32]> {
            self.2.as_deref()
        }
    }

    fn draw(noise: NoiseSource<'_>) -> Draw<'_> {
        Draw { noise, temperature: 1.0, std: &[], carrier: &[] }
    }

    #[test]
    fn noise_has_the_variance_that_the_network_has_learned() {
        let schedule = Schedule::from_betas(vec![0.1, 0.4]).expect("valid");
        let plan = SamplerKind::Ancestral.plan(&Course::of_steps(&schedule, &schedule, 1.0), Clamp::Never);
        // Of x_T nothing is left, so that what comes out is the one fresh noise.
        let rows = [0.0, 0.0, 1.0, 1.0];
        let sampled = |variances| {
            let (draws, mut denoiser) =
                ([draw(NoiseSource::Given(&rows))], Fixed(Prediction::Noise, 0.0, variances));
            let mut sampling = Sampling::default();
            let audio = sampling.run(&mut denoiser, &plan, &draws, 2, &mut || ()).expect("sampled");
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

    #[test]
    fn a_network_that_knows_the_signal_leads_every_sampler_to_it() {
        let training = Schedule::linear(50, 1e-4, 0.05).expect("valid");
        let fast = Schedule::from_betas(vec![1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5]).expect("valid");
        let mut rows = vec![0.0; 3 * (2 * 6 + 1)];
        Noise::new(1).fill(0, 0, 0, &mut rows);
        for kind in SamplerKind::all() {
            let plan = kind.plan(&Course::of_steps(&training, &fast, 1.0), Clamp::Last);
            let mut sampling = Sampling::default();
            let (draws, mut denoiser) =
                ([draw(NoiseSource::Given(&rows))], Fixed(Prediction::Signal, 0.3, None));
            let found = sampling.run(&mut denoiser, &plan, &draws, 3, &mut || ()).expect("sampled");
            assert!(found.iter().all(|x| (x - 0.3).abs() < 1e-3), "{}: {found:?}", kind.name());
        }
    }
}
