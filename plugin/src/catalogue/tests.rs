//! Models in a list, with a folder of the user's.

use super::*;

/// A folder with a model, one that the plugin does not play, and one that is none.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models");
    std::fs::create_dir(folder.path().join("deep")).expect("a folder");
    for (from, to) in [("live", "deep/Zebra"), ("examples/generator", "noise")] {
        let from = assets.join(from).with_extension("safetensors");
        std::fs::copy(from, folder.path().join(to).with_extension("safetensors")).expect("a copy");
    }
    std::fs::write(folder.path().join("broken.pt"), "no model").expect("a file");
    std::fs::write(folder.path().join("notes.txt"), "no model").expect("a file");
    folder
}

#[test]
fn bundled_models_come_first_and_every_file_says_what_it_is() {
    let folder = folder();
    let entries = list(Some(folder.path()));
    let names: Vec<String> = entries.iter().map(Entry::file_name).collect();
    assert_eq!(names, ["small", "large", "tts", "broken.pt", "Zebra.safetensors", "noise.safetensors"]);
    assert!(entries[3].problem.as_ref().is_some_and(|problem| problem.contains("broken.pt: ")));
    assert_eq!(entries[5].problem.as_deref(), Some("reads no mel frames: for the command line"));
    assert!(entries[..3].iter().all(Entry::is_bundled) && entries[4].problem.is_none());
}

#[test]
fn cards_have_figures_that_order_the_models() {
    let entries = list(None);
    let figures: Vec<Figures> = entries.iter().filter_map(|entry| entry.figures(None)).collect();
    assert_eq!(figures.len(), 3);
    assert!((figures[0].work - 1.0).abs() < 1e-9);
    assert!((2.5..3.5).contains(&figures[1].work), "large takes three times as long: {}", figures[1].work);
    assert!((figures[0].parameters_m - 0.814944).abs() < 1e-6);
    for figures in figures {
        let [live, balanced, studio] = figures.latencies_ms.expect("all of them are for streams");
        assert!(0.0 < live && live < balanced && balanced < studio);
    }
}

#[test]
fn models_are_found_by_words_and_walked_past_those_that_do_not_play() {
    let folder = folder();
    let mut catalogue = Catalogue { entries: list(Some(folder.path())), scan: None };
    let found = |search: &str| {
        let entries = list(Some(folder.path()));
        entries.iter().filter(|entry| entry.is_found(search)).map(Entry::file_name).collect::<Vec<_>>()
    };
    assert_eq!(found("zebra DEEP"), ["Zebra.safetensors"]);
    assert_eq!(found("22050 bandwave"), ["tts"]);
    assert_eq!(found("").len(), 6);
    let zebra = folder.path().join("deep/Zebra.safetensors");
    let small = PathBuf::from("small");
    assert_eq!(catalogue.beside(Path::new("tts"), true), Some(zebra.clone()));
    assert_eq!(catalogue.beside(&zebra, true), Some(small.clone()));
    assert_eq!(catalogue.beside(&small, false), Some(zebra.clone()));
    assert_eq!(catalogue.beside(Path::new("/elsewhere"), true), Some(small));
    assert_eq!(catalogue.beside(Path::new("/elsewhere"), false), Some(zebra));
}
