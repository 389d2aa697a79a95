//! Numbers that look random and are the same in every run.

/// The number at `position` of those that belong to `seed`, in [−1, 1].
pub fn number(seed: u64, position: u64) -> f32 {
    let bits = (position + 1).wrapping_mul(0x9e37_79b9).wrapping_add(seed).wrapping_mul(0x2545_f491_4f6c_dd1d);
    ((bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f32 / (1 << 23) as f32 - 1.0
}

/// The first `count` of them.
pub fn numbers(seed: usize, count: usize) -> Vec<f32> {
    (0..count).map(|position| number(seed as u64, position as u64)).collect()
}
