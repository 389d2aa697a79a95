//! Models and their renderers in the engine.

use super::*;
use remel::stream::LatencyMode;
use std::path::Path;

/// The model file `path` on the CPU; none is the bundled model.
fn open(path: Option<&Path>, engine: &EngineLease) -> PlacedModel {
    let choice = ModelChoice { file: path.map(Into::into), backend: BackendChoice::Cpu, threads: 1 };
    PlacedModel::open(&choice, None, engine).expect("a model")
}

/// The bundled model with another temperature.
fn save(path: &Path, temperature: f32) {
    let model = Bundled::default().model().with_temperature(temperature).expect("a temperature");
    checkpoint::save(&model, path).expect("a file");
}

#[test]
fn no_mode_cuts_the_bundled_model_short() {
    let engine = EngineLease::take().expect("an engine");
    let model = open(None, &engine);
    let (renderer, _) = model.renderers().expect("the CPU");
    let format = renderer.format();
    for mode in LatencyMode::ALL {
        // Without the frames that a model needs, no window goes on from the one before: the work is a multiple then.
        let needed = format.context.right_frames - format.context.optional_right_frames;
        assert!(mode.plan(&format).right_frames >= needed, "{mode:?}");
    }
}

#[test]
fn a_file_written_over_is_another_model() {
    let engine = EngineLease::take().expect("an engine");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("model.safetensors");
    save(&path, 0.5);
    let mut first = open(Some(&path), &engine);
    let first_renderer = first.renderer(&engine).expect("the CPU");
    save(&path, 0.75);
    let mut second = open(Some(&path), &engine);
    let second_renderer = second.renderer(&engine).expect("the CPU");
    assert_ne!(first_renderer.key(), second_renderer.key());
    assert_eq!(first.model.header().temperature, 0.5);
    assert_eq!(second.model.header().temperature, 0.75);
}

#[test]
fn equal_files_are_one_model_with_one_renderer_wherever_they_lie() {
    let (engine, other) = (EngineLease::take().expect("an engine"), EngineLease::take().expect("an engine"));
    let folder = tempfile::tempdir().expect("a folder");
    let [a, b] = ["a", "b"].map(|name| folder.path().join(name).with_extension("safetensors"));
    save(&a, 0.25);
    std::fs::copy(&a, &b).expect("a copy");
    let (mut first, mut second) = (open(Some(&a), &engine), open(Some(&b), &other));
    assert!(Arc::ptr_eq(&first.model, &second.model), "parsed twice");
    let leases = [first.renderer(&engine), second.renderer(&other)].map(|lease| lease.expect("the CPU"));
    assert_eq!(leases[0].key(), leases[1].key());
    // Model, renderer and nothing else hold it: the second renderer would be one more.
    assert_eq!(Arc::strong_count(&first.model), 3);
    drop((leases, second));
    // The engine drops a renderer in its own time.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while Arc::strong_count(&first.model) > 1 && std::time::Instant::now() < until {
        std::thread::yield_now();
    }
    assert_eq!(Arc::strong_count(&first.model), 1, "kept by nobody who needs it");
}
