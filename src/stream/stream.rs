//! A stream: what an audio callback calls.

use std::sync::Arc;
use std::time::Instant;

use super::chunker::Chunker;
use super::clock::Clock;
use super::dry::Dry;
use super::engine::no_renderer;
use super::latency::{Demands, Timing};
use super::link::link;
use super::mix::Mix;
use super::model_rate::ModelRate;
use super::resampler::Resampler;
use super::{Controls, Engine, Latency, RendererKey, StreamConfig, StreamMonitor};
use crate::Result;

/// Where streams are opened.
pub enum Stream {}

/// The audio thread's side of a stream.
///
/// Dropping it frees memory: let [`super::StreamSlot`] take it off the audio thread.
pub struct StreamAudio {
    channels: usize,
    max_block_frames: usize,
    timing: Timing,
    clock: Clock,
    /// Rows of the main input, then of the side chain.
    to_model: Resampler,
    model_in: Vec<Vec<f32>>,
    model_rate: ModelRate,
    model_out: Vec<Vec<f32>>,
    to_host: Resampler,
    host_out: Vec<Vec<f32>>,
    dry: Dry,
    mix: Mix,
    /// Host samples that went in since the reset.
    host_samples: u64,
}

/// The side chain of one call, from some sample on. Without channels it is silent, with too few the last one serves
/// the others too.
#[derive(Clone, Copy)]
pub(super) struct SideChain<'a> {
    pub channels: &'a [&'a [f32]],
    pub start: usize,
}

impl SideChain<'_> {
    fn sample(&self, channel: usize, index: usize) -> f32 {
        let there = channel.min(self.channels.len().saturating_sub(1));
        sample(self.channels.get(there).copied(), self.start + index)
    }
}

impl Stream {
    /// Opens a stream that renders with the renderer under `key`. Allocates everything: not for the audio thread.
    ///
    /// # Errors
    /// A field of `config` out of its range, no renderer under `key`, or one of another format than the dialect.
    pub fn open(
        config: &StreamConfig,
        engine: &Engine,
        key: &RendererKey,
    ) -> Result<(StreamAudio, StreamMonitor)> {
        let format = engine.format(key).ok_or_else(|| no_renderer(key))?;
        config.validate(format)?;
        let (channels, plan) = (config.channels, config.plan);
        let chunker = Chunker::new(&config.dialect, format, plan, channels)?;
        let timing = Demands {
            host_rate_hz: config.host_rate_hz,
            format,
            plan,
            look_ahead_samples: chunker.look_ahead_samples(),
            max_block_frames: config.max_block_frames,
            budget_ms: config.budget_ms,
        }
        .timing();
        // As many chunks as can be under way, twice: a reset finds fresh ones.
        let chunks = 2 * (timing.kept_samples().div_ceil(plan.chunk_frames * format.hop) + 1);
        let (audio_half, worker_half) = link(format, plan, channels, chunks, engine.worker());
        let (monitor, counters, taps) =
            StreamMonitor::new(timing.latency, Arc::clone(audio_half.state()), format.n_mels);
        let audio = StreamAudio {
            channels,
            max_block_frames: config.max_block_frames,
            clock: Clock::new(config.host_rate_hz, config.offline),
            to_model: timing.resampler_in(2 * channels, config.max_block_frames)?,
            model_in: vec![vec![0.0; timing.block_samples]; 2 * channels],
            model_rate: ModelRate::new(config, &timing, chunker, audio_half, counters, taps)?,
            model_out: vec![vec![0.0; timing.block_samples]; channels],
            to_host: timing.resampler_out(channels)?,
            host_out: vec![vec![0.0; config.max_block_frames]; channels],
            dry: Dry::new(channels, timing.latency.total_host_samples),
            mix: Mix::new(config.host_rate_hz),
            host_samples: 0,
            timing,
        };
        engine.attach(key, worker_half)?;
        Ok((audio, monitor))
    }
}

