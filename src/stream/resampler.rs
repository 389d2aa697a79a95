//! Resampling between the host's rate and the model's, with a delay that is known to the sample.
//!
//! rubato's asynchronous sinc resampler does the work: unlike its FFT resampler it takes small chunks and any
//! pair of rates (48 kHz to 22.05 kHz in FFT blocks costs 20 ms each way, coprime rates a second), and its
//! process allocates nothing.

use std::collections::VecDeque;

use super::rates::Rates;
use super::sinc::Sinc;
use crate::Result;

/// Output samples of silence that may run ahead of the signal to bring the two grids into step exactly: enough for
/// every pair of customary rates.
const EXACT_LEAD_IN: u64 = 2560;
/// The part of an input sample that the grids of any other pair may be apart.
const OFF_GRID: u64 = 256;

/// A streaming resampler: push any number of samples, pull those that exist by [`Rates::outputs`].
///
/// What comes out depends on the samples pushed since the last reset only, not on how they were cut.
pub(super) struct Resampler {
    rates: Rates,
    /// None where the rates are equal.
    sinc: Option<Sinc>,
    /// What was produced and not pulled, per channel.
    ready: Vec<VecDeque<f32>>,
    /// Zeros in front of everything pushed.
    lead_in_samples: usize,
    /// The first outputs, which are not handed out.
    skipped_samples: usize,
}

impl Resampler {
    /// A resampler whose output `m` lies at input position `(m − out_delay)·input_hz/output_hz + in_advance`.
    ///
    /// The delay, `out_delay·input_hz/output_hz − in_advance` input samples, has to be at least
    /// [`Rates::min_delay_samples`]. No more than `max_push` samples are pushed before the outputs are pulled.
    pub fn new(
        rates: Rates,
        channels: usize,
        max_push: usize,
        out_delay: usize,
        in_advance: i64,
    ) -> Result<Self> {
        let (input_hz, output_hz) = (u64::from(rates.input_hz), u64::from(rates.output_hz));
        let delay_outputs = out_delay as i64 - in_advance * output_hz as i64 / input_hz as i64;
        debug_assert!(delay_outputs >= 0);
        // rubato's output r lies at its input (r + 1)·step − taps/2. With `lead_in` zeros in front and `skipped`
        // outputs left away, that is the position promised above if, in exact numbers,
        //     lead_in = (skipped + 1 + out_delay)·step − taps/2 − in_advance
        // is an integer. One `skipped` in every output_hz/gcd makes it one, and some come close.
        let (lead_in_samples, skipped_samples) = if input_hz == output_hz {
            ((out_delay as i64 - in_advance).max(0) as usize, 0)
        } else {
            let off_grid = |ahead: u64| {
                let rest = (ahead + out_delay as u64) * input_hz % output_hz;
                rest.min(output_hz - rest)
            };
            let ahead = (1..=EXACT_LEAD_IN.min(output_hz))
                .find(|&ahead| off_grid(ahead) == 0)
                .or_else(|| (1..=output_hz).find(|&ahead| off_grid(ahead) <= output_hz / OFF_GRID))
                .unwrap_or(1);
            let position = ((ahead + out_delay as u64) * input_hz + output_hz / 2) / output_hz;
            let lead_in = position as i64 - (rates.taps() / 2) as i64 - in_advance;
            (lead_in.max(0) as usize, ahead as usize - 1)
        };
        let capacity = rates.outputs_of(max_push)
            + delay_outputs as usize
            + 2 * rates.outputs_of(rates.chunk())
            + skipped_samples.max(lead_in_samples)
            + output_hz.div_ceil(input_hz) as usize
            + 8;
        let sinc = if input_hz == output_hz { None } else { Some(Sinc::new(rates, channels)?) };
        let ready = (0..channels).map(|_| VecDeque::with_capacity(capacity)).collect();
        let mut resampler = Self { rates, sinc, ready, lead_in_samples, skipped_samples };
        resampler.reset();
        Ok(resampler)
    }

    /// Forgets everything: as new. Real-time.
    pub fn reset(&mut self) {
        for channel in &mut self.ready {
            channel.clear();
        }
        match &mut self.sinc {
            None => {
                for channel in &mut self.ready {
                    channel.extend(std::iter::repeat_n(0.0, self.lead_in_samples));
                }
            }
            Some(sinc) => {
                sinc.reset(self.skipped_samples);
                for _ in 0..self.lead_in_samples {
                    sinc.push(|_| 0.0, &mut self.ready);
                }
            }
        }
    }

