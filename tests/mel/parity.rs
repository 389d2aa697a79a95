//! Every mel dialect against the spectrogram that the code its networks were trained with makes of one second of
//! speech (`tests/fixtures/mel/make.py`).
//!
//! What is compared, frame by frame and band by band: the compressed value, its difference turned into decibels of
//! the band's magnitude. No band of any frame is off by 2e-3 dB, floors included, and the root mean square over
//! those above the floor is below 1e-4 relative (8.7e-4 dB). Digital silence agrees exactly.

use std::path::{Path, PathBuf};

use remel::audio::read_npy;
use remel::mel::{Compression, Dialect, Mel, MelStream, Spectrum, mel_of};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mel").join(name)
}

fn clip(rate_hz: u32) -> Vec<f32> {
    let mut reader = hound::WavReader::open(fixture(&format!("clip_{rate_hz}.wav"))).expect("a clip per rate");
    assert_eq!(reader.spec().sample_rate, rate_hz);
    reader.samples::<i16>().map(|sample| f32::from(sample.expect("16 bit")) / 32768.0).collect()
}

/// The reference, turned from `[n_mels, frames]` to frames.
fn reference(dialect: &Dialect) -> Mel {
    let path = fixture(&format!("{}.npy", dialect.name));
    let array = read_npy(&path).expect("a reference per dialect");
    assert_eq!(array.shape[0], dialect.n_mels);
    Mel::from_bands(dialect.n_mels, &array.data)
}

/// Decibels of magnitude per unit of the compressed value.
fn decibels_per_unit(dialect: &Dialect) -> f32 {
    let per_unit = match dialect.compression {
        Compression::UnitDecibels => 100.0,
        Compression::Log10 => 20.0,
        _ => 20.0 / std::f32::consts::LN_10,
    };
    if dialect.spectrum == Spectrum::Power { per_unit / 2.0 } else { per_unit }
}

/// Holds `frames` against the reference's from frame `first`.
fn hold(dialect: &Dialect, frames: &Mel, reference: &Mel, first: usize) {
    let scale = decibels_per_unit(dialect);
    let (mut squares, mut count, mut worst_db) = (0.0, 0, 0f32);
    for index in first..frames.frames() {
        for (band, (&value, &expected)) in frames.frame(index).iter().zip(reference.frame(index)).enumerate() {
            let difference_db = (value - expected).abs() * scale;
            let name = &dialect.name;
            assert!(
                difference_db < 2e-3,
                "{name}: frame {index}, band {band}: {value}, expected {expected}: {difference_db} dB apart"
            );
            worst_db = worst_db.max(difference_db);
            if expected != dialect.silence() {
                squares += difference_db * difference_db;
                count += 1;
            }
        }
    }
    let rms_db = (squares / count as f32).sqrt();
    println!("{}: {count} values above the floor, worst {worst_db:.1e} dB, rms {rms_db:.1e} dB", dialect.name);
    assert!(rms_db < 8.7e-4, "{}: rms {rms_db} dB", dialect.name);
    assert!(count > 20 * dialect.n_mels, "{}: hardly anything above the floor", dialect.name);
}

fn dialects() -> impl Iterator<Item = Dialect> {
    Dialect::names().iter().map(|name| Dialect::named(name).expect("its own name"))
}

#[test]
fn whole_files_agree_with_the_originals() {
    for dialect in dialects() {
        let reference = reference(&dialect);
        let mel = mel_of(&clip(dialect.rate_hz), &dialect).unwrap();
        assert_eq!(mel.frames(), reference.frames(), "{}", dialect.name);
        hold(&dialect, &mel, &reference, 0);
    }
}

#[test]
fn streams_agree_with_the_originals_away_from_the_left_edge() {
    for dialect in dialects() {
        let reference = reference(&dialect);
        let mut stream = MelStream::new(&dialect).unwrap();
        let mut mel = Mel::new(dialect.n_mels);
        for block in clip(dialect.rate_hz).chunks(441) {
            stream.push(block, |frame| mel.push(frame));
        }
        let first = dialect.n_fft.div_ceil(2 * dialect.hop);
        let last = (dialect.rate_hz as usize - stream.look_ahead_samples()) / dialect.hop;
        assert_eq!(mel.frames(), last + 1, "{}", dialect.name);
        hold(&dialect, &mel, &reference, first);
    }
}

#[test]
fn digital_silence_agrees_exactly() {
    for dialect in dialects() {
        let (reference, mel) = (reference(&dialect), mel_of(&clip(dialect.rate_hz), &dialect).unwrap());
        // The clip's last 150 ms are zeros, and so is what they are reflected to.
        let last = reference.frames() - 1;
        assert!(reference.frame(last).iter().all(|&value| value == dialect.silence()), "{}", dialect.name);
        assert_eq!(mel.frame(last), reference.frame(last), "{}", dialect.name);
    }
}
