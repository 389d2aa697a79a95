//! The part of a stream that runs at the model's rate: samples in, chunks to the worker, rendered sound out.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::chunker::Chunker;
use super::clock::Clock;
use super::gate::Gate;
use super::latency::Timing;
use super::link::AudioHalf;
use super::monitor::{Counters, TapWriter};
use super::output::Output;
use super::{Controls, StreamConfig};
use crate::Result;
use crate::mel::MelStream;

/// How long the audio thread sleeps between looks at the worker's results, on borrowed time.
const NAP: Duration = Duration::from_micros(100);

/// Everything between the two resamplers. Real-time but for `new`.
pub(super) struct ModelRate {
    rate_hz: f64,
    hop: usize,
    lag_samples: u64,
    crossfade_samples: usize,
    block_samples: usize,
    chunker: Chunker,
    link: AudioHalf,
    output: Output,
    gate: Gate,
    /// Samples that went through since the reset.
    samples: u64,
    /// The position after the latest chunk that is not silent.
    sounds_until: u64,
    out_mel: MelStream,
    out_frames: u64,
    counters: Arc<Counters>,
    tap_in: TapWriter,
    tap_out: TapWriter,
}

impl ModelRate {
    pub fn new(
        config: &StreamConfig,
        timing: &Timing,
        chunker: Chunker,
        link: AudioHalf,
        counters: Arc<Counters>,
        [tap_in, tap_out]: [TapWriter; 2],
    ) -> Result<Self> {
        let (frames, hop) = (config.plan.chunk_frames, config.dialect.hop);
        Ok(Self {
            rate_hz: config.dialect.rate_hz.into(),
            hop,
            lag_samples: timing.lag_samples as u64,
            crossfade_samples: timing.crossfade_samples,
            block_samples: timing.block_samples,
            chunker,
            link,
            output: Output::new(config.channels, frames, hop, timing.kept_samples()),
            gate: Gate::new(timing.crossfade_samples, timing.lag_samples, timing.gate_history_samples()),
            samples: 0,
            sounds_until: 0,
            out_mel: MelStream::new(&config.dialect)?,
            out_frames: 0,
            counters,
            tap_in,
            tap_out,
        })
    }

    /// As new; `silent_before` says whether the silence before position 0 counts as rendered.
    pub fn reset(&mut self, silent_before: bool) {
        self.chunker.reset();
        self.link.reset();
        self.output.reset();
        self.gate.reset(silent_before);
        self.out_mel.reset();
        (self.samples, self.sounds_until, self.out_frames) = (0, 0, 0);
    }

    /// How many samples went through since the reset.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Whether all that sounded has been read, `margin_samples` ago.
    pub fn is_silent(&self, margin_samples: usize) -> bool {
        self.position(0) >= self.sounds_until + margin_samples as u64
    }

    /// Takes in mel frames that were fed, if they are asked for. Whether there are some to play.
    pub fn listen(&mut self, controls: &Controls) -> bool {
        self.chunker.listen(controls)
    }

    /// Tells the worker that no chunk will come before `at`, and the editor that the stream sleeps.
    pub fn sleep_until(&self, at: Instant) {
        self.link.state().expect_chunk(at);
        self.counters.asleep.store(true, Ordering::Relaxed);
    }

    /// How open the way of rendered sound was at an output, see [`Gate::at`].
    pub fn openness_at(&self, output: i64, fraction: f32) -> f32 {
        self.gate.at(output, fraction)
    }

    /// Takes the next `frames` samples of the rows `inputs` (the main input's channels, then the side chain's) and
    /// gives as many of rendered sound, the latency ago, to `outputs`.
    pub fn step(
        &mut self,
        inputs: &[Vec<f32>],
        outputs: &mut [Vec<f32>],
        frames: usize,
        controls: &Controls,
        clock: &mut Clock,
    ) {
        self.send(inputs, frames, controls, clock);
        self.receive();
        let (heard, ahead) = (self.position(0), self.position(frames + self.crossfade_samples));
        self.link.set_first_wanted(self.output.chunk_of(self.position(self.crossfade_samples)));
        self.wait_while(clock, |part| part.link.expecting() && !part.output.holds_all(heard, ahead));
        self.read(outputs, frames);
        self.show(outputs, frames);
        self.samples += frames as u64;
    }

