//! The estimates of frames and their settlement.

use std::ops::Range;

use realfft::num_complex::Complex32;

use super::Phase;
use super::inversion::Inversion;
use super::reconstruction::{Estimate, Reconstruction};
use crate::mel::{Dialect, Mel, WindowedTransform};

/// Least sum of squared windows that an estimate's samples are divided by: where few frames overlap so far, what there is
/// is not blown up.
const LEAST_OVERLAP: f32 = 0.4;

/// What is reconstructed from: a stretch of a signal.
pub struct Source<'a> {
    /// The stretch's first frame, counted from the start of the signal.
    pub first_frame: u64,
    /// Its mel frames.
    pub mel: &'a Mel,
    /// Those that phases are found for: where another channel has the same, both have the same phases.
    pub told: &'a Mel,
    /// What a network made of them, from the first frame on.
    pub audio: &'a [f32],
    /// What first estimates take from that audio, 0 to 1.
    pub trust: f32,
}

/// Reconstructs signals whose mel frames are of one dialect.
pub struct Reconstructor {
    phase: Phase,
    hop: usize,
    lead: usize,
    inversion: Inversion,
    transform: WindowedTransform,
    /// The window's squares, `[win]`.
    squares: Vec<f32>,
    /// What the squares under a window add up to, `[win]`.
    energies: Vec<f32>,
}

impl Reconstructor {
    /// A reconstructor for mel frames of `dialect`.
    pub fn new(phase: Phase, dialect: &Dialect) -> Self {
        let transform = WindowedTransform::new(dialect.n_fft, dialect.win);
        Self {
            phase,
            hop: dialect.hop,
            lead: dialect.lead_samples(),
            inversion: Inversion::new(dialect),
            squares: transform.window.iter().map(|w| w * w).collect(),
            transform,
            energies: vec![0.0; dialect.win],
        }
    }

    /// How phases are reconstructed.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// A reconstruction that knows nothing before frame `frame`.
    pub fn begin(&self, frame: u64) -> Reconstruction {
        Reconstruction::new(frame, self.start(frame))
    }

    /// Goes on with `source` and appends the samples of the frames `output` (counted as in the source) to `out`.
    ///
    /// All frames that these samples need are settled: those up to [`Phase::reach_frames`] after the output, as far as
    /// the source has them. A frame begins from what the source has of its window up to the end of its own hop, so that it
    /// does not matter where stretches end.
    pub fn advance(
        &mut self,
        state: &mut Reconstruction,
        source: &Source,
        output: Range<u64>,
        out: &mut Vec<f32>,
    ) {
        let end = source.first_frame + source.mel.frames() as u64;
        let settled = (output.end + self.lead.div_ceil(self.hop) as u64).min(end);
        while state.next_frame < settled {
            let ahead = (state.next_frame + self.phase.look_frames as u64 + 1).min(end);
            while state.seen_frames() < ahead {
                self.begin_estimate(state, source);
            }
            for _ in 0..self.phase.iterations {
                (0..state.estimates.len()).rev().for_each(|index| self.improve(state, index));
            }
            if let Some(estimate) = state.estimates.pop_front() {
                let heard = estimate.heard.as_ref().map(|heard| self.samples(heard, &estimate.phases));
                let heard = heard.as_ref().unwrap_or(&estimate.samples);
                state.settle(&estimate.samples, heard, &self.squares, self.start(state.next_frame));
            }
            state.next_frame += 1;
        }
        let sample = |frame: u64| (frame * self.hop as u64) as i64;
        state.emit(sample(output.start), sample(output.end), out);
    }

    /// The first sample of a frame's window.
    fn start(&self, frame: u64) -> i64 {
        (frame * self.hop as u64) as i64 - self.lead as i64
    }

