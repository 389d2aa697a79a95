//! What `remel train` reads: configurations and data sets.
#![cfg(feature = "train")]

use std::collections::BTreeSet;
use std::f32::consts::TAU;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use remel::audio::Audio;
use remel::train::config::{AugmentConfig, DataConfig, Levels, Objective, Prior, Source, TrainConfig};
use remel::train::data::{AdditiveGenerator, DataSet, Draws, Split, Tone};
use tempfile::TempDir;

const RATE_HZ: u32 = 22_050;

/// A folder of sines, each of its own frequency, in three formats' worth of rates and channels.
struct Recordings {
    folder: TempDir,
}

impl Recordings {
    fn new(count: usize) -> Self {
        let recordings = Self { folder: TempDir::new().expect("a temporary folder") };
        for index in 0..count {
            let inner = recordings.source().join(format!("album {}", index % 3));
            fs::create_dir_all(&inner).expect("a new folder");
            let rate_hz = [RATE_HZ, 44_100, 8_000][index % 3];
            let sine = sine(300.0 + 50.0 * index as f32, rate_hz, rate_hz as usize / 2);
            let channels = vec![sine; 1 + index % 2];
            Audio { rate_hz, channels }.write_wav(&inner.join(format!("{index:02}.wav"))).expect("a WAV file");
        }
        recordings
    }

    fn source(&self) -> PathBuf {
        self.folder.path().join("source")
    }

    fn config(&self) -> DataConfig {
        let cache = Some(self.folder.path().join("runs/cache"));
        let augment = AugmentConfig { gain_db: [0.0; 2], ..AugmentConfig::default() };
        DataConfig { cache, augment, validation: 0.3, ..DataConfig::new(Source::Folder(self.source())) }
    }

    fn cached_files(&self) -> BTreeSet<PathBuf> {
        let entries = fs::read_dir(self.folder.path().join("runs/cache")).expect("a folder");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }
}

fn sine(frequency_hz: f32, rate_hz: u32, length: usize) -> Vec<f32> {
    (0..length).map(|n| 0.5 * (TAU * frequency_hz * n as f32 / rate_hz as f32).sin()).collect()
}

/// The set and its warnings.
fn open(config: &DataConfig) -> remel::Result<(DataSet, Vec<String>)> {
    let mut warnings = Vec::new();
    let set = DataSet::open(config, RATE_HZ, &mut |line| warnings.push(line.to_owned()), &mut |_, _| {})?;
    Ok((set, warnings))
}

fn crops(set: &DataSet, split: Split) -> Vec<Vec<f32>> {
    (0..20).map(|index| set.crop(split, index, 2048).expect("a crop").audio).collect()
}

/// Replaces a file's content by zeros of the same length that claim the same age.
fn scramble_unseen(path: &Path) {
    let metadata = path.metadata().expect("metadata");
    fs::write(path, vec![0; metadata.len() as usize]).expect("a file");
    File::options()
        .write(true)
        .open(path)
        .expect("a file")
        .set_modified(metadata.modified().expect("metadata"))
        .expect("a time of change");
}

fn wav_files(folder: &Path) -> Vec<PathBuf> {
    let inner = |path: PathBuf| if path.is_dir() { wav_files(&path) } else { vec![path] };
    fs::read_dir(folder).expect("a folder").flat_map(|entry| inner(entry.expect("an entry").path())).collect()
}

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
    DataSet::open(&recordings.config(), 24_000, &mut |_| {}, &mut |_, _| {}).unwrap();
    assert_eq!(recordings.cached_files().difference(&before).count(), 3);
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
    let mut progress = Vec::new();
    let mut warnings = Vec::new();
    let mut warn = |line: &str| warnings.push(line.to_owned());
    let set =
        DataSet::open(&recordings.config(), RATE_HZ, &mut warn, &mut |done, of| progress.push((done, of)));
    let set = set.unwrap();
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

