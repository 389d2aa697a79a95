//! How kernels divide their work, and how they want rows and weights.

use half::f16;

/// Channels are padded to whole multiples of this many, so that kernels take them in vectors.
const UNIT: usize = 16;
/// Threads of a workgroup, which every device takes: `WORKGROUP` in kernels.
pub(super) const WORKGROUP: usize = 256;

/// Four weights as they lie, and as they are used.
pub(super) const SINGLES: &str =
    "alias Weights = vec4<f32>;\nfn unpacked(w: Weights) -> vec4<f32> { return w; }\n";
/// The same of halves.
pub(super) const HALVES: &str = "alias Weights = vec2<u32>;\nfn unpacked(w: Weights) -> vec4<f32> { \
     return vec4<f32>(unpack2x16float(w.x), unpack2x16float(w.y)); }\n";

/// Channels with their padding.
pub(crate) fn padded(channels: usize) -> usize {
    channels.next_multiple_of(UNIT)
}

/// Appends `rows`, of `channels` values each, to `packed`, each with its padding.
pub(crate) fn push_padded(packed: &mut Vec<f32>, rows: &[f32], channels: usize) {
    for row in rows.chunks_exact(channels) {
        packed.extend_from_slice(row);
        packed.extend(std::iter::repeat_n(0.0, padded(channels) - channels));
    }
}

/// `values` in half precision, two in a word, the first in its lower half.
pub(super) fn halves(values: &[f32]) -> Vec<u32> {
    let bits = |value: &f32| u32::from(f16::from_f32(*value).to_bits());
    values.chunks(2).map(|pair| bits(&pair[0]) | pair.get(1).map_or(0, bits) << 16).collect()
}

/// Every second input with every second output.
pub(super) fn pairs(width: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..width).step_by(2).flat_map(move |input| (0..width).step_by(2).map(move |output| (input, output)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_halves_are_a_word() {
        assert_eq!(halves(&[1.0, -2.0, 0.5]), [0xc000_3c00, 0x3800]);
    }
}