    /// Takes `samples` samples of every channel; `of(channel, index)` is sample `index` of `channel`. Real-time.
    pub fn push(&mut self, samples: usize, of: impl Fn(usize, usize) -> f32) {
        match &mut self.sinc {
            None => {
                for (channel, ready) in self.ready.iter_mut().enumerate() {
                    ready.extend((0..samples).map(|index| of(channel, index)));
                }
            }
            Some(sinc) => {
                for index in 0..samples {
                    sinc.push(|channel| of(channel, index), &mut self.ready);
                }
            }
        }
    }

    /// Moves the next `out.len()` samples of `channel` into `out`. Real-time.
    pub fn pull(&mut self, channel: usize, out: &mut [f32]) {
        let ready = &mut self.ready[channel];
        debug_assert!(ready.len() >= out.len(), "pulled more than {:?} yield", self.rates);
        let there = out.len().min(ready.len());
        let (out, missing) = out.split_at_mut(there);
        for (out, sample) in out.iter_mut().zip(ready.drain(..there)) {
            *out = sample;
        }
        missing.fill(0.0);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sine(position: f64) -> f32 {
        // A smooth burst far below every Nyquist frequency; t in seconds.
        let t = position - 0.02;
        if t.abs() < 0.02 {
            ((t * std::f64::consts::PI / 0.04).cos().powi(4) * (t * 2.0 * std::f64::consts::PI * 700.0).sin())
                as f32
        } else {
            0.0
        }
    }

    #[test]
    fn outputs_lie_where_they_are_promised() {
        for host_hz in [
            8000, 11025, 16000, 22050, 22051, 32000, 44056, 44100, 48000, 96000, 192_000, 384_000, 768_000,
            1_536_000,
        ] {
            for rates in
                [Rates { input_hz: host_hz, output_hz: 22050 }, Rates { input_hz: 22050, output_hz: host_hz }]
            {
                let samples = rates.input_hz as usize / 10;
                let delay = rates.min_delay_samples();
                for (out_delay, in_advance) in [
                    (0, -(delay as i64)),
                    (rates.outputs_of(delay + 1000), 1000),
                    (rates.outputs_of(delay + 77), 77),
                ] {
                    let mut resampler = Resampler::new(rates, 1, samples, out_delay, in_advance).unwrap();
                    resampler.push(samples, |_, index| sine(index as f64 / f64::from(rates.input_hz)));
                    let mut out = vec![0.0; rates.outputs_of(samples)];
                    resampler.pull(0, &mut out);
                    for (m, &sample) in out.iter().enumerate() {
                        let position = (m as f64 - out_delay as f64) / f64::from(rates.output_hz)
                            + in_advance as f64 / f64::from(rates.input_hz);
                        let expected = sine(position);
                        // A fiftieth of an input sample: rubato's sinc table itself lies 1/128 sample off.
                        let tolerance = 0.02 * std::f32::consts::TAU * 700.0 / rates.input_hz as f32 + 3e-4;
                        assert!((sample - expected).abs() < tolerance, "{rates:?} {m}: {sample} {expected}");
                    }
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_partition_yields_the_same_and_as_much_as_promised(
            host_hz in 1000u32..=1_536_000,
            down: bool,
            blocks in prop::collection::vec(1usize..1500, 1..12),
        ) {
            let (input_hz, output_hz) = if down { (host_hz, 22050) } else { (22050, host_hz) };
            let rates = Rates { input_hz, output_hz };
            let signal = |index: usize| ((index * 7919) % 1000) as f32 / 1000.0 - 0.5;
            let total: usize = blocks.iter().sum();
            let new = || {
                let delay = rates.min_delay_samples() as i64;
                Resampler::new(rates, 1, total, 0, -delay).unwrap()
            };
            let mut whole = vec![0.0; rates.outputs_of(total)];
            let mut resampler = new();
            resampler.push(total, |_, index| signal(index));
            resampler.pull(0, &mut whole);
            resampler.reset();
            let (mut pieces, mut pushed) = (Vec::new(), 0);
            for block in blocks {
                resampler.push(block, |_, index| signal(pushed + index));
                pushed += block;
                let mut piece = vec![0.0; rates.outputs_of(pushed) - pieces.len()];
                prop_assert!(resampler.ready[0].len() >= piece.len());
                resampler.pull(0, &mut piece);
                pieces.extend(piece);
            }
            prop_assert_eq!(pieces, whole);
        }
    }
}
