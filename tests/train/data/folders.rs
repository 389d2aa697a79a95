//! Folders of audio: cache, splits, crops.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use remel::audio::Audio;
use remel::train::config::{AugmentConfig, DataConfig, Source};
use remel::train::data::{DataSet, Split};

use super::recordings::*;

#[test]
fn a_second_open_reads_the_cache_and_nothing_else() {
    let recordings = Recordings::new(6);
    let (first, warnings) = open(&recordings.config()).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(recordings.cached_files().len(), 6);
    wav_files(&recordings.source()).iter().for_each(|path| scramble_unseen(path));
    let (second, warnings) = open(&recordings.config()).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert!(crops(&first, Split::Train) == crops(&second, Split::Train));
    assert!(crops(&first, Split::Validation) == crops(&second, Split::Validation));
}

#[test]
fn a_changed_file_and_another_rate_are_decoded_anew() {
    let recordings = Recordings::new(2);
    open(&recordings.config()).unwrap();
    let before = recordings.cached_files();
    let changed = recordings.source().join("album 0/00.wav");
    Audio::mono(RATE_HZ, sine(999.0, RATE_HZ, 5000)).write_wav(&changed).unwrap();
    let (set, _) = open(&recordings.config()).unwrap();
    assert_eq!(recordings.cached_files().difference(&before).count(), 1);
    let seconds = set.seconds(Split::Train).unwrap() + set.seconds(Split::Validation).unwrap();
    assert!((seconds - 5000.0 / f64::from(RATE_HZ) - 0.5).abs() < 1e-3, "{seconds}");
    DataSet::open(&recordings.config(), 24_000, &mut ()).unwrap();
    assert_eq!(recordings.cached_files().difference(&before).count(), 3);
}

#[test]
fn recordings_of_a_low_rate_are_skipped_and_named_where_full_band_is_learned() {
    let recordings = Recordings::new(3);
    let mut log = Log::default();
    let set = DataSet::open(&recordings.config(), 44_100, &mut log).unwrap();
    let warnings = log.warnings;
    let of = |file: &str, rate: &str| {
        let found = format!("{file}: rate: found {rate} Hz, expected at least 32000 Hz");
        warnings.iter().any(|line| line.contains(&found) && line.ends_with("the file is skipped"))
    };
    assert!(warnings.len() == 2 && of("00.wav", "22050") && of("02.wav", "8000"), "{warnings:?}");
    assert!(set.recordings(Split::Train) == ["album 1/01.wav"] && set.rate_hz() == 44_100);
}

#[test]
fn a_damaged_cache_file_is_made_again() {
    let recordings = Recordings::new(2);
    let (first, _) = open(&recordings.config()).unwrap();
    let expected = crops(&first, Split::Train);
    for path in recordings.cached_files() {
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    }
    let (second, warnings) = open(&recordings.config()).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert!(crops(&second, Split::Train) == expected);
}

#[test]
fn a_corrupt_file_among_good_ones_is_skipped_and_named() {
    let recordings = Recordings::new(4);
    let source = recordings.source();
    fs::write(source.join("album 1/broken.wav"), b"RIFF but nothing after it").unwrap();
    fs::write(source.join("empty.flac"), b"").unwrap();
    let nan = Audio::mono(RATE_HZ, vec![f32::NAN; 100]);
    nan.write_wav(&source.join("nan.wav")).unwrap();
    // Neither of these is taken for audio.
    fs::write(source.join("notes.txt"), b"take 3").unwrap();
    fs::write(source.join(".hidden.wav"), b"nothing").unwrap();
    let mut log = Log::default();
    let set = DataSet::open(&recordings.config(), RATE_HZ, &mut log).unwrap();
    let Log { warnings, progress, .. } = log;
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    for name in ["broken.wav", "empty.flac", "nan.wav"] {
        assert!(warnings.iter().any(|w| w.contains(name) && w.ends_with("skipped")), "{name}: {warnings:?}");
    }
    assert!(warnings.iter().all(|line| !line.contains('\n')));
    assert_eq!(progress, (1..=7).map(|done| (done, 7)).collect::<Vec<_>>());
    assert_eq!(set.recordings(Split::Train).len() + set.recordings(Split::Validation).len(), 4);
}

#[test]
fn a_set_without_audio_and_a_folder_that_is_none_are_errors() {
    let recordings = Recordings::new(1);
    let bare = recordings.folder.path().join("bare");
    fs::create_dir_all(&bare).unwrap();
    let of = |folder: &Path| DataConfig { source: Source::Folder(folder.into()), ..recordings.config() };
    let message = |config: &DataConfig| open(config).err().expect("an error").to_string();
    assert!(message(&of(&bare)).contains("bare: audio: found no audio file"), "{}", message(&of(&bare)));
    fs::write(bare.join("a.wav"), b"no audio").unwrap();
    assert!(message(&of(&bare)).contains("among 1 audio files"), "{}", message(&of(&bare)));
    let missing = recordings.folder.path().join("missing");
    assert!(message(&of(&missing)).contains("missing"), "{}", message(&of(&missing)));
    assert!(message(&of(&bare.join("a.wav"))).contains("expected a folder"));
    // A file where the cache should be.
    let cache = Some(bare.join("a.wav/cache"));
    let failure = message(&DataConfig { cache, ..recordings.config() });
    assert!(failure.contains("a.wav"), "{failure}");
}

