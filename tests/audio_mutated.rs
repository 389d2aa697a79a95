//! Audio files with random changes: whatever is in them, they are read or refused.

use std::path::Path;

use remel::audio::Audio;

/// Changes of each file; `REMEL_MUTATIONS` has more of them looked at.
const MUTATIONS: u64 = 60;

/// Numbers that look random (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
struct Random(u64);

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

/// `bytes` with up to four changes: other bytes, a number that is extreme, a piece that is gone, comes twice, or ends the file.
fn mutated(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    for _ in 0..=random.below(4) {
        // Headers matter most.
        let reach = if random.below(2) == 0 { bytes.len().min(128) } else { bytes.len() };
        let (at, length) = (random.below(reach), random.below(200));
        let end = (at + length).min(bytes.len());
        match random.below(6) {
            0 if at < bytes.len() => bytes[at] = random.next() as u8,
            1 if at + 4 <= bytes.len() => bytes[at..at + 4].fill([0, 0x7f, 0xff][random.below(3)]),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(end..end, piece);
            }
            4 => bytes.truncate(at.max(16)),
            _ => bytes[at..end].iter_mut().for_each(|byte| *byte ^= random.next() as u8),
        }
    }
    bytes
}

#[test]
fn no_file_is_too_broken_to_be_answered() {
    let mutations = std::env::var("REMEL_MUTATIONS").ok().map_or(MUTATIONS, |count| count.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/audio");
    let voice = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/voice.wav");
    let mut files: Vec<_> = std::fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.into_iter().filter(|file| file.extension().unwrap() != "py").chain([voice]) {
        let mut original = std::fs::read(&file).unwrap();
        original.truncate(50_000);
        for seed in 0..mutations {
            let changed = mutated(original.clone(), &mut Random(seed));
            let path = folder.path().join(file.file_name().unwrap());
            std::fs::write(&path, changed).unwrap();
            if let Ok(audio) = Audio::read(&path) {
                let finite = audio.channels.iter().flatten().all(|sample| sample.is_finite());
                assert!(audio.samples() > 0 && finite, "{} {seed}", file.display());
            }
        }
    }
}
