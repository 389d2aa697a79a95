//! Ogg files with other contents and the right checksums, without which nothing of them is looked at.

/// Bytes of a page before the lengths of its segments, and where its checksum lies.
const HEADER_BYTES: usize = 27;
const CHECKSUM: usize = 22;
/// What a checksum is divided by.
const POLYNOMIAL: u32 = 0x04c1_1db7;

/// `bytes` with a checksum in each page that is right.
pub fn checked(bytes: &[u8]) -> Vec<u8> {
    let (mut bytes, mut at) = (bytes.to_vec(), 0);
    while let Some(found) = bytes[at..].windows(4).position(|name| name == b"OggS") {
        let start = at + found;
        let lengths = bytes.get(start + 26).map_or(0, |count| usize::from(*count));
        let lengths = bytes.get(start + HEADER_BYTES..start + HEADER_BYTES + lengths).unwrap_or_default();
        let end = start
            + HEADER_BYTES
            + lengths.len()
            + lengths.iter().map(|length| usize::from(*length)).sum::<usize>();
        at = start + 4;
        if let Some(page) = bytes.get_mut(start..end) {
            page[CHECKSUM..CHECKSUM + 4].fill(0);
            let sum = checksum(page);
            page[CHECKSUM..CHECKSUM + 4].copy_from_slice(&sum.to_le_bytes());
            at = end;
        }
    }
    bytes
}

/// As the format's specification has it, bit by bit.
fn checksum(page: &[u8]) -> u32 {
    let step = |sum: u32| if sum >> 31 == 1 { sum << 1 ^ POLYNOMIAL } else { sum << 1 };
    page.iter().fold(0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| step(sum)))
}
