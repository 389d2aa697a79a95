//! Checkpoints as programs save them: what is read of them, what is assumed, and what is refused.

use std::path::{Path, PathBuf};
use std::process::Command;

use remel::checkpoint::{self, ImportOptions, ModelFile, read_array};
use remel::model::Model;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn imported(name: &str, options: &ImportOptions) -> (Model, String) {
    let file = ModelFile::read(&fixture(name)).unwrap();
    let (model, assumed) = file.import(options).unwrap_or_else(|e| panic!("{e}"));
    (model, assumed.join("; "))
}

#[track_caller]
fn refused(path: &Path, parts: &[&str]) {
    let message = checkpoint::load(path, None).unwrap_err().to_string();
    assert!(message.starts_with(&path.display().to_string()) && !message.contains('\n'), "{message}");
    for part in parts {
        assert!(message.contains(part), "`{message}` does not say `{part}`");
    }
}

/// Sample rate, dilation cycle, training steps, first weight of the skip projection.
fn told(model: &Model) -> (u32, usize, usize, f32) {
    let header = model.header();
    let network = header.network.diffwave("test").unwrap();
    let skip = model.weights().values("skip_projection.weight")[0];
    (header.rate_hz, network.dilation_cycle, header.training_betas.len(), skip)
}

#[test]
fn parameters_are_read_whatever_dictionary_or_object_holds_them() {
    for name in ["defaultdict.pt", "easydict.pt", "namespace.ckpt", "slots.pt", "legacy"] {
        let (model, assumed) = imported(&format!("checkpoints/{name}"), &ImportOptions::default());
        assert_eq!(told(&model), (24_000, 2, 50, 0.25), "{name}");
        assert!(
            !assumed.contains("--sample-rate") && !assumed.contains("--dilation-cycle"),
            "{name}: {assumed}"
        );
        assert!(assumed.contains("--noise-schedule"), "{name}: {assumed}");
    }
    let (model, _) = imported("cases/c3_lightning_hyper_parameters.ckpt", &ImportOptions::default());
    assert_eq!((told(&model).0, told(&model).1, model.header().card.trained_steps), (24_000, 2, 9));
}

#[test]
fn numbers_of_numpy_and_tensors_are_numbers() {
    for name in ["numpy.pt", "numpy_protocol4.pt"] {
        let (model, _) = imported(&format!("checkpoints/{name}"), &ImportOptions::default());
        assert_eq!(told(&model), (24_000, 2, 200, 0.25), "{name}");
        assert_eq!(model.header().training_betas[199], 0.02);
        let fast: Vec<f32> = model.header().inference_betas.iter().map(|beta| *beta as f32).collect();
        assert_eq!(fast, [1e-3, 0.1, 0.5]);
    }
    let (model, _) = imported("cases/c2_params_numpy_int.pt", &ImportOptions::default());
    assert_eq!((told(&model).0, told(&model).1, model.header().card.trained_steps), (24_000, 2, 7));
    let (model, _) = imported("cases/c2_params_tensor_schedule.pt", &ImportOptions::default());
    assert_eq!(told(&model).2, 200);
}

#[test]
fn a_parameter_of_another_type_is_named() {
    refused(&fixture("checkpoints/wrong_type.pt"), &["params.sample_rate", "\"fast\"", "a whole number of Hz"]);
}

#[test]
fn what_the_file_does_not_say_is_said_and_can_be_set() {
    let name = "cases/c9_weights.pth.tar";
    let options = ImportOptions {
        rate_hz: Some(24_000),
        dilation_cycle: Some(3),
        causal: Some(true),
        training_betas: Some(vec![0.01; 70]),
        inference_betas: Some(vec![0.1, 0.5]),
        prior: Some("energy".into()),
        ..ImportOptions::default()
    };
    let (model, assumed) = imported(name, &options);
    assert_eq!((told(&model).0, told(&model).1, told(&model).2), (24_000, 3, 70));
    assert!(model.header().network.layout().causal && model.header().prior.is_some());
    assert_eq!(
        (model.header().inference_betas.as_slice(), assumed.as_str()),
        (&[0.1, 0.5][..], "the mel dialect lmnt-diffwave (--dialect)")
    );
}

#[test]
fn a_dilation_cycle_other_than_the_blocks_is_refused() {
    let options = ImportOptions { dilation_cycle: Some(4), ..ImportOptions::default() };
    let path = fixture("diffwave/seed000_8x6x2/bare.pt");
    let error = ModelFile::read(&path).unwrap().import(&options).unwrap_err().to_string();
    assert!(
        error.contains("params.dilation_cycle_length: found 4, expected 3, as its tensors have it"),
        "{error}"
    );
}

