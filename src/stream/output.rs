//! Rendered sound, addressed by its absolute position.

use super::link::Chunk;

/// A ring of chunks. Every chunk has its place, whenever it comes: what comes after its time is not heard, and
/// nothing is ever shifted.
pub(super) struct Output {
    chunk_samples: usize,
    /// Which chunk each place holds.
    holds: Vec<Option<u64>>,
    /// Per channel, `[places, chunk_samples]`.
    samples: Vec<Vec<f32>>,
}

impl Output {
    /// A ring of at least `samples` samples for chunks of `chunk_frames` frames of `hop` samples.
    pub fn new(channels: usize, chunk_frames: usize, hop: usize, samples: usize) -> Self {
        let chunk_samples = chunk_frames * hop;
        let places = samples.div_ceil(chunk_samples) + 1;
        Self {
            chunk_samples,
            holds: vec![None; places],
            samples: vec![vec![0.0; places * chunk_samples]; channels],
        }
    }

    /// Forgets everything. Real-time.
    pub fn reset(&mut self) {
        self.holds.fill(None);
    }

    /// The chunk that `position` lies in.
    pub fn chunk_of(&self, position: u64) -> u64 {
        position / self.chunk_samples as u64
    }

    /// Takes in a chunk, unless all of it lies before `position`. The chunk that had its place is long over. Real-time.
    pub fn store(&mut self, chunk: &Chunk, position: u64) {
        if !chunk.rendered || chunk.index < self.chunk_of(position) {
            return;
        }
        let place = (chunk.index % self.holds.len() as u64) as usize;
        let place_samples = place * self.chunk_samples..(place + 1) * self.chunk_samples;
        for (samples, rendered) in self.samples.iter_mut().zip(&chunk.samples) {
            // The worker has checked the length.
            let Some(rendered) = rendered.get(..self.chunk_samples) else { return };
            samples[place_samples.clone()].copy_from_slice(rendered);
        }
        self.holds[place] = Some(chunk.index);
    }

    /// Takes in that chunk `index` is silent. Real-time.
    pub fn store_silence(&mut self, index: u64) {
        let place = (index % self.holds.len() as u64) as usize;
        for samples in &mut self.samples {
            samples[place * self.chunk_samples..(place + 1) * self.chunk_samples].fill(0.0);
        }
        self.holds[place] = Some(index);
    }

    /// Whether the chunk of `position` is there. Real-time.
    pub fn holds(&self, position: u64) -> bool {
        let chunk = self.chunk_of(position);
        self.holds[(chunk % self.holds.len() as u64) as usize] == Some(chunk)
    }

    /// Whether every chunk from `start` to `end` (exclusive) is there. Real-time.
    pub fn holds_all(&self, start: u64, end: u64) -> bool {
        start >= end
            || (self.chunk_of(start)..=self.chunk_of(end - 1))
                .all(|chunk| self.holds(chunk * self.chunk_samples as u64))
    }

    /// The sample at `position`, which has to be there. A sample that is not finite is silence. Real-time.
    pub fn sample(&self, channel: usize, position: u64) -> f32 {
        let samples = &self.samples[channel];
        let sample = samples[(position % samples.len() as u64) as usize];
        if sample.is_finite() { sample } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::link;
    use super::*;
    use crate::render::{Context, Format, SpanPlan};

    #[test]
    fn a_chunk_is_where_it_belongs_or_nowhere() {
        let context = Context::default();
        let format = Format {
            rate_hz: 8000,
            hop: 4,
            n_mels: 1,
            context,
            quantum_frames: None,
            side_by_side: 1,
            chunk_frames: 4,
            tail_samples: 0,
        };
        let plan = SpanPlan { chunk_frames: 2, left_frames: 1, right_frames: 1 };
        let (mut audio, _worker) = link::link(format, plan, 1, 1, std::thread::current());
        let mut chunk = audio.take().unwrap();
        let mut output = Output::new(1, 2, 4, 20);
        let mut store = |output: &mut Output, index: u64, position: u64| {
            chunk.index = index;
            chunk.rendered = true;
            chunk.samples[0] = (0..8).map(|sample| (index * 8 + sample) as f32).collect();
            output.store(&chunk, position);
        };
        store(&mut output, 3, 5);
        store(&mut output, 1, 5);
        store(&mut output, 0, 8);
        assert!(
            !output.holds(7) && output.holds(8) && output.holds(15) && !output.holds(16) && output.holds(31)
        );
        assert!((8..16).chain(24..32).all(|position| output.sample(0, position) == position as f32));
        assert!(output.holds_all(8, 16) && !output.holds_all(8, 17) && output.holds_all(9, 9));
        output.store_silence(1);
        assert!(output.holds(8) && (8..16).all(|position| output.sample(0, position) == 0.0));
        output.reset();
        assert!(!output.holds(8));
    }
}
