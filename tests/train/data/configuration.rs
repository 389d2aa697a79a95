//! Configurations as files.

use std::fs;
use std::path::Path;

use remel::train::config::{DiffWaveNetwork, Levels, NetworkConfig, Objective, Prior, Source, TrainConfig};
use tempfile::TempDir;

fn read(text: &str) -> remel::Result<TrainConfig> {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("voice.toml");
    fs::write(&path, text).expect("a file");
    TrainConfig::read(&path)
}

/// The DiffWave network of a configuration.
fn diffwave(config: &TrainConfig) -> &DiffWaveNetwork {
    match &config.network {
        NetworkConfig::DiffWave(network) => network,
        _ => panic!("not a DiffWave"),
    }
}

const LEAST: &str = "model = \"voice.safetensors\"\n[data]\nsource = \"additive\"\n";

#[test]
fn a_short_configuration_has_sensible_defaults() {
    let config = read(LEAST).unwrap();
    assert_eq!(config.data.source, Source::Additive);
    let network = diffwave(&config);
    assert_eq!((network.channels, network.layers, network.dilation_cycle), (64, 30, 10));
    assert_eq!(network.rate_hz().unwrap(), 22_050);
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
    assert_eq!((config.training.objective, diffwave(&config).prior), (Objective::Distill, Prior::Spectral));
    assert_eq!((diffwave(&config).rate_hz().unwrap(), config.training.minutes), (24_000, Some(5.0)));
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
    assert_eq!(serde_json::from_str::<NetworkConfig>(&json).unwrap(), config.network);
}

#[test]
fn a_bandwave_is_that_of_its_fields_or_of_the_model_it_begins_with() {
    let network =
        |fields: &str| read(&format!("{LEAST}[network]\nkind = \"bandwave\"\n{fields}")).unwrap().network;
    let silent = network("");
    assert_eq!(silent, NetworkConfig::BandWave(None));
    let told = network("layers = 6\n");
    let NetworkConfig::BandWave(Some(shape)) = &told else { panic!("a BandWave") };
    assert_eq!((shape.channels, shape.layers, shape.conditioner.as_str()), (64, 6, "bigvgan2-44k"));
    for network in [silent, told.clone()] {
        let json = serde_json::to_string(&network).unwrap();
        assert_eq!(serde_json::from_str::<NetworkConfig>(&json).unwrap(), network);
    }
    let begun = read(&format!("init = \"small\"\n{LEAST}")).unwrap();
    assert_eq!(begun.init.as_deref(), Some(Path::new("small")));
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
        (&with("[network]\nkind = \"wavenet\"\n"), ["network.kind", "`bandwave`"]),
        (&with("[network]\ncycle = 4\n"), ["network.cycle", "expected none, as network.kind is \"diffwave\""]),
        (&with("[network]\nkind = \"bandwave\"\nprior = \"energy\"\n"), ["network.prior", "bandwave"]),
        (&with("[network]\nkind = \"bandwave\"\nchannels = 24\n"), ["network.channels", "a multiple of 16"]),
        (
            &with("[network]\nkind = \"bandwave\"\nconditioner = \"lmnt-diffwave\"\n"),
            ["network.conditioner", "expected bigvgan2-44k or hifigan"],
        ),
        (
            &with("[network]\nkind = \"bandwave\"\n[training]\nprecision = \"bf16\"\n"),
            ["training.precision: found bf16", "the default, as network.kind is \"bandwave\""],
        ),
        (&with("[network]\nkind = \"bandwave\"\n[phase]\n"), ["phase", "bandwave"]),
        (
            &with("[network]\nkind = \"bandwave\"\n[training]\ncrop_frames = 8\n"),
            ["training.crop_frames", "found 8, expected 20 to"],
        ),
        (&with("[training]\nown = 2.0\n"), ["training.own", "found 2, expected 0 to 1"]),
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
    assert_eq!(diffwave(&unconditional).rate_hz().unwrap(), 16_000);
    let missing = TrainConfig::read(Path::new("/nowhere/voice.toml")).unwrap_err().to_string();
    assert!(missing.contains("/nowhere/voice.toml"), "{missing}");
}