#[test]
fn convert_says_what_it_assumes_and_takes_every_option() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.safetensors");
    let convert = |input: &str, more: &[&str]| {
        let input = fixture(input);
        let arguments = ["convert", input.to_str().unwrap(), "-o", output.to_str().unwrap()];
        let result = Command::new(env!("CARGO_BIN_EXE_remel")).args(arguments).args(more).output().unwrap();
        (result.status.code(), String::from_utf8(result.stderr).unwrap())
    };
    let bare = "diffwave/lmnt_8x4x2/weights.safetensors";
    let (status, said) = convert(bare, &[]);
    assert_eq!(status, Some(0), "{said}");
    for option in ["--dilation-cycle", "--sample-rate", "--dialect", "--noise-schedule", "--causal", "--prior"]
    {
        assert!(said.contains(option), "{said}");
    }
    let options = ["--dilation-cycle", "2", "--sample-rate", "24000", "--noise-schedule", "1e-4:0.02:200"];
    let (status, said) = convert(bare, &[&options[..], &["--inference-schedule", "0.1,0.5"]].concat());
    assert_eq!(status, Some(0), "{said}");
    let model = checkpoint::load(&output, None).unwrap();
    assert_eq!((told(&model).0, told(&model).1, told(&model).2), (24_000, 2, 200));
    assert_eq!(convert(bare, &["--noise-schedule", "1:2"]).0, Some(2));
}

#[test]
fn norms_are_folded_and_averages_preferred() {
    let (model, _) = imported("checkpoints/parametrized.pt", &ImportOptions::default());
    // 2 · 1 / √8.
    assert!((told(&model).3 - 0.707_106_77).abs() < 1e-6);
    imported("cases/c6_weight_norm_old.pt", &ImportOptions::default());
    let (model, assumed) = imported("checkpoints/ema.pt", &ImportOptions::default());
    assert_eq!(told(&model).3, 0.5);
    assert!(assumed.contains("took the weights ema_model."), "{assumed}");
}

#[test]
fn a_counter_among_weights_is_left_out() {
    let bytes = std::fs::read(fixture("diffwave/lmnt_8x4x2/weights.safetensors")).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let mut views: Vec<_> = file.iter().collect();
    let count = safetensors::tensor::TensorView::new(safetensors::Dtype::I64, vec![], &[0; 8]).unwrap();
    views.push(("norm.num_batches_tracked", count));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights");
    std::fs::write(&path, safetensors::serialize(views, None).unwrap()).unwrap();
    let plain = checkpoint::load(&fixture("diffwave/lmnt_8x4x2/weights.safetensors"), None).unwrap();
    assert_eq!(checkpoint::load(&path, None).unwrap().weights(), plain.weights());
}

#[test]
fn files_are_told_by_their_first_bytes() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["pytorch_model.bin", "checkpoint.pkl", "checkpoint", "weights.safetensors"] {
        let path = folder.path().join(name);
        std::fs::copy(fixture("cases/c9_weights.pth.tar"), &path).unwrap();
        checkpoint::load(&path, None).unwrap_or_else(|e| panic!("{e}"));
    }
    for name in ["model-00001-of-00002.safetensors", "pytorch_model-00002-of-00002.bin"] {
        let path = folder.path().join(name);
        std::fs::copy(fixture("cases/c9_weights.pth.tar"), &path).unwrap();
        refused(&path, &["of 2 of a model", "one file"]);
    }
    // It holds a tensor, but no network's.
    refused(&fixture("cases/c1_defaultdict.pt"), &["tensor names", "model.x", "residual_layers"]);
    refused(&fixture("mel/hifigan.npy"), &["is a NumPy array"]);
    refused(&fixture("checkpoints/mel.npz"), &[".npz: mel", "save one of them"]);
}

#[test]
fn a_small_file_does_not_unfold_to_a_large_one() {
    refused(&fixture("checkpoints/bomb.pt"), &["more than a file of"]);
    refused(
        &fixture("checkpoints/expanded.pt"),
        &["skip_projection.weight", "[1048576, 1048576]", "[8, 8, 1]"],
    );
}

#[test]
fn arrays_come_from_every_container() {
    let mel = read_array(&fixture("cases/m4_mel.pt")).unwrap();
    assert_eq!((mel.shape.as_slice(), mel.data.len()), (&[80, 20][..], 1600));
    let mel = read_array(&fixture("checkpoints/mel_in_dict.pt")).unwrap();
    assert_eq!((mel.shape.as_slice(), mel.data[7]), (&[80, 20][..], 0.5));
    assert_eq!(read_array(&fixture("checkpoints/array.pickle")).unwrap().shape, [80, 4]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mel.safetensors");
    let values: Vec<u8> = (0..160).flat_map(|v| half::bf16::from_f32(v as f32).to_le_bytes()).collect();
    let view = safetensors::tensor::TensorView::new(safetensors::Dtype::BF16, vec![1, 80, 2], &values).unwrap();
    std::fs::write(&path, safetensors::serialize([("mel", view)], None).unwrap()).unwrap();
    let mel = read_array(&path).unwrap();
    assert_eq!((mel.shape.as_slice(), mel.data[159]), (&[1, 80, 2][..], 159.0));
    let message = |path: &Path| read_array(path).unwrap_err().to_string();
    assert!(message(&fixture("checkpoints/mel.npz")).contains(".npz: mel"));
    assert!(message(&fixture("cases/c9_weights.pth.tar")).contains("one tensor of mel frames"));
    assert!(message(&fixture("bad/text.wav")).contains("is text"));
    assert!(message(&fixture("audio/alac.m4a")).contains("no kind that is known"));
}
