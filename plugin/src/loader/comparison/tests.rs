//! The comparison with software Vulkan in the place of a GPU.

use super::*;
use crate::choices::{BackendChoice, ModelChoice};
use crate::shared::EngineLease;
use remel::choice::{Outcome, Timing};
use std::time::{Duration, Instant};

#[path = "../../../../tests/device/mod.rs"]
mod device;

/// The smallest model there is, with the device left open.
fn model(engine: &EngineLease) -> PlacedModel {
    let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/diffwave/lmnt_8x4x2/weights.pt");
    let choice = ModelChoice { file: Some(tiny.into()), backend: BackendChoice::Auto, threads: 1 };
    PlacedModel::open(&choice, None, engine).expect("a model")
}

fn at(folder: &std::path::Path) -> Comparison {
    Comparison::with(Store::at(folder))
}

/// Follows until something has become known.
fn follow(comparison: &mut Comparison, model: &PlacedModel, mode: LatencyMode) -> Measurement {
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        assert!(Instant::now() < until, "nothing becomes known");
        if let Some(measured) = comparison.follow(model, mode) {
            return measured;
        }
        std::thread::sleep(INTERVAL);
    }
}

#[test]
fn with_the_cpu_alone_nothing_is_measured() {
    let (engine, folder) = (EngineLease::take().expect("an engine"), tempfile::tempdir().expect("a folder"));
    let mut model = model(&engine).among(vec![Backend::Cpu]);
    let mut comparison = at(folder.path());
    assert_eq!(comparison.follow(&model, LatencyMode::Live), None);
    assert!(comparison.running.is_none());
    model.settle(None);
    assert_eq!(model.summary([0.0; 3]).backend, "CPU × 1");
    assert_eq!(model.why().as_deref(), Some("there is no GPU"));
}

/// What is known of the CPU and the device `other`, where that takes `factor` of real time.
fn known(model: &PlacedModel, mode: LatencyMode, other: &Backend, factor: f64) -> Measurement {
    let (workload, places) = model.comparison(mode).expect("something to choose");
    let timing = |place: &Backend, real_time_factor| Timing {
        place: place.to_string(),
        outcome: Outcome::Rendered { first_use_s: 0.1, real_time_factor },
    };
    let timings = vec![timing(&Backend::Cpu, 0.1), timing(other, factor)];
    Measurement { model: "tiny".into(), key: workload.key(places).expect("a key"), timings }
}

/// The places of a machine on which software Vulkan would be a GPU; none where there is not even that.
fn places() -> Option<Vec<Backend>> {
    Some(vec![Backend::Cpu, device::first_gpu("devices of the plugin")?])
}

#[test]
fn what_is_kept_decides_for_each_mode_and_is_said() {
    let Some(places) = places() else { return };
    let (engine, folder) = (EngineLease::take().expect("an engine"), tempfile::tempdir().expect("a folder"));
    let mut model = model(&engine).among(places.clone());
    let comparison = at(folder.path());
    model.settle(comparison.known(&model, LatencyMode::Live).as_ref());
    assert_eq!(model.summary([0.0; 3]).backend, "CPU × 1");
    assert_eq!(model.why().as_deref(), Some("until the GPU has been measured"));
    for (mode, factor) in [(LatencyMode::Live, 0.39), (LatencyMode::Studio, 0.02)] {
        comparison.store.keep(&known(&model, mode, &places[1], factor)).expect("a file");
    }
    let on_cpu = model.key();
    for (mode, place, factor) in
        [(LatencyMode::Studio, &places[1], 0.02), (LatencyMode::Live, &places[0], 0.39)]
    {
        model.settle(comparison.known(&model, mode).as_ref());
        assert_eq!(model.key() == on_cpu, *place == Backend::Cpu, "{mode:?}");
        let summary = model.summary([0.0; 3]);
        assert!(summary.backend.starts_with(&place.to_string()), "{}", summary.backend);
        let said = format!("CPU: 0.100 of real time, {}: {factor:.3}", places[1]);
        assert_eq!(summary.why, Some(said));
    }
    // Heard of while the CPU plays, a faster device waits for the next start.
    let measured = known(&model, LatencyMode::Live, &places[1], 0.05);
    assert!(model.hear_of(&measured));
    assert_eq!(model.key(), on_cpu);
    assert!(model.why().is_some_and(|why| why.ends_with("from the next start on")));
    assert!(!model.hear_of(&known(&model, LatencyMode::Live, &places[1], 0.39)));
}

#[test]
fn devices_are_measured_once_for_all_instances() {
    let Some(places) = places() else { return };
    let (engine, folder) = (EngineLease::take().expect("an engine"), tempfile::tempdir().expect("a folder"));
    let model = model(&engine).among(places.clone());
    let mut comparison = at(folder.path());
    let measured = follow(&mut comparison, &model, LatencyMode::Live);
    for place in &places {
        assert!(measured.real_time_factor(&place.to_string()).is_some(), "{measured}");
    }
    assert_eq!(comparison.follow(&model, LatencyMode::Live), None);
    assert!(comparison.running.is_none(), "measured twice");
    let mut another = at(folder.path());
    // Numbers that are read back may differ in their last place.
    let kept = another.known(&model, LatencyMode::Live).expect("a measurement");
    assert_eq!((&kept.key, kept.to_string()), (&measured.key, measured.to_string()));
    assert_eq!(another.follow(&model, LatencyMode::Live), None);
    assert!(another.running.is_none(), "measured by another");
    // Another mode is another question; the instance goes before it is answered.
    assert_eq!(another.follow(&model, LatencyMode::Balanced), None);
    assert!(another.running.is_some());
    drop(another);
    assert!(Store::at(folder.path()).all().len() <= 2);
}

#[test]
fn what_the_disk_does_not_take_is_known_to_the_instance() {
    let Some(places) = places() else { return };
    let (engine, file) =
        (EngineLease::take().expect("an engine"), tempfile::NamedTempFile::new().expect("a file"));
    let model = model(&engine).among(places);
    let mut comparison = at(file.path());
    let measured = follow(&mut comparison, &model, LatencyMode::Live);
    assert_eq!(comparison.known(&model, LatencyMode::Live), Some(measured));
}
