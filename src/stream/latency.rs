//! The one sum of latency: every term from the host's input to its output, in exact integers.

use super::rates::Rates;
use super::resampler::Resampler;
use crate::Result;
use crate::render::{Format, SpanPlan};

/// One term of the latency, as the editor shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LatencyTerm {
    /// What the time is spent on.
    pub name: &'static str,
    /// How long.
    pub ms: f64,
}

/// The latency of a stream, and of what it is made.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Latency {
    /// Every term in the order of the data; they add up to the total.
    pub terms: [LatencyTerm; 9],
    /// The latency from input to output in samples of the host: what is reported, and what is measured.
    pub total_host_samples: usize,
}

impl Latency {
    /// The total in milliseconds.
    pub fn total_ms(&self) -> f64 {
        self.terms.iter().map(|term| term.ms).sum()
    }
}

/// What the latency depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Demands {
    pub host_rate_hz: u32,
    pub format: Format,
    pub plan: SpanPlan,
    /// Samples beyond `f · hop` that mel frame `f` needs.
    pub look_ahead_samples: usize,
    pub max_block_frames: usize,
    pub budget_ms: f64,
}

/// Where everything in a stream happens, in samples. Positions are absolute and at the model's rate.
///
/// - Model input `i` lies at host time `i·host/model − input_delay_host`.
/// - The rendered sample at position `p` is read as output `i = p + lag_samples`: when model input `i` has been pushed.
/// - Host output `j` lies at output `(j − output_delay_host)·model/host + lag_samples`, so at position
///   `(j − output_delay_host)·model/host`, so at host time `j − output_delay_host − input_delay_host`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Timing {
    pub to_model: Rates,
    pub to_host: Rates,
    pub input_delay_host: usize,
    pub lag_samples: usize,
    pub output_delay_host: usize,
    /// How far ahead of being heard rendered sound has to be there: the length of a crossfade.
    pub crossfade_samples: usize,
    /// The most model samples in a block.
    pub block_samples: usize,
    pub latency: Latency,
}

impl Demands {
    /// Adds everything up.
    pub fn timing(&self) -> Timing {
        let (host_hz, model_hz) = (self.host_rate_hz, self.format.rate_hz);
        let to_model = Rates { input_hz: host_hz, output_hz: model_hz };
        let to_host = Rates { input_hz: model_hz, output_hz: host_hz };
        let hop = self.format.hop;

        // Chunk k can be sent with the model input that completes frame (k + 1)·chunk + right − 1, and with the
        // carrier of that frame's hop: when
        //     (k·chunk)·hop + chunk·hop + right·hop + look_ahead − hop     inputs have been pushed.
        let chunk_samples = self.plan.chunk_frames * hop;
        let right_samples = self.plan.right_frames * hop;
        let look_ahead_samples = self.look_ahead_samples.max(hop) - hop;
        // It is sent somewhere inside a block of the host and may be wanted at the start of a later one: so a block
        // less one sample passes before the budget begins.
        let block_host = self.max_block_frames.max(1) - 1;
        let budget_host = (self.budget_ms / 1000.0 * f64::from(host_hz)).ceil() as usize;
        let margin_samples = to_model.outputs_of(block_host + budget_host);
        // 3.9 ms: short enough to cost little, long enough not to click.
        let crossfade_samples = (model_hz as usize / 256).max(1);
        // Less one: the sample that completes a chunk is there in the same instant as the first one that needs it.
        let lag_samples =
            chunk_samples + right_samples + look_ahead_samples + margin_samples + crossfade_samples - 1;

        let input_delay_host = to_model.min_delay_samples();
        let output_delay_samples = to_host.min_delay_samples();
        let output_delay_host = to_host.outputs_of(lag_samples + output_delay_samples);
        let total_host_samples = input_delay_host + output_delay_host;

        let host_ms = |samples: usize| samples as f64 * 1000.0 / f64::from(host_hz);
        let model_ms = |samples: usize| samples as f64 * 1000.0 / f64::from(model_hz);
        let block_ms = host_ms(block_host);
        let exact_ms = host_ms(input_delay_host) + model_ms(lag_samples + output_delay_samples);
        let terms = [
            ("resampler in", host_ms(input_delay_host)),
            ("mel look-ahead", model_ms(look_ahead_samples)),
            ("network look-ahead", model_ms(right_samples)),
            ("chunk", model_ms(chunk_samples - 1)),
            ("host block", block_ms),
            ("compute budget", model_ms(margin_samples) - block_ms),
            ("crossfade", model_ms(crossfade_samples)),
            ("resampler out", model_ms(output_delay_samples)),
            ("rounding", host_ms(total_host_samples) - exact_ms),
        ]
        .map(|(name, ms)| LatencyTerm { name, ms });
        Timing {
            to_model,
            to_host,
            input_delay_host,
            lag_samples,
            output_delay_host,
            crossfade_samples,
            block_samples: to_model.outputs_of(self.max_block_frames.max(1)) + 1,
            latency: Latency { terms, total_host_samples },
        }
    }
}

