//! Files of every format that Remel reads and does not write itself, made by `tests/fixtures/audio/make.py`.

use std::f64::consts::TAU;
use std::path::{Path, PathBuf};

use remel::audio::Audio;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/audio").join(name)
}

/// Sample `index` of a channel: 440 Hz at 0.5, or 880 Hz at 0.25.
fn tone(channel: usize, index: usize) -> f32 {
    let (amplitude, hz) = [(0.5, 440.0), (0.25, 880.0)][channel];
    (amplitude * (TAU * hz * index as f64 / 8000.0).sin()) as f32
}

#[test]
fn uncompressed_and_lossless_files_hold_what_was_written() {
    // A step of the encoding; of µ-law and A-law, whose steps grow with the level, half of the largest here.
    let files = [
        ("s8.au", 1.0 / 128.0),
        ("s16.au", 1.0 / 32_768.0),
        ("s24.au", 1.0 / 8_388_608.0),
        ("s32.au", 1e-7),
        ("f32.au", 1e-7),
        ("f64.au", 1e-7),
        ("ulaw.au", 0.016),
        ("alaw.au", 0.016),
        ("alac.m4a", 1.0 / 32_768.0),
        ("alac.caf", 1.0 / 32_768.0),
    ];
    for (name, step) in files {
        let audio = Audio::read(&fixture(name)).expect(name);
        assert_eq!((audio.rate_hz, audio.channels.len(), audio.samples()), (8000, 2, 800), "{name}");
        for (channel, samples) in audio.channels.iter().enumerate() {
            let off = |(index, sample): (usize, &f32)| (sample - tone(channel, index)).abs();
            let worst = samples.iter().enumerate().map(off).fold(0.0, f32::max);
            assert!(worst <= 1.01 * step, "{name}: channel {channel} is off by {worst}");
        }
    }
}

#[test]
fn aac_sounds_as_what_was_encoded() {
    let audio = Audio::read(&fixture("aac.m4a")).expect("AAC");
    assert_eq!((audio.rate_hz, audio.channels.len()), (8000, 2));
    assert!(audio.samples() >= 4096, "{} samples", audio.samples());
    for (samples, [own_hz, other_hz]) in audio.channels.iter().zip([[440.0, 880.0], [880.0, 440.0]]) {
        let middle = &samples[1500..3500];
        let power = |hz: f64| {
            let part = |of: fn(f64) -> f64| -> f64 {
                middle.iter().enumerate().map(|(n, v)| f64::from(*v) * of(TAU * hz * n as f64 / 8000.0)).sum()
            };
            part(f64::sin).powi(2) + part(f64::cos).powi(2)
        };
        assert!(power(own_hz) > 1e3 * power(other_hz), "{} at {own_hz} Hz", power(own_hz));
    }
}

#[test]
fn a_damaged_au_file_is_answered_with_the_field() {
    let good = std::fs::read(fixture("s16.au")).expect("a fixture");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let message = |change: &dyn Fn(&mut Vec<u8>)| {
        let (mut bytes, path) = (good.clone(), folder.path().join("bad.au"));
        change(&mut bytes);
        std::fs::write(&path, bytes).expect("a file");
        Audio::read(&path).expect_err("damaged").to_string()
    };
    let word = |index: usize, value: u32| {
        move |bytes: &mut Vec<u8>| bytes[4 * index..4 * index + 4].copy_from_slice(&value.to_be_bytes())
    };
    for (field, said) in [
        ("header: found 20 bytes", message(&|bytes| bytes.truncate(20))),
        ("offset of the samples", message(&word(1, 4))),
        ("offset of the samples", message(&word(1, u32::MAX))),
        ("encoding: found 23", message(&word(3, 23))),
        ("sample rate", message(&word(4, 0))),
        ("channels", message(&word(5, 0))),
        ("channels", message(&word(5, 1 << 16))),
    ] {
        assert!(said.contains(field) && said.contains("bad.au"), "{field}: {said}");
    }
    // Writers that do not know how long a sound gets say so.
    let mut streamed = good.clone();
    word(2, u32::MAX)(&mut streamed);
    let path = folder.path().join("streamed.au");
    std::fs::write(&path, streamed).expect("a file");
    assert_eq!(Audio::read(&path).expect("a file"), Audio::read(&fixture("s16.au")).expect("a file"));
}

