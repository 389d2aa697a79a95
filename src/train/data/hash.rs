//! A hash that is the same on every machine and in every version.

/// FNV-1a of 64 bits (Fowler, Noll, Vo), stirred by Murmur3's finalizer so that its high bits are as good as its low.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let fnv = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let stirred = (fnv ^ fnv >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let stirred = (stirred ^ stirred >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    stirred ^ stirred >> 33
}
