//! The main input, delayed by the latency.

/// A delay line. Per sample: one [`Dry::step`] per channel, then [`Dry::advance`].
pub(super) struct Dry {
    /// Per channel the latest samples, as many as the delay; the oldest at `oldest`.
    rings: Vec<Vec<f32>>,
    oldest: usize,
}

impl Dry {
    /// A delay of `delay_samples`.
    pub fn new(channels: usize, delay_samples: usize) -> Self {
        Self { rings: vec![vec![0.0; delay_samples.max(1)]; channels], oldest: 0 }
    }

    /// As new.
    pub fn reset(&mut self) {
        self.rings.iter_mut().for_each(|ring| ring.fill(0.0));
        self.oldest = 0;
    }

    /// Takes the next sample of `channel` and gives the delayed one.
    pub fn step(&mut self, channel: usize, sample: f32) -> f32 {
        std::mem::replace(&mut self.rings[channel][self.oldest], sample)
    }

    /// Moves on to the next sample.
    pub fn advance(&mut self) {
        let length = self.rings.first().map_or(1, Vec::len);
        self.oldest = if self.oldest + 1 >= length { 0 } else { self.oldest + 1 };
    }

    /// Takes over the past of `other`, as far as it goes back.
    pub fn inherit(&mut self, other: &Self) {
        self.reset();
        for (ring, other_ring) in self.rings.iter_mut().zip(&other.rings) {
            let newest_first = |index: usize| (other.oldest + other_ring.len() - 1 - index) % other_ring.len();
            for (index, sample) in ring.iter_mut().rev().take(other_ring.len()).enumerate() {
                *sample = other_ring[newest_first(index)];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_and_inherits() {
        let mut old = Dry::new(1, 3);
        let heard: Vec<f32> = (1..=5)
            .map(|sample| {
                let heard = old.step(0, sample as f32);
                old.advance();
                heard
            })
            .collect();
        assert_eq!(heard, [0.0, 0.0, 0.0, 1.0, 2.0]);
        for (delay, expected) in
            [(2, [4.0, 5.0, 0.0, 0.0]), (3, [3.0, 4.0, 5.0, 0.0]), (4, [0.0, 3.0, 4.0, 5.0])]
        {
            let mut new = Dry::new(1, delay);
            new.inherit(&old);
            let heard = [(); 4].map(|()| {
                let heard = new.step(0, 0.0);
                new.advance();
                heard
            });
            assert_eq!(heard, expected);
        }
    }
}