impl Timing {
    /// The resampler from the host's rate for `rows` channels.
    pub fn resampler_in(&self, rows: usize, max_block_frames: usize) -> Result<Resampler> {
        Resampler::new(self.to_model, rows, max_block_frames, 0, -(self.input_delay_host as i64))
    }

    /// The resampler to the host's rate.
    pub fn resampler_out(&self, channels: usize) -> Result<Resampler> {
        let advance = self.lag_samples as i64;
        Resampler::new(self.to_host, channels, self.block_samples, self.output_delay_host, advance)
    }

    /// How much rendered sound may wait to be heard: from the moment a chunk is sent to the end of its last block.
    pub fn kept_samples(&self) -> usize {
        self.lag_samples + self.block_samples + self.crossfade_samples
    }

    /// How far outputs lie back, at most, when host samples that they belong to are written.
    pub fn gate_history_samples(&self) -> usize {
        self.to_host.min_delay_samples() + self.to_model.outputs_of(1) + self.block_samples + 4
    }

    /// Samples at the model's rate after which nothing is left of a sound in the way to the host.
    pub fn settling_samples(&self) -> usize {
        self.to_host.min_delay_samples() + self.to_host.taps() + self.crossfade_samples
    }

    /// Samples of silence after which nothing is left of a sound in the way from the host, nor in the delay line.
    pub fn sleep_host_samples(&self) -> u64 {
        let settled = self.to_host.outputs_of(self.settling_samples());
        (self.latency.total_host_samples + self.to_model.taps() + settled) as u64
    }

    /// The output that host sample `host` lies at, and the fraction beyond it.
    pub fn output_at(&self, host: u64) -> (i64, f32) {
        let (host_hz, model_hz) = (i64::from(self.to_host.output_hz), i64::from(self.to_host.input_hz));
        let scaled =
            (host as i64 - self.output_delay_host as i64) * model_hz + self.lag_samples as i64 * host_hz;
        (scaled.div_euclid(host_hz), scaled.rem_euclid(host_hz) as f32 / host_hz as f32)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::Context;

    proptest! {
        #[test]
        fn terms_add_up_and_rounding_is_below_a_sample(
            host_rate_hz in 1000u32..=1_536_000,
            max_block_frames in 1usize..=8192,
            chunk_frames in 1usize..64,
            right_frames in 0usize..32,
            look_ahead_samples in 1usize..2048,
            budget_ms in 0.0..500.0,
        ) {
            let demands = Demands {
                host_rate_hz,
                format: Format {
                    rate_hz: 22050,
                    hop: 256,
                    n_mels: 80,
                    context: Context::default(),
                    quantum_frames: None, side_by_side: 1, chunk_frames: 4, tail_samples: 0,
                },
                plan: SpanPlan { chunk_frames, left_frames: 3, right_frames },
                look_ahead_samples,
                max_block_frames,
                budget_ms,
            };
            let latency = demands.timing().latency;
            let total_ms = latency.total_host_samples as f64 * 1000.0 / f64::from(host_rate_hz);
            prop_assert!((latency.total_ms() - total_ms).abs() < 1e-6);
            let sample_ms = 1000.0 / f64::from(host_rate_hz);
            for term in latency.terms {
                prop_assert!(term.ms >= -1e-9, "{:?}", term);
            }
            prop_assert!(latency.terms[8].ms < sample_ms);
            // The budget is kept, and exceeded by less than two model samples.
            prop_assert!(latency.terms[5].ms >= budget_ms - 1e-9);
            prop_assert!(latency.terms[5].ms < budget_ms + sample_ms + 2000.0 / 22050.0);
        }
    }
}
