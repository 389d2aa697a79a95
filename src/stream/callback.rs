//! A stream: what an audio callback calls.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::chunker::Chunker;
use super::clock::Clock;
use super::dry::Dry;
use super::engine::no_renderer;
use super::feed::feed;
use super::input::{SideChain, sample, sounds};
use super::latency::Timing;
use super::link::link;
use super::mix::Mix;
use super::model_rate::ModelRate;
use super::monitor::Counters;
use super::quiet::Quiet;
use super::resampler::Resampler;
use super::{Controls, Engine, Latency, RendererKey, StreamConfig, StreamMonitor};
use crate::Result;

/// How long a stream that sleeps tells the worker to do so too. Once something sounds, the first chunk is complete only
/// some frames later, so that nothing comes late.
const SLEEP: Duration = Duration::from_millis(20);

/// The audio thread's side of a stream; [`Engine`] has an example.
///
/// Where nothing has sounded for as long as anything can be heard of it, it sleeps: silence comes out, exactly, and
/// nothing is computed. The first sound after that finds it as after a reset. It begins asleep, so that what a sound becomes
/// does not depend on how much silence came before it.
///
/// Dropping it frees memory: let [`super::StreamSlot`] take it off the audio thread.
pub struct Stream {
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
    pub(super) dry: Dry,
    mix: Mix,
    /// Host samples that went in since the reset.
    host_samples: u64,
    /// For how long no channel has sounded.
    quiet: Quiet,
    asleep: bool,
    counters: Arc<Counters>,
}

impl Stream {
    /// Opens a stream, with its monitor, that renders with the renderer under `key`. Allocates everything: not for the audio thread.
    ///
    /// # Errors
    /// A field of `config` out of its range, no renderer under `key`, or one of another format than the dialect.
    pub fn open(config: &StreamConfig, engine: &Engine, key: &RendererKey) -> Result<(Self, StreamMonitor)> {
        let format = engine.format(key).ok_or_else(|| no_renderer(key))?;
        config.validate(format)?;
        let (channels, plan) = (config.channels, config.plan);
        let (feed, inlet, fed) = feed(&config.dialect);
        let chunker = Chunker::new(&config.dialect, format, plan, channels, inlet)?;
        let timing = config.timing(format);
        // As many chunks as can be under way, twice: a reset finds fresh ones.
        let chunks = 2 * (timing.kept_samples().div_ceil(plan.chunk_frames * format.hop) + 1);
        let (audio_half, worker_half) = link(format, plan, channels, chunks, engine.worker());
        let (monitor, counters, taps) =
            StreamMonitor::new(timing.latency, Arc::clone(audio_half.state()), format.n_mels, (feed, fed));
        let stream = Self {
            channels,
            max_block_frames: config.max_block_frames,
            clock: Clock::new(config.host_rate_hz, config.offline),
            to_model: timing.resampler_in(2 * channels, config.max_block_frames)?,
            model_in: vec![vec![0.0; timing.block_samples]; 2 * channels],
            model_rate: ModelRate::new(config, &timing, chunker, audio_half, Arc::clone(&counters), taps)?,
            model_out: vec![vec![0.0; timing.block_samples]; channels],
            to_host: timing.resampler_out(channels)?,
            host_out: vec![vec![0.0; config.max_block_frames]; channels],
            dry: Dry::new(channels, timing.latency.total_host_samples, config.max_block_frames),
            mix: Mix::new(config.host_rate_hz),
            host_samples: 0,
            quiet: Quiet::new(timing.sleep_host_samples()),
            asleep: true,
            counters,
            timing,
        };
        engine.attach(key, worker_half)?;
        Ok((stream, monitor))
    }

    /// Processes one block in place. `main` and `side` hold one slice per channel, all as long as `main[0]`. A main
    /// channel that is missing counts as silence, one too many is left as it is; a mono side chain serves both
    /// channels. A sample that is not finite counts as silence.
    ///
    /// Takes no lock, allocates nothing, makes no system call but on borrowed time, and never panics.
    pub fn process(&mut self, main: &mut [&mut [f32]], side: Option<&[&[f32]]>, controls: &Controls) {
        let frames = main.first().map_or(0, |channel| channel.len());
        let side = SideChain { channels: side.unwrap_or(&[]), start: 0 };
        self.begin_block(main, controls);
        let mut done = 0;
        while done < frames {
            let part = done..done + (frames - done).min(self.max_block_frames);
            let dry = self.delayed(main, part.clone());
            self.process_part(main, part.clone(), side, controls, &dry);
            self.dry = dry;
            done = part.end;
        }
        self.end_block(main);
    }

    /// A block begins, and `main` is what the host gives.
    pub(super) fn begin_block(&mut self, main: &[&mut [f32]], controls: &Controls) {
        self.counters.input.note(main);
        self.clock.begin(Instant::now(), main.first().map_or(0, |channel| channel.len()));
        self.mix.aim(&controls.mix);
    }

    /// A block ends, and `main` is what the host gets.
    pub(super) fn end_block(&self, main: &[&mut [f32]]) {
        self.counters.output.note(main);
    }

    /// The delay line, with the frames `part` of `main` in it. To be given back as `self.dry`.
    pub(super) fn delayed(&mut self, main: &[&mut [f32]], part: Range<usize>) -> Dry {
        let mut dry = std::mem::take(&mut self.dry);
        let at = |channel: usize, index| sample(main.get(channel).map(|main| &**main), part.start + index);
        dry.push(part.len(), at);
        dry
    }