#[test]
fn additive_sounds_are_endless_bounded_and_audible() {
    let (set, _) = open(&DataConfig::new(Source::Additive)).unwrap();
    assert!(set.holds(Split::Validation) && set.seconds(Split::Train).is_none());
    let unmeasured = DataConfig { validation: 0.0, ..DataConfig::new(Source::Additive) };
    assert!(!open(&unmeasured).unwrap().0.holds(Split::Validation));
    for split in [Split::Train, Split::Validation] {
        let crops: Vec<_> = (0..200).map(|index| set.crop(split, index, 4096).unwrap().audio).collect();
        assert!(crops.iter().all(|crop| crop.iter().all(|v| v.is_finite() && v.abs() <= 1.0)));
        let audible = crops.iter().filter(|crop| crop.iter().any(|v| v.abs() > 1e-3)).count();
        assert!(audible > 180, "{audible} of 200 crops of {split:?} can be heard");
        assert!(crops.windows(2).all(|pair| pair[0] != pair[1] || pair[0].iter().all(|v| *v == 0.0)));
    }
    assert_ne!(set.crop(Split::Train, 0, 4096).unwrap(), set.crop(Split::Validation, 0, 4096).unwrap());
    let generator = AdditiveGenerator::new(RATE_HZ);
    let sound = |index| generator.sound(&mut Draws::new(4, 0, index), 4096);
    assert_eq!(sound(1), sound(1));
}

/// Two recordings of class a, one of b, and one of neither: sines of 300, 350, 1000 and 2000 Hz.
fn recordings_of_two_classes() -> Recordings {
    let recordings = Recordings::new(0);
    let folder = recordings.source();
    for (name, hz) in [("a/deep/1", 300.0), ("a/2", 350.0), ("b/1", 1000.0), ("neither/1", 2000.0)] {
        let path = folder.join(name).with_extension("wav");
        fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        Audio::mono(RATE_HZ, sine(hz, RATE_HZ, RATE_HZ as usize)).write_wav(&path).expect("a WAV file");
    }
    recordings
}

#[test]
fn the_folders_of_classes_label_their_crops() {
    let recordings = recordings_of_two_classes();
    let classes = vec!["b".to_owned(), "a".to_owned()];
    let config = DataConfig { classes, label_dropout: 0.25, ..recordings.config() };
    let (set, warnings) = open(&config).unwrap();
    assert!(warnings.len() == 1 && warnings[0].contains("1 audio files in no class's folder"), "{warnings:?}");
    for split in [Split::Train, Split::Validation] {
        let crops: Vec<_> = (0..200).map(|index| set.crop(split, index, 2048).unwrap()).collect();
        for crop in crops.iter().filter(|crop| crop.class.is_some()) {
            let [deep, deeper, high] = [350.0, 300.0, 1000.0].map(|hz| power(&crop.audio, hz));
            assert_eq!(crop.class, Some(usize::from(deep.max(deeper) > high)), "deep is a, the second");
        }
        let count = |class| crops.iter().filter(|crop| crop.class == class).count();
        assert!(count(Some(0)) > 20 && count(Some(1)) > 20, "each class has its recordings in {split:?}");
        let untold = count(None);
        assert!(if split == Split::Train { (30..70).contains(&untold) } else { untold == 0 }, "{untold}");
    }
    let missing = DataConfig { classes: vec!["a".into(), "c".into()], ..config };
    let message = open(&missing).err().unwrap().to_string();
    assert!(message.contains("source/c") && message.contains("no audio file"), "{message}");
}

#[test]
fn kinds_of_generated_sounds_are_classes() {
    let classes = vec!["burst".to_owned(), "toy".to_owned()];
    let (set, _) = open(&DataConfig { classes, ..DataConfig::new(Source::Additive) }).unwrap();
    let roughness = |audio: &[f32]| {
        let energy = |samples: &mut dyn Iterator<Item = f32>| samples.map(|v| v * v).sum::<f32>();
        let change = energy(&mut audio.windows(2).map(|pair| pair[1] - pair[0]));
        change / energy(&mut audio.iter().copied()).max(1e-6)
    };
    let crops: Vec<_> = (0..100).map(|index| set.crop(Split::Train, index, 4096).unwrap()).collect();
    let median = |class| {
        let of_class = crops.iter().filter(|crop| crop.class == Some(class));
        let mut all: Vec<f32> = of_class.map(|crop| roughness(&crop.audio)).collect();
        all.sort_by(f32::total_cmp);
        assert!(all.len() > 30, "{} crops of class {class}", all.len());
        all[all.len() / 2]
    };
    let [bursts, tones] = [0, 1].map(median);
    assert!(bursts > 3.0 * tones, "noise is rougher than tones: {bursts} against {tones}");
}

