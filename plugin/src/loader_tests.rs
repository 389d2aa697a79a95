//! The loader with files that change under it.

use super::*;
use crate::choices::BackendChoice;
use remel::checkpoint;
use remel::model::Card;
use std::path::Path;
use std::time::Instant;

/// The bundled model under another name.
fn save(path: &Path, name: &str) {
    let model = checkpoint::Bundled::default().model();
    let card = Card { name: name.to_owned(), ..model.header().card.clone() };
    checkpoint::save(&model.with_card(card), path).expect("a file");
}

#[test]
fn a_file_that_is_loaded_again_is_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("model.safetensors");
    save(&path, "before");
    let (params, report) = (Arc::new(RemelParams::default()), Arc::new(Report::default()));
    *params.model.write() = ModelChoice { backend: BackendChoice::Cpu, threads: 1, ..ModelChoice::default() };
    params.load(path.clone());
    let mut loader = Loader::new(params.clone(), report.clone());
    let setup =
        Setup { rate_hz: 48_000, channels: 1, max_block_samples: 512, offline: true, free_latency: false };
    let _activation = loader.activate(setup).expect("a thread");
    let name = || report.summary().model.map(|model| model.name);
    assert_eq!(name().as_deref(), Some("before"));

    save(&path, "after");
    params.load(path);
    let until = Instant::now() + Duration::from_secs(20);
    while name().as_deref() != Some("after") && Instant::now() < until {
        std::thread::sleep(INTERVAL);
    }
    assert_eq!(name().as_deref(), Some("after"));
}
