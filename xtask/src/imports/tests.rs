//! The rules held over small made-up workspaces.

use super::rules::Reach::{But, Only};
use super::rules::{FILE, Rules};
use super::source::Source;
use super::{place, violations};

const RULES: Rules = Rules {
    layers: &[
        ("error", But(&[])),
        ("mel", But(&[])),
        ("model", But(&[])),
        ("stream", But(&["model"])),
        ("tests", Only(&["error", "mel", "model", "stream"])),
    ],
    confined: &[("burn", &["src/**/burn"]), ("unsafe", &["src/mel", "src/model/*/cpu"])],
    known_circles: &[],
};

/// A file of every layer, each empty.
const EMPTY: [(&str, &str); 6] = [
    ("src/lib.rs", "mod error; pub mod mel; pub mod model; pub mod stream; pub use error::{Error, Result};"),
    ("src/error.rs", "pub struct Error; pub type Result<T> = std::result::Result<T, Error>;"),
    ("src/mel/mod.rs", ""),
    ("src/model/mod.rs", ""),
    ("src/stream/mod.rs", ""),
    ("tests/all.rs", ""),
];

/// What is wrong with the empty workspace and `files`, which take the place of its own of the same name.
fn found_by(rules: &Rules, files: &[(&str, &str)]) -> Vec<String> {
    let others = EMPTY.iter().filter(|(name, _)| files.iter().all(|(given, _)| given != name));
    let sources = others.chain(files).map(|(name, text)| Source::read(name, text).unwrap());
    violations(&sources.collect::<Vec<_>>(), rules)
}

fn found(files: &[(&str, &str)]) -> Vec<String> {
    found_by(&RULES, files)
}

const NOTHING: Vec<String> = Vec::new();

#[test]
fn a_forbidden_import_is_named_with_its_line() {
    let files = [("src/stream/worker.rs", "use crate::{mel::Mel,\n model::Model};\n")];
    assert_eq!(found(&files), ["src/stream/worker.rs:2: `stream` must not import `model`, only error, mel"]);
    assert_eq!(found(&[("src/model/card.rs", "use crate::mel::Mel; use crate::{Error, Result};")]), NOTHING);
}

#[test]
fn a_path_counts_however_it_is_written() {
    let upwards = "fn f() {\n    super::super::model::load();\n}";
    let message = "src/stream/worker.rs:2: `stream` must not import `model`, only error, mel";
    for text in [
        upwards,
        "\nuse self::super::super::model as m;",
        "\nfn f() -> Vec<crate::model::Model> { todo!() }",
        "fn f() {\n    assert_eq!(1, [2, crate::model::LAYERS][0]);\n}",
        "#[cfg(test)] mod tests {\n    use super::super::super::model::Model;\n}",
        "impl crate::mel::Frames\nfor crate::model::Model {}",
    ] {
        assert_eq!(found(&[("src/stream/worker.rs", text)]), [message], "{text}");
    }
    let comment = "/// [`crate::model`]\n// crate::model\nconst S: &str = \"crate::model\";";
    assert_eq!(found(&[("src/stream/worker.rs", comment)]), NOTHING);
}

#[test]
fn other_crates_name_the_library() {
    let rules = Rules {
        layers: &[
            ("error", But(&[])),
            ("mel", But(&[])),
            ("model", But(&[])),
            ("stream", But(&[])),
            ("tests", But(&["model"])),
        ],
        ..RULES
    };
    let files = [("tests/all.rs", "use remel::mel::Mel;\nuse remel::{Error, model::Model};")];
    assert_eq!(
        found_by(&rules, &files),
        ["tests/all.rs:2: `tests` must not import `model`, only error, mel, stream"]
    );
}

#[test]
fn rows_and_modules_are_the_same() {
    assert_eq!(
        found(&[("src/novelty.rs", "")]),
        [format!("src/novelty.rs:1: module `novelty` has no row in {FILE}")]
    );
    let rules = Rules { layers: [RULES.layers, &[("train", But(&[]))]].concat().leak(), ..RULES };
    assert_eq!(found_by(&rules, &[]), [format!("{FILE}: `train` has a row and no file")]);
}