/// The power of `samples` at `frequency_hz`, through a Hann window.
fn power(samples: &[f32], frequency_hz: f64) -> f64 {
    let step = std::f64::consts::TAU * frequency_hz / f64::from(RATE_HZ);
    let window = |n: usize| 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / samples.len() as f64).cos();
    let (mut re, mut im) = (0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let (sin, cos) = (step * n as f64).sin_cos();
        re += window(n) * f64::from(*sample) * cos;
        im += window(n) * f64::from(*sample) * sin;
    }
    (re * re + im * im) / (samples.len() as f64 / 4.0).powi(2)
}

#[test]
fn a_tone_has_the_partials_that_were_asked_for() {
    let render = |tone: &Tone| tone.render(RATE_HZ, RATE_HZ as usize, &mut Draws::new(0, 0, 0));
    let cases = [
        (Tone::steady(200.0, 6), vec![200.0, 400.0, 600.0, 800.0, 1000.0, 1200.0]),
        (Tone { spacing: 2.0, ..Tone::steady(150.0, 4) }, vec![150.0, 450.0, 750.0, 1050.0]),
        (Tone { spacing: 2.0, offset: 0.3, ..Tone::steady(100.0, 4) }, vec![100.0, 230.0, 430.0, 630.0]),
        (
            Tone { inharmonicity: 0.01, ..Tone::steady(100.0, 3) },
            vec![100.0, 200.0 * (1.04_f64 / 1.01).sqrt(), 300.0 * (1.09_f64 / 1.01).sqrt()],
        ),
        // What would fold is silent.
        (Tone::steady(4000.0, 5), vec![4000.0, 8000.0]),
    ];
    for (tone, expected_hz) in cases {
        let sound = render(&tone);
        for &frequency_hz in &expected_hz {
            let found = power(&sound, frequency_hz);
            assert!((found - 1.0).abs() < 0.02, "{tone:?}: power {found} at {frequency_hz} Hz");
        }
        let energy = sound.iter().map(|v| f64::from(v * v)).sum::<f64>() / sound.len() as f64;
        let expected = expected_hz.len() as f64 / 2.0;
        assert!(
            (energy / expected - 1.0).abs() < 0.01,
            "{tone:?}: {energy}, {expected} expected: more partials"
        );
    }
    let tilted = render(&Tone { tilt_db: -6.0206, ..Tone::steady(200.0, 4) });
    assert!((power(&tilted, 800.0) - 1.0 / 16.0).abs() < 2e-3);
}

fn read(text: &str) -> remel::Result<TrainConfig> {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("voice.toml");
    fs::write(&path, text).expect("a file");
    TrainConfig::read(&path)
}

const LEAST: &str = "model = \"voice.safetensors\"\n[data]\nsource = \"additive\"\n";

#[test]
fn a_short_configuration_has_sensible_defaults() {
    let config = read(LEAST).unwrap();
    assert_eq!(config.data.source, Source::Additive);
    assert_eq!((config.network.channels, config.network.layers, config.network.dilation_cycle), (64, 30, 10));
    assert_eq!(config.network.rate_hz().unwrap(), 22_050);
    assert_eq!((config.card_name().as_str(), config.licence.as_str()), ("voice", "unknown"));
    assert_eq!((config.training.levels, config.training.fast_share()), (Levels::Steps, 0.5));
    assert_eq!((config.schedule.steps, config.schedule.inference_betas.len()), (50, 6));
    let folder = config.model.parent().unwrap();
    assert_eq!(config.run_folder(), folder.join("runs/voice"));
    assert_eq!(config.data.cache, Some(folder.join("runs/cache")));
}