/// A WAV file of one channel at 16 kHz whose `fmt ` and `data` sizes are true, and a change of it as it is then read.
fn wav(change: impl Fn(&mut Vec<u8>)) -> (Result<Audio, String>, Vec<String>) {
    let mut bytes =
        b"RIFF\xa4\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\x80\0\0\0"
            .to_vec();
    bytes.extend((0..128).map(|byte: u8| byte.wrapping_mul(37)));
    change(&mut bytes);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("changed.wav");
    std::fs::write(&path, bytes).expect("a file");
    let mut told = Vec::new();
    let read = Audio::read_telling(&path, &mut |what| told.push(what)).map_err(|e| e.to_string());
    (read, told)
}

#[test]
fn sizes_that_lie_cost_no_sound() {
    let size = |at: usize, size: u32| {
        move |bytes: &mut Vec<u8>| bytes[at..at + 4].copy_from_slice(&size.to_le_bytes())
    };
    let (whole, told) = wav(|_| ());
    let whole = whole.expect("a sound");
    assert!(whole.samples() == 64 && told.is_empty());
    for lie in [0, 20, 0x9c, 0x7fff_ffff, u32::MAX] {
        assert_eq!(wav(size(4, lie)), (Ok(whole.clone()), Vec::new()), "RIFF {lie}");
    }
    for unknown in [0x7fff_f000, 0x7fff_ffff, u32::MAX] {
        assert_eq!(wav(size(40, unknown)), (Ok(whole.clone()), Vec::new()), "data {unknown}");
    }
    for (lie, word) in [(0, "unfinished"), (1000, "cut short")] {
        let (read, told) = wav(size(40, lie));
        assert!(read == Ok(whole.clone()) && told.len() == 1 && told[0].contains(word), "data {lie}: {told:?}");
    }
    let (cut, told) = wav(|bytes| bytes.truncate(44 + 65));
    assert_eq!(cut.expect("what is there").channels[0], whole.channels[0][..32]);
    assert!(told[0].contains("65 of 128"), "{told:?}");
    let (tagged, _) = wav(|bytes| bytes.extend([&b"TAG"[..], &[0; 125]].concat()));
    assert_eq!(tagged, Ok(whole));
}

#[test]
fn rates_channels_and_values_that_no_sound_has_are_refused() {
    let put = |at: usize, value: &'static [u8]| {
        move |bytes: &mut Vec<u8>| bytes[at..at + value.len()].copy_from_slice(value)
    };
    for (change, field) in [
        (put(24, b"\0\0\0\0"), "sample rate: found 0 Hz"),
        (put(24, b"\xff\xff\xff\xff"), "sample rate: found 4294967295 Hz"),
        (put(22, b"\0\0"), "channels: found 0"),
        (put(22, b"\x41\0"), "channels: found 65"),
        (put(20, b"\x99\x99"), "format: found 0x9999"),
    ] {
        let (read, _) = wav(change);
        let said = read.expect_err("no sound");
        assert!(said.contains(field) && said.contains("changed.wav"), "{field}: {said}");
    }
    let float = |value: f32| {
        move |bytes: &mut Vec<u8>| {
            bytes[20..22].copy_from_slice(&[3, 0]);
            bytes[32..36].copy_from_slice(&[4, 0, 32, 0]);
            bytes.truncate(44);
            bytes.extend([0.5_f32.to_le_bytes(), value.to_le_bytes()].concat());
        }
    };
    assert!(wav(float(-1e9)).0.is_ok());
    for value in [1e38, f32::NAN, f32::INFINITY] {
        let said = wav(float(value)).0.expect_err("no sound");
        assert!(said.contains("channel 0, sample 1"), "{said}");
    }
}
