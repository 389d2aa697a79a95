//! What was measured of devices is kept: found again by all that it depends on, whoever else writes.

use std::path::Path;
use std::sync::Arc;

use remel::checkpoint::Bundled;
use remel::choice::{Key, Measurement, Mode, Outcome, Store, Timing, Workload};
use remel::network::Backend;
use remel::stream::LatencyMode;

const LIVE: Mode = Mode::Stream(LatencyMode::Live);
const STUDIO: Mode = Mode::Stream(LatencyMode::Studio);

fn key(mode: Mode) -> Key {
    Key {
        version: env!("CARGO_PKG_VERSION").into(),
        model: "{}".into(),
        mode: mode.name().into(),
        plan: [1, 5, 4],
        threads: 2,
        instruction_set: "avx2".into(),
        places: vec!["CPU".into(), "GPU".into()],
    }
}

fn rendered(place: &str, real_time_factor: f64) -> Timing {
    Timing { place: place.into(), outcome: Outcome::Rendered { first_use_s: 0.3, real_time_factor } }
}

#[test]
fn what_is_kept_is_found_again_by_all_that_it_depends_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(folder.path());
    let timings =
        vec![rendered("CPU", 0.1), Timing { place: "GPU".into(), outcome: Outcome::Failed("no".into()) }];
    let kept = Measurement { model: "fake".into(), key: key(LIVE), timings };
    assert_eq!(store.get(&kept.key), None);
    store.keep(&kept).unwrap();
    assert_eq!(Store::at(folder.path()).get(&kept.key).as_ref(), Some(&kept));
    let key = || kept.key.clone();
    let others = [
        Key { version: "0.0.9".into(), ..key() },
        Key { model: "{\"channels\":1}".into(), ..key() },
        Key { mode: "Studio".into(), ..key() },
        Key { plan: [1, 2, 3], ..key() },
        Key { threads: 3, ..key() },
        Key { instruction_set: "baseline".into(), ..key() },
        Key { places: vec!["CPU".into(), "another GPU".into()], ..key() },
    ];
    for other in others {
        assert_eq!(store.get(&other), None, "{other:?}");
    }
    // Measured anew, it takes the place of what was there.
    let again = Measurement { timings: vec![rendered("CPU", 0.2)], ..kept.clone() };
    store.keep(&again).unwrap();
    assert_eq!(store.all(), [again]);
}

#[test]
fn a_damaged_or_foreign_file_counts_as_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(folder.path());
    let kept = Measurement { model: "fake".into(), key: key(LIVE), timings: vec![rendered("CPU", 0.1)] };
    store.keep(&kept).unwrap();
    let path = files(folder.path()).remove(0);
    let good = std::fs::read_to_string(&path).unwrap();
    let another = serde_json::to_string(&Measurement { key: key(STUDIO), ..kept.clone() }).unwrap();
    let damaged = [
        String::new(),
        good[..good.len() / 2].to_owned(),
        "null".to_owned(),
        good.replace("0.1", "-1.0"),
        good.replace("0.1", "null"),
        good.replace("\"threads\": 2", "\"threads\": -2"),
        // Of another key, under a name that happens to be the same.
        another,
        " ".repeat(1 << 20) + &good,
    ];
    for text in damaged {
        std::fs::write(&path, &text).unwrap();
        assert_eq!(store.get(&kept.key), None, "{text:.80}");
        store.keep(&kept).unwrap();
        assert_eq!(store.get(&kept.key).as_ref(), Some(&kept));
    }
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert_eq!(store.get(&kept.key), None);
    assert!(store.keep(&kept).is_err());
}

/// The files of a store in `folder`.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder.join("devices")).unwrap().map(|file| file.unwrap().path()).collect()
}

#[test]
fn writers_and_readers_at_once_see_whole_measurements() {
    let folder = tempfile::tempdir().unwrap();
    let measurement = |factor| Measurement {
        model: "fake".into(),
        key: key(LIVE),
        timings: vec![rendered("CPU", factor), rendered("GPU", factor)],
    };
    Store::at(folder.path()).keep(&measurement(0.5)).unwrap();
    std::thread::scope(|scope| {
        for writer in 1..4 {
            let store = Store::at(folder.path());
            scope.spawn(move || {
                for _ in 0..100 {
                    store.keep(&measurement(f64::from(writer) * 0.25)).unwrap();
                    let found = store.get(&key(LIVE)).unwrap();
                    assert_eq!(found.real_time_factor("CPU"), found.real_time_factor("GPU"));
                }
            });
        }
    });
    assert_eq!(files(folder.path()).len(), 1, "an unfinished file is left");
}

#[test]
fn devices_are_listed_with_what_was_measured_and_which_is_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::at(folder.path());
    let outcomes = |factor| vec![rendered("CPU", 0.09), rendered("GPU", factor)];
    let lost = Timing { place: "GPU".into(), outcome: Outcome::Failed("GPU: lost".into()) };
    for (mode, plan, timings) in [
        (STUDIO, [16, 5, 6], outcomes(0.02)),
        (LIVE, [1, 5, 4], outcomes(0.39)),
        (Mode::File, [200, 0, 0], vec![rendered("CPU", 0.08), lost]),
    ] {
        store.keep(&Measurement { model: "mine".into(), key: Key { plan, ..key(mode) }, timings }).unwrap();
    }
    let old = Key { version: "0.0.1".into(), ..key(LIVE) };
    store.keep(&Measurement { model: "old".into(), key: old, timings: outcomes(0.1) }).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_remel"));
    let output = command.arg("devices").env("REMEL_CACHE", folder.path()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<String> = said
        .lines()
        .filter(|line| line.contains('→'))
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        lines,
        [
            "mine, Live, CPU × 2 CPU: 0.090 of real time, GPU: 0.390 → CPU",
            "mine, Studio, CPU × 2 CPU: 0.090 of real time, GPU: 0.020 → GPU",
            "mine, Files, CPU × 2 CPU: 0.080 of real time, GPU: GPU: lost → CPU",
        ],
        "{said}"
    );
}

#[test]
fn every_bundled_model_has_a_key_of_its_own_in_every_mode_but_not_by_its_name() {
    let places = [Backend::Cpu];
    let workload = |model: remel::model::Model, mode| Workload { model: Arc::new(model), mode, threads: 1 };
    let of = |bundled: Bundled, mode| workload(bundled.model(), mode).key(&places).unwrap();
    let keys: Vec<Key> =
        Mode::ALL.iter().flat_map(|mode| Bundled::ALL.map(|bundled| of(bundled, *mode))).collect();
    for (index, key) in keys.iter().enumerate() {
        assert!(!keys[..index].contains(key), "{key:?}");
    }
    let model = Bundled::Small.model();
    let card = remel::model::Card { name: "another".into(), ..model.header().card.clone() };
    // As the plugin has it.
    let renamed = workload(model.with_card(card).for_streams(), LIVE).key(&places).unwrap();
    assert_eq!(renamed, of(Bundled::Small, LIVE));
}
