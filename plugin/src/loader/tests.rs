//! The loader with files that change under it, or go.

use super::mailbox::INTERVAL;
use super::*;
use crate::catalogue::Catalogue;
use crate::choices::{BackendChoice, ModelChoice, SavedModel, SeenModel};
use remel::checkpoint;
use remel::model::Card;
use std::path::{Path, PathBuf};
use std::time::Instant;

const SETUP: Setup =
    Setup { rate_hz: 48_000, channels: 1, max_block_samples: 512, offline: true, free_latency: false };

/// The bundled model under another name.
fn save(path: &Path, name: &str) {
    let model = checkpoint::Bundled::default().model();
    let card = Card { name: name.to_owned(), ..model.header().card.clone() };
    checkpoint::save(&model.with_card(card), path).expect("a file");
}

/// A model whose latency is another than the bundled ones'.
fn slow_model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models/live.safetensors")
}

/// What a project is saved with that plays the model in `file`.
fn saved(file: &Path) -> SavedModel {
    let choice = ModelChoice { file: Some(file.into()), backend: BackendChoice::Cpu, threads: 1 };
    SavedModel { choice, seen: None }
}

/// An instance whose host has restored `saved`.
fn restored(saved: SavedModel) -> (Loader, Arc<RemelParams>, Arc<Report>) {
    let (params, report) = (Arc::new(RemelParams::default()), Arc::new(Report::default()));
    *params.model.write() = saved;
    (Loader::new(params.clone(), report.clone()), params, report)
}

/// Waits until `holds`, for as long as a busy machine may take.
fn wait(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(INTERVAL);
    }
}

#[test]
fn a_file_that_is_loaded_again_is_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("model.safetensors");
    save(&path, "before");
    let (mut loader, params, report) = restored(saved(&path));
    let _activation = loader.activate(SETUP).expect("a thread");
    let name = || report.summary().model.map(|model| model.name);
    assert_eq!(name().as_deref(), Some("before"));

    save(&path, "after");
    params.choose(params.chosen());
    wait("read again", || name().as_deref() == Some("after"));
}

#[test]
fn a_project_whose_model_is_missing_keeps_its_latency_and_its_name_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mine.safetensors");
    std::fs::copy(slow_model(), &path).expect("a copy");
    let (mut loader, params, report) = restored(saved(&path));
    let there = loader.activate(SETUP).expect("a thread").latency_samples;
    let project = params.model.read().clone();
    drop(loader);
    let bundled = restored(SavedModel::default()).0.activate(SETUP).expect("a thread").latency_samples;
    assert_ne!(there, bundled, "this test needs a model of another latency");

    std::fs::remove_file(&path).expect("a file");
    let (mut loader, params, report_without) = restored(project.clone());
    let gone = loader.activate(SETUP).expect("a thread");
    assert_eq!(gone.latency_samples, there);
    let summary = report_without.summary();
    assert_eq!(summary.missing.as_deref(), Some(path.as_path()));
    assert_eq!(summary.model.map(|model| model.name), report.summary().model.map(|model| model.name));
    assert!(matches!(&summary.load_state, LoadState::Failed(error) if error.contains("not there")));
    assert_eq!(*params.model.read(), project, "saved again, the project still names its model");

    // Put back, it is found by a search.
    std::fs::copy(slow_model(), &path).expect("a copy");
    params.choose(params.chosen());
    wait("found", || report_without.summary().load_state == LoadState::Running);
    assert_eq!(report_without.summary().missing, None);
}

#[test]
fn a_project_of_an_older_version_without_its_model_has_the_latency_of_the_bundled_one() {
    let (mut loader, ..) = restored(saved(Path::new("/nowhere/gone.safetensors")));
    let gone = loader.activate(SETUP).expect("a thread").latency_samples;
    let bundled = restored(SavedModel::default()).0.activate(SETUP).expect("a thread").latency_samples;
    assert_eq!(gone, bundled);
}

#[test]
fn a_wrong_path_takes_the_place_of_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mine.safetensors");
    std::fs::copy(slow_model(), &path).expect("a copy");
    let (mut loader, params, report) = restored(saved(&path));
    let before = loader.activate(SETUP).expect("a thread").latency_samples;
    let project = params.model.read().clone();
    for wrong in ["/nowhere/gone.safetensors", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")] {
        params.choose(ModelChoice { file: Some(wrong.into()), ..params.chosen() });
        wait("tried", || params.attempt.lock().is_none());
        let summary = report.summary();
        assert!(summary.notice.is_some_and(|notice| notice.starts_with(wrong)), "{wrong}");
        assert_eq!(summary.load_state, LoadState::Running);
        assert_eq!(*params.model.read(), project);
        report.update(|summary| summary.notice = None);
    }
    loader.deactivate();
    assert_eq!(loader.activate(SETUP).expect("a thread").latency_samples, before);
}

#[test]
fn what_a_host_restores_may_hold_anything() {
    for header in ["", "{}", "null", "\u{0}"] {
        let mut hostile = saved(Path::new("/nowhere/gone.safetensors"));
        hostile.seen = Some(SeenModel { digest: "x".repeat(1000), header: header.into() });
        let (mut loader, _, report) = restored(hostile);
        assert!(loader.activate(SETUP).expect("a thread").latency_samples > 0, "{header}");
        assert!(matches!(report.summary().load_state, LoadState::Failed(_)));
    }
}

#[test]
fn cards_say_the_latencies_that_the_streams_have() {
    let mut catalogue = Catalogue::default();
    catalogue.refresh();
    wait("listed", || !catalogue.entries().is_empty());
    for entry in catalogue.entries() {
        let (mut loader, _, report) = restored(saved(&entry.file));
        loader.activate(SETUP).expect("a thread");
        let said = entry.figures(report.summary().setup).and_then(|figures| figures.latencies_ms);
        assert_eq!(said, report.summary().model.map(|model| model.latencies_ms), "{}", entry.file.display());
    }
}