#[test]
fn confined_words_stay_in_their_places() {
    let unsafely = "// unsafe\nfn f() { unsafe {} }";
    for place in
        ["src/mel/avx2.rs", "src/model/diffwave/cpu/avx2.rs", "src/model/diffwave/cpu.rs", "tests/all.rs"]
    {
        assert_eq!(found(&[(place, unsafely)]), NOTHING);
    }
    for place in ["src/model/cpu/avx2.rs", "src/stream/unsafe.rs"] {
        assert_eq!(
            found(&[(place, unsafely)]),
            [format!("{place}:2: `unsafe` belongs in src/mel, src/model/*/cpu")]
        );
    }
    assert_eq!(found(&[("src/model/diffwave/burn/forward.rs", "use burn::x;")]), NOTHING);
    assert_eq!(found(&[("src/mel/mod.rs", "burn::x!();")]).len(), 1);
}

#[test]
fn patterns_are_whole_names() {
    assert!(place::within("src/mel.rs", "src/mel"));
    assert!(!place::within("src/melody.rs", "src/mel"));
    assert!(place::within("src/burn/a.rs", "src/**/burn"));
    assert!(!place::within("src/a/b/cpu.rs", "src/*/cpu"));
}

#[test]
fn two_files_that_import_one_another_are_a_circle() {
    let files = [
        ("src/mel/bank.rs", "\nuse super::scale::Scale;\npub struct Bank;"),
        ("src/mel/scale.rs", "pub struct Scale(super::bank::Bank);"),
    ];
    let line = "src/mel: bank.rs, scale.rs import one another: \
                src/mel/bank.rs:2 of scale.rs, src/mel/scale.rs:1 of bank.rs";
    assert_eq!(found(&files), [line]);
    let for_tests = ("src/mel/scale.rs", "#[cfg(test)]\nmod tests { use super::super::bank::Bank; }");
    assert_eq!(found(&[files[0], for_tests]), NOTHING);
}

#[test]
fn folders_that_import_one_another_are_a_circle() {
    let files = [
        ("src/mel/a/one.rs", "use crate::mel::b::two::Two;"),
        ("src/mel/a/other.rs", "pub struct Other;"),
        ("src/mel/b/two.rs", "pub struct Two(super::super::a::other::Other);"),
    ];
    assert_eq!(found(&files).len(), 1);
    assert!(found(&files)[0].starts_with("src/mel: a, b import one another: src/mel/a/one.rs:1 of b"));
}

#[test]
fn a_re_export_leads_to_where_its_item_is() {
    let bank = ("src/mel/bank.rs", "use super::Scale;\npub struct Bank;");
    let scale = ("src/mel/scale.rs", "use super::*;\npub struct Scale(Bank);");
    let named =
        ("src/mel/mod.rs", "mod bank;\nmod scale;\npub use bank::Bank;\npub(crate) use self::scale::Scale;");
    let starred = ("src/mel/mod.rs", "mod bank;\nmod scale;\npub use bank::*;\npub use scale::*;");
    for front in [named, starred] {
        assert!(found(&[front, bank, scale])[0].starts_with("src/mel: bank.rs, scale.rs import one another"));
        assert_eq!(found(&[front, bank, ("src/mel/scale.rs", "pub struct Scale;")]), NOTHING);
    }
}

#[test]
fn a_parent_is_in_a_circle_with_children_that_it_uses_and_serves() {
    let child = ("src/mel/frame.rs", "use super::Mel;\npub struct Frame;");
    let front = ("src/mel/mod.rs", "mod frame;\npub use frame::Frame;\npub struct Mel;");
    assert_eq!(found(&[child, front]), NOTHING);
    for user in [
        "mod frame;\nuse frame::Frame;\npub struct Mel;",
        "mod frame;\npub use frame::Frame;\npub struct Mel(Frame);",
        "mod frame;\npub struct Mel;\nfn f() { frame::f() }",
    ] {
        let lines = found(&[child, ("src/mel/mod.rs", user)]);
        assert!(lines[0].starts_with("src/mel: frame.rs, mod.rs import one another"), "{user}");
        assert_eq!(found(&[("src/mel/frame.rs", "pub struct Frame;"), ("src/mel/mod.rs", user)]), NOTHING);
    }
}

#[test]
fn a_known_circle_is_passed_over_and_a_listed_folder_without_is_not() {
    let rules = Rules { known_circles: &["src/mel"], ..RULES };
    let files =
        [("src/mel/a.rs", "use super::b::B;\npub struct A;"), ("src/mel/b.rs", "pub struct B(super::a::A);")];
    assert_eq!(found_by(&rules, &files), NOTHING);
    assert_eq!(found_by(&rules, &files[..1]), [format!("{FILE}: src/mel is listed and has no circle")]);
}
