//! Gaussian noise as a pure function of where it is used.
//!
//! A generator with state would give every partition of the work other noise. A counter-based one (Philox 4x32-10;
//! Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) makes the Gaussian at
//! (seed, step, channel, position) the same whoever asks for it, and in whatever order.

use super::box_muller::gaussian_pair;

const MULTIPLIER: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;
/// Blocks of four Gaussians that are made at a time.
const BLOCKS: usize = 16;

/// Standard normal noise addressed by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noise {
    key: [u32; 2],
}

impl Noise {
    /// The noise of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { key: [seed as u32, (seed >> 32) as u32] }
    }

    /// Fills `out` with the Gaussians of `step` and `channel` at the positions `start..start + out.len()`
    /// (samples at the model's rate since the last reset).
    ///
    /// Row 0 of `step` is the noise that sampling starts from; row k is what is added after reverse step k.
    pub fn fill(&self, step: u16, channel: u16, start: u64, out: &mut [f32]) {
        let stream = u32::from(step) << 16 | u32::from(channel);
        let mut filled = 0;
        while filled < out.len() {
            let position = start + filled as u64;
            let skip = (position % 4) as usize;
            let gaussians = self.gaussians(position / 4, stream);
            let take = (gaussians.len() - skip).min(out.len() - filled);
            out[filled..filled + take].copy_from_slice(&gaussians[skip..skip + take]);
            filled += take;
        }
    }

    /// The Gaussians of some blocks from block `first` on: of each two Box-Muller pairs. Loops over blocks are the innermost,
    /// so that they compile to vector instructions.
    fn gaussians(&self, first: u64, stream: u32) -> [f32; 4 * BLOCKS] {
        let mut words = [[0; BLOCKS]; 4];
        for block in 0..BLOCKS {
            let index = first + block as u64;
            let of_block = philox([index as u32, (index >> 32) as u32, stream, 0], self.key);
            for (words, word) in words.iter_mut().zip(of_block) {
                words[block] = word;
            }
        }
        let mut gaussians = [0.0; 4 * BLOCKS];
        let [a, b, c, d] = words;
        for block in 0..BLOCKS {
            let ([x, y], [z, w]) = (gaussian_pair(a[block], b[block]), gaussian_pair(c[block], d[block]));
            gaussians[4 * block..4 * block + 4].copy_from_slice(&[x, y, z, w]);
        }
        gaussians
    }
}

/// Philox 4x32 with ten rounds.
#[inline(always)]
pub(crate) fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..ROUNDS {
        let low = u64::from(MULTIPLIER[0]) * u64::from(counter[0]);
        let high = u64::from(MULTIPLIER[1]) * u64::from(counter[2]);
        counter = [
            (high >> 32) as u32 ^ counter[1] ^ key[0],
            high as u32,
            (low >> 32) as u32 ^ counter[3] ^ key[1],
            low as u32,
        ];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_gives_the_published_vectors() {
        // Random123's kat_vectors for philox4x32-10.
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox([u32::MAX; 4], [u32::MAX; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
    }

    #[test]
    fn any_partition_gives_the_same_noise() {
        let noise = Noise::new(7);
        let mut whole = vec![0.0; 103];
        noise.fill(3, 1, 1_000_001, &mut whole);
        let mut parts = vec![0.0; 103];
        let mut at = 0;
        for length in [1, 2, 3, 5, 7, 11, 74] {
            noise.fill(3, 1, 1_000_001 + at as u64, &mut parts[at..at + length]);
            at += length;
        }
        assert_eq!(whole, parts);
    }

    #[test]
    fn every_coordinate_gives_other_noise() {
        let draw = |seed, step, channel, start| {
            let mut out = [0.0; 8];
            Noise::new(seed).fill(step, channel, start, &mut out);
            out
        };
        let base = draw(1, 0, 0, 0);
        for other in [draw(2, 0, 0, 0), draw(1, 1, 0, 0), draw(1, 0, 1, 0), draw(1, 0, 0, 1 << 34)] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn moments_are_those_of_a_standard_normal() {
        let mut out = vec![0.0; 1 << 18];
        Noise::new(0).fill(0, 0, 0, &mut out);
        let n = out.len() as f64;
        let mean = out.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
        let variance = out.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>() / n;
        let kurtosis = out.iter().map(|&v| f64::from(v).powi(4)).sum::<f64>() / n;
        assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.01 && (kurtosis - 3.0).abs() < 0.05);
        let lag = out.windows(2).map(|w| f64::from(w[0]) * f64::from(w[1])).sum::<f64>() / n;
        assert!(lag.abs() < 0.01, "neighbours are correlated: {lag}");
    }
}