#[test]
fn the_recipes_that_come_with_remel_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let recipes: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    assert!(recipes.len() >= 3, "{recipes:?}");
    for recipe in recipes {
        TrainConfig::read(&recipe).unwrap();
    }
}

#[test]
fn every_field_can_be_set() {
    let config = read(
        r#"
        model = "out/student.safetensors"
        name = "Student"
        licence = "CC-BY-4.0"
        run = "/tmp/run"
        init = "weights.pt"
        [network]
        channels = 32
        layers = 12
        dilation_cycle = 6
        causal = true
        conditioner = "bigvgan-24k"
        prior = "spectral"
        [schedule]
        steps = 200
        beta_min = 1e-6
        beta_max = 0.02
        inference_betas = [1e-3, 0.1, 0.7]
        [data]
        source = "../recordings"
        cache = "cache"
        validation = 0.1
        classes = ["piano", "violin"]
        label_dropout = 0.1
        additive_share = 0.2
        seed = 7
        [data.augment]
        gain_db = [-20, 0]
        pitch_semitones = [-3, 3]
        eq_db = [-6.0, 6.0]
        [training]
        objective = "distill"
        loss = "l2"
        spectral_weight = 0.5
        shaped_weight = 0.3
        levels = "wavegrad"
        fast_levels = 0.8
        antithetic = false
        batch = 4
        crop_frames = 31
        accumulate = 2
        learning_rate = 1e-3
        warmup_steps = 10
        total_steps = 1000
        minutes = 5
        gradient_clip = 0.5
        ema = 0.99
        seed = 3
        device = "gpu"
        precision = "bf16"
        checkpoint_minutes = 1
        validate_steps = 50
        [distill]
        teacher = "voice.safetensors"
        steps = 3
        "#,
    )
    .unwrap();
    assert_eq!((config.training.objective, config.network.prior), (Objective::Distill, Prior::Spectral));
    assert_eq!((config.network.rate_hz().unwrap(), config.training.minutes), (24_000, Some(5.0)));
    assert_eq!(config.data.augment.pitch_semitones, Some([-3.0, 3.0]));
    assert_eq!(config.run_folder(), Path::new("/tmp/run"));
    let Source::Folder(source) = &config.data.source else { panic!("a folder") };
    assert!(source.is_absolute() && source.ends_with("../recordings"), "{source:?}");
    assert!(config.distill.as_ref().unwrap().teacher.is_absolute());
    assert_eq!((config.card_name().as_str(), config.licence.as_str()), ("Student", "CC-BY-4.0"));
    assert_eq!((config.schedule.training().unwrap().len(), config.schedule.inference_betas.len()), (200, 3));
    // What is written down of a training reads back.
    assert_eq!((config.training.levels, config.training.fast_share()), (Levels::Wavegrad, 0.8));
    let json = serde_json::to_string(&config.network).unwrap();
    assert_eq!(serde_json::from_str::<remel::train::config::NetworkConfig>(&json).unwrap(), config.network);
}