    /// The position that is heard `ahead` outputs from now; 0 before the first.
    fn position(&self, ahead: usize) -> u64 {
        (self.samples + ahead as u64).saturating_sub(self.lag_samples)
    }

    /// Analyses the samples and sends all chunks that they complete.
    fn send(&mut self, inputs: &[Vec<f32>], frames: usize, controls: &Controls, clock: &mut Clock) {
        let mut done = 0;
        while done < frames {
            let end = (done + self.hop).min(frames);
            let tap = &mut self.tap_in;
            self.chunker.push(|row| &inputs[row][done..end], controls, |index, frame| tap.write(index, frame));
            done = end;
            while let Some((index, span)) = self.chunker.ready() {
                if self.chunker.is_silent(controls) {
                    self.output.store_silence(index);
                    self.chunker.advance_silent();
                    continue;
                }
                self.sounds_until = (span.output.end * self.hop) as u64;
                if self.link.may_refill() {
                    self.receive();
                    self.wait_while(clock, |part| part.link.may_refill());
                }
                // With no chunk to fill this one is not rendered: the worker is far behind.
                if let Some(mut chunk) = self.link.take() {
                    self.chunker.fill(&mut chunk, index, &span, controls);
                    chunk.needed_at = self.needed_at((span.output.start * self.hop) as u64, clock);
                    self.link.send(chunk);
                }
                self.chunker.advance();
            }
        }
        // The callback that completes the next chunk may be as much earlier as a block is long.
        let missing = self.chunker.missing_samples().saturating_sub(self.block_samples as u64);
        if let Some(began) = clock.began() {
            self.link.state().expect_chunk(began + Duration::from_secs_f64(missing as f64 / self.rate_hz));
        }
    }

    /// When the callback begins that reads `position`; none where this thread waits for it.
    fn needed_at(&self, position: u64, clock: &Clock) -> Option<Instant> {
        let now = Instant::now();
        let began = clock.began().filter(|_| !clock.may_wait(now, now))?;
        let read = position + self.lag_samples - self.crossfade_samples as u64;
        let ahead = read.saturating_sub(self.samples + self.block_samples as u64);
        Some(began + Duration::from_secs_f64(ahead as f64 / self.rate_hz))
    }

    /// Takes in what the worker has rendered.
    fn receive(&mut self) {
        let (position, output) = (self.position(0), &mut self.output);
        self.link.receive(|chunk| output.store(chunk, position));
    }

    /// Waits for the worker on borrowed time, while `wanting` says so.
    fn wait_while(&mut self, clock: &mut Clock, wanting: impl Fn(&Self) -> bool) {
        if !wanting(self) {
            return;
        }
        let since = Instant::now();
        while wanting(self) && clock.may_wait(since, Instant::now()) {
            self.link.wake_worker();
            std::thread::sleep(NAP);
            self.receive();
        }
        clock.add_wait(since.elapsed());
    }

    /// Reads the rendered sound of the next `frames` outputs through the gate.
    fn read(&mut self, outputs: &mut [Vec<f32>], frames: usize) {
        for index in 0..frames {
            let output = self.samples + index as u64;
            let openness = self.gate.step(output, &self.output);
            for (channel, samples) in outputs.iter_mut().enumerate() {
                samples[index] = if openness > 0.0 && output >= self.lag_samples {
                    openness * self.output.sample(channel, output - self.lag_samples)
                } else {
                    0.0
                };
            }
        }
    }

    /// Shows the editor what was read. Position 0 is sample 0 of the tap's frames, so that frame `f` out is the
    /// sound of frame `f` in.
    fn show(&mut self, outputs: &[Vec<f32>], frames: usize) {
        let before = self.lag_samples.saturating_sub(self.samples).min(frames as u64) as usize;
        let (tap, out_frames) = (&mut self.tap_out, &mut self.out_frames);
        if let Some(samples) = outputs.first() {
            self.out_mel.push(&samples[before..frames], |frame| {
                tap.write(*out_frames, frame);
                *out_frames += 1;
            });
        }
        self.counters.underruns.store(self.gate.underruns(), Ordering::Relaxed);
        self.counters.rendering.store(self.gate.open(), Ordering::Relaxed);
        self.counters.asleep.store(false, Ordering::Relaxed);
    }
}
