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
                state.settle(&estimate.samples, &self.squares, self.start(state.next_frame));
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
        let mut magnitudes = vec![0.0; self.transform.bins.len()];
        let mel_frame = source.mel.frame((frame - source.first_frame) as usize);
        self.inversion.magnitudes(mel_frame, &mut magnitudes);

        let first = self.start(frame) - (source.first_frame * self.hop as u64) as i64;
        let heard = ((frame + 1 - source.first_frame) * self.hop as u64) as usize;
        let (time, window) = (&mut self.transform.time, &self.transform.window);
        for (i, (time, weight)) in time.iter_mut().zip(window).enumerate() {
            let at = usize::try_from(first + i as i64).ok().filter(|at| *at < heard);
            *time = at.and_then(|at| source.audio.get(at)).map_or(0.0, |x| x * weight);
        }
        self.transform.forward();
        let network = self.transform.bins.clone();
        for (bin, magnitude) in
            magnitudes.iter_mut().enumerate().filter(|(bin, _)| !self.inversion.covers(*bin))
        {
            *magnitude = network[bin].norm();
        }
        self.overlap(state, frame);
        self.transform.forward();
        for (bin, network) in self.transform.bins.iter_mut().zip(&network) {
            *bin = *bin * (1.0 - source.trust) + network * source.trust;
        }
        let spectrum = self.transform.bins.clone();
        let samples = self.samples(&magnitudes);
        state.estimates.push_back(Estimate { magnitudes, spectrum, samples });
    }

    /// Reads the phases of estimate `index` off what all frames add up to, and a little beyond.
    fn improve(&mut self, state: &mut Reconstruction, index: usize) {
        self.overlap(state, state.next_frame + index as u64);
        self.transform.forward();
        let estimate = &mut state.estimates[index];
        for (bin, before) in self.transform.bins.iter_mut().zip(&mut estimate.spectrum) {
            let now = *bin;
            *bin += (now - *before) * self.phase.momentum;
            *before = now;
        }
        estimate.samples = self.samples(&estimate.magnitudes);
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

    /// The samples, under the window, of a frame with `magnitudes` and the phases of the spectrum.
    fn samples(&mut self, magnitudes: &[f32]) -> Vec<f32> {
        let WindowedTransform { time, bins, .. } = &mut self.transform;
        let scale = 1.0 / time.len() as f32;
        for (bin, magnitude) in bins.iter_mut().zip(magnitudes) {
            let norm = bin.norm();
            let unit = if norm > f32::MIN_POSITIVE { *bin / norm } else { Complex32::new(1.0, 0.0) };
            *bin = unit * (magnitude * scale);
        }
        // A real signal has real values there.
        let last = bins.len() - 1;
        (bins[0].im, bins[last].im) = (0.0, 0.0);
        self.transform.inverse();
        self.transform.time.iter().zip(&self.transform.window).map(|(x, weight)| x * weight).collect()
    }
}