    /// The longest part of a block that is processed at once.
    pub(super) fn max_block_frames(&self) -> usize {
        self.max_block_frames
    }

    /// [`Stream::process`] for the frames `part` of `main`, no more than were promised, of a block that has begun. They are
    /// the latest that went into `dry`.
    pub(super) fn process_part(
        &mut self,
        main: &mut [&mut [f32]],
        part: Range<usize>,
        side: SideChain,
        controls: &Controls,
        dry: &Dry,
    ) {
        let controls = controls.finite();
        // Whoever is fed does not sleep, however silent the inputs are.
        let fed = self.model_rate.listen(&controls);
        let mut done = part.start;
        while done < part.end {
            if self.asleep {
                let is_sound = |index| fed || sounds(self.channels, main, side, index);
                let sound = (done..part.end).position(is_sound);
                let silent = done..sound.map_or(part.end, |sound| done + sound);
                // What goes in is silence or no number; what comes out is silence.
                for channel in main.iter_mut().take(self.channels) {
                    channel.get_mut(silent.clone()).unwrap_or_default().fill(0.0);
                }
                done = silent.end;
                self.asleep = done == part.end;
                if self.asleep {
                    self.model_rate.sleep_until(Instant::now() + SLEEP);
                    return;
                }
            }
            let sounds = |index| fed || sounds(self.channels, main, side, index);
            let now = done..done + self.quiet.count(done..part.end, sounds);
            done = now.end;
            self.process_block(main, now, side, &controls, DryPart { dry, end: part.end });
            if self.quiet.is_time() && self.model_rate.is_silent(self.timing.settling_samples()) {
                self.begin();
                self.asleep = true;
            }
        }
    }

    /// The latency, fixed for the life of the stream.
    pub fn latency(&self) -> &Latency {
        &self.timing.latency
    }

    /// Whether it sleeps: nothing sounds, and nothing is computed until something does. Real-time.
    pub fn is_asleep(&self) -> bool {
        self.asleep
    }

    /// Forgets everything heard: the stream is as if newly opened. Real-time.
    pub fn reset(&mut self) {
        self.clock.reset();
        self.dry.reset();
        self.mix.reset();
        self.begin();
        self.asleep = true;
    }

    /// Begins at position 0, after nothing but silence.
    fn begin(&mut self) {
        self.to_model.reset();
        self.model_rate.reset(true);
        self.to_host.reset();
        self.host_samples = 0;
        self.quiet.reset();
        self.asleep = false;
    }

    /// Whether the host renders offline from here on. Real-time.
    pub fn set_offline(&mut self, offline: bool) {
        self.clock.set_offline(offline);
    }

    /// Takes over the dry past of `old`, whose place this new stream takes: until it has rendered, that is heard.
    pub(super) fn inherit(&mut self, old: &mut Self) {
        self.asleep = false;
        self.dry.take_over(&mut old.dry);
        self.model_rate.reset(false);
    }

    /// A part of a block that is no longer than promised.
    fn process_block(
        &mut self,
        main: &mut [&mut [f32]],
        part: Range<usize>,
        side: SideChain,
        controls: &Controls,
        dry: DryPart,
    ) {
        let (channels, start, frames) = (self.channels, part.start, part.len());
        self.to_model.push(frames, |row, index| {
            if row < channels {
                sample(main.get(row).map(|main| &**main), start + index)
            } else {
                side.sample(row - channels, start + index)
            }
        });
        self.host_samples += frames as u64;
        let until = self.timing.to_model.outputs(self.host_samples);
        let model_frames = (until - self.model_rate.samples()) as usize;
        for (row, samples) in self.model_in.iter_mut().enumerate() {
            self.to_model.pull(row, &mut samples[..model_frames]);
        }
        self.model_rate.step(&self.model_in, &mut self.model_out, model_frames, controls, &mut self.clock);
        let model_out = &self.model_out;
        self.to_host.push(model_frames, |channel, index| model_out[channel][index]);
        for (channel, samples) in self.host_out.iter_mut().enumerate() {
            self.to_host.pull(channel, &mut samples[..frames]);
        }
        self.write(main, part, dry);
    }

    /// Mixes the output of `part` into `main`.
    fn write(&mut self, main: &mut [&mut [f32]], part: Range<usize>, DryPart { dry, end }: DryPart) {
        let first = self.host_samples - part.len() as u64;
        let delay = self.timing.latency.total_host_samples;
        for (index, at) in part.enumerate() {
            let (output, fraction) = self.timing.output_at(first + index as u64);
            let openness = self.model_rate.openness_at(output, fraction);
            let gains = self.mix.next();
            for (channel, rendered) in self.host_out.iter().enumerate() {
                if let Some(out) = main.get_mut(channel).and_then(|main| main.get_mut(at)) {
                    let dry = dry.at(channel, end - at, delay);
                    *out = gains.apply(rendered[index], openness, dry);
                }
            }
        }
    }
}

/// The delay line of the main input, whose latest sample is that before frame `end` of the block.
#[derive(Clone, Copy)]
struct DryPart<'a> {
    dry: &'a Dry,
    end: usize,
}
