//! How kernels divide their work.

/// Channels are padded to whole multiples of this many, so that kernels take them in vectors.
const UNIT: usize = 16;
/// Threads of a workgroup, which every device takes.
pub(super) const THREADS: usize = 256;

/// Channels with their padding.
pub(crate) fn padded(channels: usize) -> usize {
    channels.next_multiple_of(UNIT)
}
