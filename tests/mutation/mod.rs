//! Random changes of files, the same in every run.

/// How many changes of each kind a test looks at: `most`, or what `REMEL_MUTATIONS` says.
pub fn count(most: u64) -> u64 {
    std::env::var("REMEL_MUTATIONS")
        .ok()
        .map_or(most, |count| count.parse().expect("REMEL_MUTATIONS: a number"))
}

/// Numbers that look random (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }
}

/// What programs stumble over where they expect a number in text.
const TEXTS: [&str; 18] = [
    "0",
    "-1",
    "1",
    "255",
    "65536",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "18446744073709551615",
    "99999999999999999999999",
    "0.5",
    "1e-320",
    "1e39",
    "-1e308",
    "null",
    "\"\"",
    "[]",
    "{}",
];

/// `bytes` with up to four changes: other bytes, a number that is extreme, in binary or in text, a piece that is gone, comes
/// twice, comes from elsewhere in the file, or ends it.
pub fn mutated(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    for _ in 0..=random.below(4) {
        // Headers matter most.
        let reach = if random.below(2) == 0 { bytes.len().min(128) } else { bytes.len() };
        let (at, length) = (random.below(reach), random.below(200));
        let end = (at + length).min(bytes.len());
        match random.below(8) {
            0 if at < bytes.len() => bytes[at] = random.next() as u8,
            1 if at + 4 <= bytes.len() => bytes[at..at + 4].fill([0, 0x7f, 0xff][random.below(3)]),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(end..end, piece);
            }
            4 => bytes.truncate(at.max(16)),
            5 => {
                let from = random.below(bytes.len());
                let piece = bytes[from..(from + length).min(bytes.len())].to_vec();
                bytes.splice(at..end, piece);
            }
            6 => replace_number(&mut bytes, random),
            _ => bytes[at..end].iter_mut().for_each(|byte| *byte ^= random.next() as u8),
        }
    }
    bytes
}

/// Text with up to three of its numbers replaced, so that it stays what it is and says something else.
pub fn misquoted(mut text: Vec<u8>, random: &mut Random) -> Vec<u8> {
    for _ in 0..=random.below(3) {
        replace_number(&mut text, random);
    }
    text
}

/// Puts another text for a number that is written in digits.
fn replace_number(bytes: &mut Vec<u8>, random: &mut Random) {
    let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    let from = random.below(bytes.len());
    let Some(start) = bytes[from.min(bytes.len())..].iter().position(u8::is_ascii_digit).map(|at| from + at)
    else {
        return;
    };
    let start = bytes[..start].iter().rposition(|byte| !is_part(byte)).map_or(0, |before| before + 1);
    let end =
        bytes[start..].iter().position(|byte| !is_part(byte)).map_or(bytes.len(), |length| start + length);
    bytes.splice(start..end, TEXTS[random.below(TEXTS.len())].bytes());
}
