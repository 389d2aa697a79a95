//! Random numbers of one crop, a pure function of the crop's number.

use crate::diffusion::philox;

/// A short stream of uniform numbers, the same whenever its coordinates are: nothing has to be saved for a resumed
/// training to draw the same crops. Its counter-based generator is that of [`crate::diffusion::Noise`].
#[derive(Clone, Debug)]
pub struct Draws {
    key: [u32; 2],
    counter: [u32; 4],
    block: [u32; 4],
    used: usize,
}

impl Draws {
    /// The numbers of `index` in the stream `stream` of `seed`.
    pub fn new(seed: u64, stream: u32, index: u64) -> Self {
        Self {
            key: [seed as u32, (seed >> 32) as u32],
            counter: [index as u32, (index >> 32) as u32, stream, 0],
            block: [0; 4],
            used: 4,
        }
    }

    /// 32 random bits.
    pub fn word(&mut self) -> u32 {
        if self.used == 4 {
            // Blocks count from 1: Gaussians of the same seed use 0.
            self.counter[3] += 1;
            self.block = philox(self.counter, self.key);
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }

    /// 64 random bits: the seed of something else.
    pub fn seed(&mut self) -> u64 {
        u64::from(self.word()) << 32 | u64::from(self.word())
    }

    /// A number from 0 to below 1.
    pub fn uniform(&mut self) -> f64 {
        (self.seed() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number from `least` to `most`, evenly.
    pub fn between(&mut self, least: f64, most: f64) -> f64 {
        least + (most - least) * self.uniform()
    }

    /// A number from `least` to `most`, its logarithm evenly; both above 0.
    pub fn logarithmic(&mut self, least: f64, most: f64) -> f64 {
        least * (most / least).powf(self.uniform())
    }

    /// A whole number from 0 to below `count`, which is above 0.
    pub fn below(&mut self, count: u64) -> u64 {
        // The high half of the product: without bias that matters for counts far below 2⁶⁴.
        ((u128::from(self.seed()) * u128::from(count)) >> 64) as u64
    }

    /// True as often as `share` (0 to 1) says.
    pub fn chance(&mut self, share: f64) -> bool {
        self.uniform() < share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_coordinate_gives_other_numbers_and_the_same_ones_the_same() {
        let first = |seed, stream, index| Draws::new(seed, stream, index).seed();
        let base = first(1, 2, 3);
        assert_eq!(base, first(1, 2, 3));
        for other in [first(2, 2, 3), first(1, 3, 3), first(1, 2, 4), first(1, 2, 3 | 1 << 40)] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn numbers_fill_their_ranges_evenly() {
        let mut draws = Draws::new(0, 0, 0);
        let mut counts = [0_u32; 10];
        let mut sum = 0.0;
        for _ in 0..20_000 {
            counts[draws.below(10) as usize] += 1;
            let value = draws.between(-3.0, 5.0);
            assert!((-3.0..5.0).contains(&value));
            sum += value;
        }
        assert!(counts.iter().all(|count| (1850..2150).contains(count)), "{counts:?}");
        assert!((sum / 20_000.0 - 1.0).abs() < 0.06, "{}", sum / 20_000.0);
    }

    #[test]
    fn logarithms_are_even() {
        let mut draws = Draws::new(5, 0, 0);
        let low = (0..10_000).filter(|_| draws.logarithmic(10.0, 1000.0) < 100.0).count();
        assert!((4800..5200).contains(&low), "{low}");
    }
}