    /// The first estimate of the next frame that is not estimated yet.
    fn begin_estimate(&mut self, state: &mut Reconstruction, source: &Source) {
        let frame = state.seen_frames();
        let index = (frame - source.first_frame) as usize;
        let [told, own] = [source.told, source.mel].map(|mel| mel.frame(index));
        let mut magnitudes = self.inversion.magnitudes(told);
        let mut heard = (told != own).then(|| self.inversion.magnitudes(own));

        let first = self.start(frame) - (source.first_frame * self.hop as u64) as i64;
        let known = ((frame + 1 - source.first_frame) * self.hop as u64) as usize;
        let (time, window) = (&mut self.transform.time, &self.transform.window);
        for (i, (time, weight)) in time.iter_mut().zip(window).enumerate() {
            let at = usize::try_from(first + i as i64).ok().filter(|at| *at < known);
            *time = at.and_then(|at| source.audio.get(at)).map_or(0.0, |x| x * weight);
        }
        self.transform.forward();
        let network = self.transform.bins.clone();
        let sum = |magnitudes: &[f32]| magnitudes.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        let gain = heard.as_ref().map_or(1.0, |heard| sum(heard) / sum(&magnitudes));
        for bin in (0..network.len()).filter(|bin| !self.inversion.covers(*bin)) {
            magnitudes[bin] = network[bin].norm();
            if let Some(heard) = &mut heard {
                heard[bin] = gain * magnitudes[bin];
            }
        }
        self.overlap(state, frame);
        self.transform.forward();
        for (bin, network) in self.transform.bins.iter_mut().zip(&network) {
            *bin = *bin * (1.0 - source.trust) + network * source.trust;
        }
        let spectrum = self.transform.bins.clone();
        let phases = spectrum.iter().copied().map(unit).collect::<Vec<_>>();
        let samples = self.samples(&magnitudes, &phases);
        state.estimates.push_back(Estimate { magnitudes, heard, spectrum, phases, samples });
    }

    /// Reads the phases of estimate `index` off what all frames add up to, and a little beyond.
    fn improve(&mut self, state: &mut Reconstruction, index: usize) {
        self.overlap(state, state.next_frame + index as u64);
        self.transform.forward();
        let estimate = &mut state.estimates[index];
        let found = self.transform.bins.iter().zip(&mut estimate.spectrum).zip(&mut estimate.phases);
        for ((now, before), phase) in found {
            *phase = unit(*now + (*now - *before) * self.phase.momentum);
            *before = *now;
        }
        estimate.samples = self.samples(&estimate.magnitudes, &estimate.phases);
    }

    /// Writes what all settled frames and estimates add up to under the window of `frame`.
    fn overlap(&mut self, state: &Reconstruction, frame: u64) {
        let start = self.start(frame);
        let (sums, window) = (&mut self.transform.time, &self.transform.window);
        let win = window.len();
        sums.fill(0.0);
        self.energies.fill(0.0);
        let settled = (start - state.origin) as usize;
        let have = state.sums.len().saturating_sub(settled).min(win);
        if have > 0 {
            sums[..have].copy_from_slice(&state.sums[settled..settled + have]);
            self.energies[..have].copy_from_slice(&state.energies[settled..settled + have]);
        }
        for (index, estimate) in state.estimates.iter().enumerate() {
            // How much later the estimate's window begins.
            let later = (state.next_frame as i64 + index as i64 - frame as i64) * self.hop as i64;
            let (to, from) = (later.max(0) as usize, (-later).max(0) as usize);
            if to.max(from) >= win {
                continue;
            }
            let (time, energies) = (&mut sums[to..win], &mut self.energies[to..]);
            time.iter_mut().zip(&estimate.samples[from..]).for_each(|(sum, x)| *sum += x);
            energies.iter_mut().zip(&self.squares[from..]).for_each(|(energy, square)| *energy += square);
        }
        for ((sum, energy), weight) in sums.iter_mut().zip(&self.energies).zip(window) {
            *sum *= weight / energy.max(LEAST_OVERLAP);
        }
    }

    /// The samples, under the window, of a frame with `magnitudes` and `phases`.
    fn samples(&mut self, magnitudes: &[f32], phases: &[Complex32]) -> Vec<f32> {
        let WindowedTransform { time, bins, .. } = &mut self.transform;
        let scale = 1.0 / time.len() as f32;
        for (bin, (magnitude, phase)) in bins.iter_mut().zip(magnitudes.iter().zip(phases)) {
            *bin = phase * (magnitude * scale);
        }
        // A real signal has real values there.
        let last = bins.len() - 1;
        (bins[0].im, bins[last].im) = (0.0, 0.0);
        self.transform.inverse();
        self.transform.time.iter().zip(&self.transform.window).map(|(x, weight)| x * weight).collect()
    }
}

/// `value` over its magnitude; 1 for 0.
fn unit(value: Complex32) -> Complex32 {
    let norm = value.norm();
    if norm > f32::MIN_POSITIVE { value / norm } else { Complex32::new(1.0, 0.0) }
}
