//! How kernels divide their work, and how they want rows.

/// Channels are padded to whole multiples of this many, so that kernels take them in vectors.
const UNIT: usize = 16;
/// Threads of a workgroup, which every device takes: `WORKGROUP` in kernels.
pub(super) const WORKGROUP: usize = 256;

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
