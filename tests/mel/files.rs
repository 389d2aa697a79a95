//! Mel frames of other programs into `remel synth`: taken, doubted or refused by what they are.

use std::path::Path;
use std::process::{Command, Output};

use remel::audio::read_npy;

/// lmnt's dialect.
const TINY: &str = "tests/fixtures/diffwave/lmnt_8x4x2/weights.pt";

/// Runs `synth` with `model` on the CPU: what it says, and the samples where it gave any.
fn synth(mel: &Path, model: &str) -> (Output, Option<Vec<f32>>) {
    synth_as(mel, &["--model", model])
}

/// The same with these `arguments`.
fn synth_as(mel: &Path, arguments: &[&str]) -> (Output, Option<Vec<f32>>) {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.npy");
    let result = Command::new(env!("CARGO_BIN_EXE_remel"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["synth", mel.to_str().unwrap(), "--backend", "cpu", "-o"])
        .arg(&output)
        .args(arguments)
        .output()
        .unwrap();
    (result, output.exists().then(|| read_npy(&output).unwrap().data))
}

fn case(name: &str) -> std::path::PathBuf {
    Path::new("tests/fixtures/cases").join(name)
}

#[track_caller]
fn refused(mel: &Path, model: &str, parts: &[&str]) {
    let (result, samples) = synth(mel, model);
    let stderr = String::from_utf8(result.stderr).unwrap();
    assert_eq!((result.status.code(), samples.is_none()), (Some(1), true), "{stderr}");
    let lines: Vec<&str> = stderr.lines().filter(|line| line.starts_with("remel: ")).collect();
    assert_eq!(lines.len(), 1, "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    for part in parts {
        assert!(lines[0].contains(part), "`{}` does not say `{part}`", lines[0]);
    }
}

/// The line that warns; then samples are limited to full scale.
#[track_caller]
fn taken(mel: &Path, model: &str) -> Option<String> {
    let (result, samples) = synth(mel, model);
    let stderr = String::from_utf8(result.stderr).unwrap();
    assert!(result.status.success(), "{stderr}");
    let doubt = stderr.lines().find(|line| line.starts_with("warning: ")).map(str::to_owned);
    assert!(samples.unwrap().iter().all(|sample| doubt.is_none() || sample.abs() <= 1.0));
    doubt
}

/// Writes an array of `dtype` whose bytes are `data`, as NumPy does.
fn npy(path: &Path, dtype: &str, columns: bool, shape: &str, data: &[u8]) {
    let order = if columns { "True" } else { "False" };
    let mut header = format!("{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn decibels_are_refused_with_the_dialects_range() {
    for model in [TINY, "tts"] {
        refused(
            &case("p4_mel_db_0_80.npy"),
            model,
            &["p4_mel_db_0_80.npy", "band ", "frame ", "found 79.8", "decibels"],
        );
    }
    refused(&case("p4_mel_db_0_80.npy"), TINY, &["0.0 to 1.0", "lmnt-diffwave"]);
    refused(&case("p4_mel_db_0_80.npy"), "tts", &["-11.5 to 2.", "hifigan"]);
}

#[test]
fn frames_of_another_dialect_are_doubted_and_limited() {
    for model in [TINY, "tts"] {
        let doubt = taken(&case("m1_mel_symmetric_4.npy"), model).unwrap();
        assert!(doubt.contains("-2.88 to 2.88") && doubt.contains("normalized"), "{doubt}");
    }
    let doubt = taken(&case("u1_mel_hifigan_range.npy"), TINY).unwrap();
    assert!(doubt.contains("0.0 to 1.0") && doubt.contains("tacotron2 or hifigan"), "{doubt}");
    assert_eq!(taken(&case("u1_mel_hifigan_range.npy"), "tts"), None);
    // The other way round they lie within the range, but no sound is as loud in every band.
    let doubt = taken(&case("u2_mel_batch_1_80_20.npy"), "tts").unwrap();
    assert!(doubt.contains("lmnt-diffwave"), "{doubt}");
}

#[test]
fn minus_infinity_is_silence_and_other_nonsense_is_named() {
    assert_eq!(taken(&case("m2_mel_neg_inf_pad.npy"), TINY), None);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mel.npy");
    for value in [f32::NAN, f32::INFINITY] {
        let mut values = vec![0.5f32; 80 * 20];
        values[3 * 20 + 7] = value;
        npy(&path, "<f4", false, "(80, 20)", &values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>());
        refused(&path, TINY, &["mel.npy", "band 3, frame 7", &format!("found {value}"), "finite"]);
    }
}

#[test]
fn arrays_of_every_float_order_and_axis_are_the_same_frames() {
    let value = |band: usize, frame: usize| (band * 3 + frame) as f32 / 512.0;
    let rows: Vec<f32> = (0..80 * 20).map(|i| value(i / 20, i % 20)).collect();
    let columns: Vec<f32> = (0..80 * 20).map(|i| value(i % 80, i / 80)).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mel.npy");
    let of = |dtype: &str, order: bool, shape: &str, data: Vec<u8>| {
        npy(&path, dtype, order, shape, &data);
        let (result, samples) = synth(&path, TINY);
        samples.unwrap_or_else(|| panic!("{dtype} {shape}: {}", String::from_utf8_lossy(&result.stderr)))
    };
    let half = |v: &f32| half::f16::from_f32(*v);
    let expected = of("<f4", false, "(80, 20)", rows.iter().flat_map(|v| v.to_le_bytes()).collect());
    let arrays = [
        of("<f2", false, "(80, 20)", rows.iter().flat_map(|v| half(v).to_le_bytes()).collect()),
        of(">f2", false, "(1, 80, 20)", rows.iter().flat_map(|v| half(v).to_be_bytes()).collect()),
        of(">f4", false, "(80, 20)", rows.iter().flat_map(|v| v.to_be_bytes()).collect()),
        of("<f8", true, "(80, 20)", columns.iter().flat_map(|v| f64::from(*v).to_le_bytes()).collect()),
        of(">f8", false, "(20, 80)", columns.iter().flat_map(|v| f64::from(*v).to_be_bytes()).collect()),
        of("<f4", false, "(1, 20, 80)", columns.iter().flat_map(|v| v.to_le_bytes()).collect()),
    ];
    for (index, array) in arrays.into_iter().enumerate() {
        assert!(array == expected, "array {index}");
    }
    npy(&path, "<f4", false, "(2, 80, 10)", &[0; 4 * 1600]);
    refused(&path, TINY, &["[2, 80, 10]", "one of the 2"]);
    npy(&path, "<f4", false, "(80, 99999999999999999)", &[0; 64]);
    refused(&path, TINY, &["mel.npy", "truncated array", "99999999999999999"]);
    npy(&path, "|O", false, "(80, 20)", &[0; 3200]);
    refused(&path, TINY, &["mel.npy", "dtype", "pickled objects"]);
    npy(&path, "|V2", false, "(80, 20)", &[0; 3200]);
    refused(&path, TINY, &["mel.npy", "dtype", "bfloat16"]);
}

/// Twenty frames of `n_mels` bands from `least` up, over a range of 8.
fn ramp(path: &Path, n_mels: usize, least: f32) {
    let values: Vec<u8> =
        (0..n_mels * 20).flat_map(|i| (least + 8.0 * ((i * 7) % 97) as f32 / 97.0).to_le_bytes()).collect();
    npy(path, "<f4", false, &format!("({n_mels}, 20)"), &values);
}

#[test]
fn frames_that_no_model_was_named_for_are_recognized_and_find_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mel.npy");
    let said = |arguments: &[&str]| {
        let (result, samples) = synth_as(&path, arguments);
        let stderr = String::from_utf8(result.stderr).unwrap();
        (stderr, samples.map_or(0, |samples| samples.len()))
    };
    ramp(&path, 80, -11.5);
    let (line, samples) = said(&[]);
    assert!(line.contains("taken as frames of hifigan or tacotron2") && line.contains("\"tts\""), "{line}");
    assert_eq!(samples, 20 * 256);
    ramp(&path, 100, -16.0);
    let (line, samples) = said(&[]);
    let lost = "frames of vocos-24k made bigvgan2-44k's: 100 bands interpolated to 128, frames of 10.7 ms to 11.6 ms, \
                nothing above 12000 Hz";
    assert!(line.contains("taken as frames of vocos-24k") && line.contains(lost), "{line}");
    // As many frames as last as long.
    assert_eq!(samples, 18 * 512);
    ramp(&path, 100, -8.0);
    assert!(said(&[]).0.contains("taken as frames of bigvgan-24k"));
    assert_eq!(said(&["--dialect", "bigvgan-24k"]).1, 18 * 512);
    assert_eq!(said(&["--dialect", "bigvgan-24k", "--model", "tts"]).1, 18 * 256);
    ramp(&path, 77, -8.0);
    let (line, samples) = said(&[]);
    assert!(line.contains("shape: found [77, 20], values of no published dialect"), "{line}");
    assert_eq!(samples, 0);
    // Which axis is that of the bands is not told.
    let zeros = vec![0; 80 * 100 * 4];
    npy(&path, "<f4", false, "(80, 100)", &zeros);
    let (line, samples) = said(&[]);
    assert!(line.contains("expected --dialect to say of which"), "{line}");
    assert_eq!(samples, 0);
}

#[test]
fn a_file_may_describe_a_dialect() {
    let folder = tempfile::tempdir().unwrap();
    let (path, file) = (folder.path().join("mel.npy"), folder.path().join("mine.json"));
    ramp(&path, 80, -5.0);
    let mine = r#"{"name": "mine", "rate_hz": 22050, "n_fft": 1024, "hop": 256, "win": 1024, "n_mels": 80, "fmin_hz": 80.0,
        "fmax_hz": 7600.0, "scale": "slaney", "spectrum": "magnitude", "compression": "log10", "framing": "centred"}"#;
    std::fs::write(&file, mine).unwrap();
    let (result, samples) = synth_as(&path, &["--model", "tts", "--dialect", file.to_str().unwrap()]);
    let line = String::from_utf8(result.stderr).unwrap();
    assert!(line.contains("frames of mine made hifigan's: 80 bands interpolated to 80"), "{line}");
    assert_eq!(samples.unwrap().len(), 20 * 256);
    std::fs::write(&file, mine.replace("slaney", "bark")).unwrap();
    let (result, _) = synth_as(&path, &["--dialect", file.to_str().unwrap()]);
    let line = String::from_utf8(result.stderr).unwrap();
    assert!(line.contains("mine.json: describes no mel dialect: unknown variant `bark`"), "{line}");
}
