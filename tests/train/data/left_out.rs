//! What of a folder is not learned from, and what is said of it.

use std::fs;
use std::path::Path;

use remel::audio::Audio;
use remel::train::config::DataConfig;
use remel::train::data::{DataSet, Split};

use super::recordings::*;

/// What the set says of itself and of files, and what is in it.
fn told(config: &DataConfig) -> (Log, Vec<String>) {
    let mut log = Log::default();
    let set = DataSet::open(config, RATE_HZ, &mut log).expect("something to learn from");
    let names = [Split::Train, Split::Validation].map(|split| set.recordings(split));
    let mut names: Vec<String> = names.concat().into_iter().map(str::to_owned).collect();
    names.sort();
    names.dedup();
    (log, names)
}

/// A WAV file of 16 bits whose header says `rate_hz`.
fn write_with_rate(path: &Path, rate_hz: u32) {
    let mut bytes = Vec::new();
    for part in [b"RIFF".as_slice(), &1036_u32.to_le_bytes(), b"WAVEfmt ", &16_u32.to_le_bytes(), &[1, 0, 1, 0]]
    {
        bytes.extend(part);
    }
    bytes.extend([rate_hz, rate_hz.wrapping_mul(2)].map(u32::to_le_bytes).concat());
    bytes.extend([2, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend(1000_u32.to_le_bytes());
    bytes.extend([7; 1000]);
    fs::write(path, bytes).expect("a file");
}

#[test]
fn files_of_no_use_are_named_and_counted_and_the_rest_is_learned_from() {
    let recordings = Recordings::new(1);
    let source = recordings.source();
    for name in ["a.opus", "b.OPUS", "c.wma", "notes.txt"] {
        fs::write(source.join(name), b"any").unwrap();
    }
    Audio::mono(RATE_HZ, vec![0.0; 9000]).write_wav(&source.join("silent.wav")).unwrap();
    Audio::mono(44_100, vec![1e38; 9000]).write_wav(&source.join("huge.wav")).unwrap();
    write_with_rate(&source.join("rate_0.wav"), 0);
    write_with_rate(&source.join("rate_huge.wav"), 4_000_000_000);
    fs::write(source.join("cut.flac"), b"fLaC\0\0").unwrap();
    let mut config = recordings.config();
    // The second time from the cache.
    for (validation, seconds) in [(0.3, ["0.3", "0.2"]), (0.2, ["0.4", "0.1"])] {
        config.validation = validation;
        let (Log { warnings, information, .. }, names) = told(&config);
        assert_eq!(names, ["album 0/00.wav"]);
        for file in ["silent.wav: silent", "huge.wav", "rate_0.wav", "rate_huge.wav", "cut.flac"] {
            let named = |line: &&String| line.contains(file) && line.ends_with("the file is skipped");
            assert!(warnings.iter().any(|line| named(&line)), "{file}: {warnings:?}");
        }
        assert_eq!(warnings.len(), 5, "{warnings:?}");
        let [line] = information.as_slice() else { panic!("one line: {information:?}") };
        let [learned, validated] = seconds;
        let held =
            format!("source: 1 file, {learned} seconds to learn from, {validated} seconds to validate with");
        assert!(line.contains(&held), "{line}");
        let left_out = "2 .opus files (not read), 1 .wma file (not read), 4 files of no use, 1 silent file";
        assert!(line.ends_with(left_out), "{line}");
    }
}

#[test]
fn nothing_to_learn_from_is_one_clear_line() {
    let recordings = Recordings::new(0);
    fs::create_dir_all(recordings.source()).unwrap();
    fs::write(recordings.source().join("a.opus"), b"any").unwrap();
    let message = open(&recordings.config()).err().unwrap().to_string();
    assert!(message.contains("source: audio: found no audio file (1 .opus file (not read))"), "{message}");
    for name in ["a.wav", "b.wav"] {
        Audio::mono(RATE_HZ, vec![1e-5; 9000]).write_wav(&recordings.source().join(name)).unwrap();
    }
    let message = open(&recordings.config()).err().unwrap().to_string();
    assert!(message.contains("none to learn from among 2 audio files"), "{message}");
    assert!(message.contains("2 silent files") && !message.contains('\n'), "{message}");
}

#[test]
fn folders_of_trainings_are_no_recordings() {
    let recordings = Recordings::new(2);
    let source = recordings.source();
    let [own, other, plain] = ["runs/own", "runs/other", "runs/plain"].map(|name| source.join(name));
    for folder in [&own, &other, &plain] {
        fs::create_dir_all(folder).unwrap();
        Audio::mono(RATE_HZ, sine(99.0, RATE_HZ, 9000)).write_wav(&folder.join("reference.wav")).unwrap();
    }
    fs::write(other.join("metrics.csv"), "step,loss,gradient_norm\n").unwrap();
    let config = DataConfig { left_out: vec![own], ..recordings.config() };
    let (log, names) = told(&config);
    assert_eq!(names, ["album 0/00.wav", "album 1/01.wav", "runs/plain/reference.wav"]);
    assert!(log.information[0].ends_with("left out: 2 folders of trainings"), "{:?}", log.information);
}

#[test]
fn samples_beside_recordings_are_none() {
    let recordings = Recordings::new(1);
    let source = recordings.source();
    for name in ["reference.wav", "sample_00000004.wav", "sample_of_mine.wav"] {
        Audio::mono(RATE_HZ, sine(99.0, RATE_HZ, 9000)).write_wav(&source.join(name)).unwrap();
    }
    let config = DataConfig { left_out: vec![source], ..recordings.config() };
    let (log, names) = told(&config);
    assert_eq!(names, ["album 0/00.wav", "sample_of_mine.wav"]);
    assert!(log.information[0].ends_with("left out: 2 files that a training wrote"), "{:?}", log.information);
}

#[test]
fn who_wants_to_stop_is_heard_while_files_are_prepared() {
    let recordings = Recordings::new(3);
    let mut log = Log { stopped: true, ..Log::default() };
    let message = DataSet::open(&recordings.config(), RATE_HZ, &mut log).err().unwrap().to_string();
    assert!(message.contains("stopped") && message.contains("nothing was trained"), "{message}");
}