#[test]
fn a_wrong_configuration_is_answered_in_one_line_with_file_and_field() {
    let with = |tables: &str| format!("{LEAST}{tables}");
    let cases = [
        ("model = \"a.safetensors\"\n", ["data", "missing"]),
        ("[data]\nsource = \"additive\"\n", ["model", "missing"]),
        ("model = \"a.bin\"\n[data]\nsource = \"x\"\n", ["model", ".safetensors"]),
        ("model = \n", ["line 1", "expected"]),
        (&with("noise = 3\n"), ["line 4", "noise"]),
        (&with("[training]\nbatch = \"many\"\n"), ["training.batch", "many"]),
        (&with("[training]\nbatch = 0\n"), ["training.batch", "found 0, expected 1 to 4096"]),
        (&with("[training]\nbatch = -1\n"), ["training.batch", "-1"]),
        (&with("[training]\nloss = \"l3\"\n"), ["l3", "`l1`"]),
        (&with("[training]\nlearning_rate = nan\n"), ["training.learning_rate", "NaN"]),
        (&with("[training]\nshaped_weight = 0.3\n"), ["training.shaped_weight", "spectral"]),
        (&with("[training]\nlevels = \"random\"\n"), ["random", "`wavegrad`"]),
        (&with("[training]\nobjective = \"variational\"\n"), ["network.conditioner", "variational"]),
        (
            &with(
                "[network]\nconditioner = \"none\"\n[training]\nobjective = \"variational\"\nfast_levels = 0.5\n",
            ),
            ["training.levels", "neither"],
        ),
        (&with("[training]\nprecision = \"f8\"\n"), ["f8", "`f16`"]),
        (&with("[training]\nema = 1.0\n"), ["training.ema", "1"]),
        (&with("[training]\nminutes = 0\n"), ["training.minutes", "0"]),
        (&with("[training]\nobjective = \"distill\"\n"), ["distill", "a table"]),
        (&with("[distill]\nteacher = \"t.pt\"\n"), ["distill", "objective"]),
        (
            &with("[training]\nobjective = \"consistency\"\n[distill]\nteacher = \"t.pt\"\nsteps = 4\n"),
            ["distill.steps", "found 4, expected 1 to 3"],
        ),
        (&with("[data.augment]\ngain_db = [3, -3]\n"), ["data.augment.gain_db", "[3, -3]"]),
        (&with("[data.augment]\ngain_db = 3\n"), ["data.augment.gain_db", "3"]),
        (
            &with("classes = [\"toy\", \"flute\"]\n"),
            ["data.classes", "found \"flute\", expected one of toy, tone"],
        ),
        (&with("classes = [\"toy\", \"toy\"]\n"), ["data.classes", "toy"]),
        (&with("classes = 2\n"), ["data.classes", "2"]),
        (&with("classes = [\"toy\"]\nlabel_dropout = 1.5\n"), ["data.label_dropout", "1.5"]),
        (&with("label_dropout = 0.1\n"), ["data.label_dropout", "data.classes"]),
        (&with("validation = 0.9\n"), ["data.validation", "0.9"]),
        (&with("[network]\nconditioner = \"mp3\"\n"), ["network.conditioner", "lmnt-diffwave"]),
        (&with("[network]\nconditioner = \"lmnt-wavegrad\"\n"), ["network.conditioner", "300"]),
        (&with("[network]\nrate_hz = 44100\n"), ["network.rate_hz", "22050"]),
        (&with("[network]\nconditioner = \"none\"\nprior = \"energy\"\n"), ["network.prior", "none"]),
        (&with("[network]\nconditioner = \"none\"\n[phase]\n"), ["phase", "network.conditioner"]),
        (&with("[phase]\ntrust = 2.0\n"), ["phase.trust", "0 to 1"]),
        (&with("[network]\nchannels = 0\n"), ["network.channels", "0"]),
        (&format!("name = ' '\n{LEAST}"), ["name", "\" \""]),
        (&with("[schedule]\nsteps = 0\n"), ["schedule.steps", "found 0, expected 1 to"]),
        (&with("[schedule]\nbeta_max = 1e-5\n"), ["schedule.beta_max", "0.00001"]),
        (&with("[schedule]\ninference_betas = []\n"), ["schedule.inference_betas", "none"]),
        (&with("[schedule]\ninference_betas = [0.1, 1.5]\n"), ["schedule.inference_betas", "1.5"]),
        (&with("[schedule]\ninference_betas = [0.9]\n"), ["schedule.inference_betas", "0.9487"]),
    ];
    for (text, expected) in cases {
        let message = read(text).unwrap_err().to_string();
        assert!(message.contains("voice.toml") && !message.contains('\n'), "{message:?}");
        assert!(expected.iter().all(|part| message.contains(part)), "{expected:?} not in {message:?}");
    }
    let unconditional = read(&with("[network]\nconditioner = \"none\"\nrate_hz = 16000\n")).unwrap();
    assert_eq!(unconditional.network.rate_hz().unwrap(), 16_000);
    let missing = TrainConfig::read(Path::new("/nowhere/voice.toml")).unwrap_err().to_string();
    assert!(missing.contains("/nowhere/voice.toml"), "{missing}");
}