impl StreamAudio {
    /// Processes one block in place. `main` and `side` hold one slice per channel, all as long as `main[0]`. A main
    /// channel that is missing counts as silence, one too many is left as it is; a mono side chain serves both
    /// channels. A sample that is not finite counts as silence.
    ///
    /// Takes no lock, allocates nothing, makes no system call but on borrowed time, and never panics.
    pub fn process(&mut self, main: &mut [&mut [f32]], side: Option<&[&[f32]]>, controls: &Controls) {
        let frames = main.first().map_or(0, |channel| channel.len());
        let side = SideChain { channels: side.unwrap_or(&[]), start: 0 };
        self.process_part(main, 0, frames, side, controls);
    }

    /// [`StreamAudio::process`] for `frames` frames of `main` from `start` on.
    pub(super) fn process_part(
        &mut self,
        main: &mut [&mut [f32]],
        start: usize,
        frames: usize,
        side: SideChain,
        controls: &Controls,
    ) {
        self.clock.begin(Instant::now(), frames);
        let controls = controls.finite();
        self.mix.aim(&controls);
        let mut done = 0;
        while done < frames {
            let part = (frames - done).min(self.max_block_frames);
            let side = SideChain { start: side.start + done, ..side };
            self.process_block(main, start + done, part, side, &controls);
            done += part;
        }
    }

    /// The latency, fixed for the life of the stream.
    pub fn latency(&self) -> &Latency {
        &self.timing.latency
    }

    /// Forgets everything heard: the stream is as if newly opened. Real-time.
    pub fn reset(&mut self) {
        self.clock.reset();
        self.to_model.reset();
        self.model_rate.reset(true);
        self.to_host.reset();
        self.dry.reset();
        self.mix.reset();
        self.host_samples = 0;
    }

    /// Whether the host renders offline from here on. Real-time.
    pub fn set_offline(&mut self, offline: bool) {
        self.clock.set_offline(offline);
    }

    /// Takes over the dry past of `old`, whose place this new stream takes: until it has rendered, that is heard.
    pub(super) fn inherit(&mut self, old: &Self) {
        self.dry.inherit(&old.dry);
        self.model_rate.reset(false);
    }

    /// A block that is no longer than promised.
    fn process_block(
        &mut self,
        main: &mut [&mut [f32]],
        start: usize,
        frames: usize,
        side: SideChain,
        controls: &Controls,
    ) {
        let channels = self.channels;
        self.to_model.push(frames, |row, index| {
            if row < channels {
                sample(main.get(row).map(|main| &**main), start + index)
            } else {
                side.sample(row - channels, index)
            }
        });
        self.host_samples += frames as u64;
        let until = self.timing.to_model.outputs(self.host_samples);
        let model_frames = (until - self.model_rate.samples()) as usize;
        for (row, samples) in self.model_in.iter_mut().enumerate() {
            self.to_model.pull(row, &mut samples[..model_frames]);
        }
        self.model_rate.step(&self.model_in, &mut self.model_out, model_frames, controls, &self.clock);
        let model_out = &self.model_out;
        self.to_host.push(model_frames, |channel, index| model_out[channel][index]);
        for (channel, samples) in self.host_out.iter_mut().enumerate() {
            self.to_host.pull(channel, &mut samples[..frames]);
        }
        self.write(main, start, frames);
    }

    /// Mixes the block's output into `main`.
    fn write(&mut self, main: &mut [&mut [f32]], start: usize, frames: usize) {
        let first = self.host_samples - frames as u64;
        for index in 0..frames {
            let (output, fraction) = self.timing.output_at(first + index as u64);
            let openness = self.model_rate.openness_at(output, fraction);
            let gains = self.mix.next();
            for (channel, rendered) in self.host_out.iter().enumerate() {
                let dry = self.dry.step(channel, sample(main.get(channel).map(|main| &**main), start + index));
                if let Some(out) = main.get_mut(channel).and_then(|main| main.get_mut(start + index)) {
                    *out = gains.apply(rendered[index], openness, dry);
                }
            }
            self.dry.advance();
        }
    }
}

/// Sample `index` of a channel; silence beyond its end, where there is no channel, and where it is not finite.
fn sample(channel: Option<&[f32]>, index: usize) -> f32 {
    channel.and_then(|channel| channel.get(index)).copied().filter(|sample| sample.is_finite()).unwrap_or(0.0)
}