#[test]
fn the_split_is_disjoint_and_stays_when_files_come() {
    let recordings = Recordings::new(12);
    let names = |set: &DataSet, split| -> BTreeSet<String> {
        set.recordings(split).into_iter().map(str::to_owned).collect()
    };
    let (set, _) = open(&recordings.config()).unwrap();
    let (training, validation) = (names(&set, Split::Train), names(&set, Split::Validation));
    assert!(training.is_disjoint(&validation) && !training.is_empty() && !validation.is_empty());
    assert_eq!(training.len() + validation.len(), 12);
    assert!(training.iter().chain(&validation).all(|name| name.starts_with("album ")), "{training:?}");

    let extra = recordings.source().join("extra.wav");
    Audio::mono(RATE_HZ, sine(80.0, RATE_HZ, 9000)).write_wav(&extra).unwrap();
    let (grown, _) = open(&recordings.config()).unwrap();
    assert!(names(&grown, Split::Train).is_superset(&training));
    assert!(names(&grown, Split::Validation).is_superset(&validation));

    let other = DataConfig { seed: 1, ..recordings.config() };
    assert_ne!(names(&open(&other).unwrap().0, Split::Validation), names(&grown, Split::Validation));
    let none = DataConfig { validation: 0.0, ..recordings.config() };
    assert!(!open(&none).unwrap().0.holds(Split::Validation));
}

#[test]
fn both_halves_of_two_files_hold_one_and_of_one_file_its_two_parts() {
    for seed in 0..8 {
        let two = Recordings::new(2);
        let (set, _) = open(&DataConfig { seed, ..two.config() }).unwrap();
        assert_eq!((set.recordings(Split::Train).len(), set.recordings(Split::Validation).len()), (1, 1));
    }
    let one = Recordings::new(1);
    let (set, _) = open(&one.config()).unwrap();
    let seconds = [Split::Train, Split::Validation].map(|split| set.seconds(split).unwrap());
    assert!((seconds[0] - 0.35).abs() < 1e-3 && (seconds[1] - 0.15).abs() < 1e-3, "{seconds:?}");
}

#[test]
fn crops_are_what_was_recorded_and_depend_on_their_number_alone() {
    let recordings = Recordings::new(1);
    let (set, _) = open(&DataConfig { validation: 0.0, ..recordings.config() }).unwrap();
    let whole = sine(300.0, RATE_HZ, RATE_HZ as usize / 2);
    let crop = set.crop(Split::Train, 7, 2048).unwrap().audio;
    assert_eq!(crop, set.crop(Split::Train, 7, 2048).unwrap().audio);
    let differs = |window: &[f32]| window.iter().zip(&crop).any(|(a, b)| (a - b).abs() > 1e-4);
    assert!(!whole.windows(2048).all(differs), "the crop is no part of the recording");
    let starts: BTreeSet<u32> = crops(&set, Split::Train).iter().map(|crop| crop[0].to_bits()).collect();
    assert!(starts.len() > 15, "{} different beginnings among 20", starts.len());
    // Longer than the recording: all of it, silence around.
    let long = set.crop(Split::Train, 0, 20_000).unwrap().audio;
    assert_eq!(long.len(), 20_000);
    let energy = |samples: &[f32]| samples.iter().map(|v| v * v).sum::<f32>();
    assert!((energy(&long) / energy(&whole) - 1.0).abs() < 1e-3);
}

#[test]
fn altered_crops_are_deterministic_and_leave_validation_alone() {
    let recordings = Recordings::new(6);
    let plain = recordings.config();
    let augment =
        AugmentConfig { gain_db: [-20.0, 20.0], pitch_semitones: Some([-5.0, 5.0]), eq_db: Some([-9.0, 9.0]) };
    let altered = DataConfig { augment, additive_share: 0.3, ..plain.clone() };
    let (plain, _) = open(&plain).unwrap();
    let (set, _) = open(&altered).unwrap();
    let training = crops(&set, Split::Train);
    assert!(training == crops(&open(&altered).unwrap().0, Split::Train));
    assert!(training != crops(&plain, Split::Train));
    assert!(crops(&set, Split::Validation) == crops(&plain, Split::Validation));
    assert!(training.iter().all(|crop| crop.len() == 2048 && crop.iter().all(|v| v.abs() <= 1.0)));
}
