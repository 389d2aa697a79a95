//! Numbers in a file's bytes.

/// A number of 2 bytes at `at`.
pub(super) fn u16_at(bytes: &[u8], at: usize, big_endian: bool) -> Option<u16> {
    let word = *bytes.get(at..)?.first_chunk()?;
    Some(if big_endian { u16::from_be_bytes(word) } else { u16::from_le_bytes(word) })
}

/// A number of 4 bytes at `at`.
pub(super) fn u32_at(bytes: &[u8], at: usize, big_endian: bool) -> Option<u32> {
    let word = *bytes.get(at..)?.first_chunk()?;
    Some(if big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) })
}

/// A number of 8 bytes at `at`.
pub(super) fn u64_at(bytes: &[u8], at: usize, big_endian: bool) -> Option<u64> {
    let word = *bytes.get(at..)?.first_chunk()?;
    Some(if big_endian { u64::from_be_bytes(word) } else { u64::from_le_bytes(word) })
}

/// Where `pattern` is found from `from` on.
pub(super) fn find(bytes: &[u8], from: usize, pattern: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(pattern.len()).position(|window| window == pattern).map(|at| from + at)
}
