//! The bundled plugin in a real CLAP host, with real speech.
//!
//! `cargo xtask check` bundles the plugin, names it in `REMEL_CLAP` and runs these tests; without a bundle they
//! are listed as ignored.

mod blocks;
mod library;
mod odd_hosts;
mod osc;
mod presets;
mod raw;
mod session;
mod speech;

use clack_extensions::params::ParamInfoFlags;
use session::{Drive, Session};
use speech::{loudness_delay, rms, speech};

/// Every rate, with a short block, an odd one and the longest.
const DRIVES: [(u32, usize); 6] =
    [(44_100, 32), (44_100, 4096), (48_000, 441), (48_000, 1024), (96_000, 64), (96_000, 4096)];

/// An offline render of `drive`'s rate and block.
fn offline((rate_hz, block_samples): (u32, usize)) -> Drive {
    Drive { rate_hz, block_samples, offline: true }
}

/// A session that takes one step per chunk: what is tested here does not depend on how good the sound
/// is.
fn quick_session() -> Session {
    let mut session = Session::open();
    session.set("Steps", 1.0);
    session
}

/// The first `milliseconds` of the speech, and as much silence after it as any latency lasts.
fn speech_and_tail(rate_hz: u32, milliseconds: usize) -> Vec<f32> {
    let mut signal = speech(rate_hz);
    signal.truncate(rate_hz as usize * milliseconds / 1000);
    signal.resize(signal.len() + rate_hz as usize / 2, 0.0);
    signal
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn parameters_are_listed() {
    let parameters = Session::open().parameters();
    let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    let expected = [
        "Mix",
        "Mel from",
        "Carrier",
        "Strength",
        "Steps",
        "Temperature",
        "Seed",
        "Coherence",
        "Freeze",
        "Shift",
        "Formant tilt",
        "Smear",
        "Detail",
        "Latency",
        "Output",
        "Bypass",
        "On underrun",
    ];
    assert_eq!(names, expected);
    for parameter in &parameters {
        let automatable = parameter.flags.contains(ParamInfoFlags::IS_AUTOMATABLE);
        assert_eq!(automatable, parameter.name != "Latency", "{}", parameter.name);
        let bypass = parameter.flags.contains(ParamInfoFlags::IS_BYPASS);
        assert_eq!(bypass, parameter.name == "Bypass", "{}", parameter.name);
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn every_value_reads_back_from_its_text() {
    let mut session = Session::open();
    for parameter in session.parameters() {
        let [min, max] = parameter.range;
        for value in [min, max] {
            let (text, back) = session.text_round_trip(parameter.id, value);
            let back = back.unwrap_or_else(|| panic!("{}: \"{text}\" does not parse", parameter.name));
            assert!((back - value).abs() < 1e-3, "{}: {value} → \"{text}\" → {back}", parameter.name);
        }
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn state_saves_and_loads() {
    let mut session = Session::open();
    let changed: Vec<(String, f64)> =
        session.parameters().into_iter().map(|parameter| (parameter.name, parameter.range[1])).collect();
    for (name, value) in &changed {
        session.set(name, *value);
    }
    let state = session.save();
    let mut other = Session::open();
    other.load(&state);
    for (name, value) in &changed {
        assert_eq!(other.value(name), *value, "{name}");
    }
    assert_eq!(other.save(), state);
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn offline_repeats_bit_for_bit_without_an_underrun() {
    for drive in DRIVES.map(offline) {
        let main = speech_and_tail(drive.rate_hz, 500);
        let side: Vec<f32> = main.iter().rev().copied().collect();
        for (source, side) in [(0.0, None), (1.0, Some(&side))] {
            // What an underrun sounds like differs from render to render: equal renders have none.
            let renders = [0.0, 1.0].map(|on_underrun| {
                let mut session = quick_session();
                session.set("Mel from", source);
                session.set("On underrun", on_underrun);
                session.render(drive, &main, side.map(Vec::as_slice))
            });
            let [([left, right], latency), again] = renders;
            assert!(latency > 0 && left.iter().chain(&right).all(|sample| sample.is_finite()), "{drive:?}");
            assert!(rms(&left[latency..]) > 1e-3, "{drive:?}: {}", rms(&left));
            assert!(again == ([left, right], latency), "{drive:?}, side chain {}", side.is_some());
        }
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn a_side_chain_that_is_not_connected_is_silence() {
    let drive = offline((48_000, 512));
    let main = speech_and_tail(drive.rate_hz, 800);
    let silence = vec![0.0; main.len()];
    let [without, with] =
        [None, Some(silence.as_slice())].map(|side| quick_session().render(drive, &main, side));
    assert!(without == with);
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn offline_does_not_depend_on_the_blocks() {
    let main = speech_and_tail(48_000, 800);
    let mut session = quick_session();
    let ([whole, _], latency) = session.render(offline((48_000, 1024)), &main, None);
    // The longest block is part of the latency, so it stays; the blocks themselves are cut short.
    let ([cut, _], same) = session.render_cut(offline((48_000, 1024)), 33, &main);
    assert_eq!(latency, same);
    assert!(whole == cut);
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn the_reported_latency_is_measured() {
    let [live, studio] = [(0.0, offline((48_000, 512))), (2.0, offline((44_100, 1024)))];
    let balanced = DRIVES.map(|drive| (1.0, offline(drive)));
    for (mode, drive) in balanced.into_iter().chain([live, studio]) {
        let mut session = quick_session();
        session.set("Latency", mode);
        session.set("Mix", 0.0);
        let (_, latency) = session.render(drive, &[], None);
        let mut main = speech(drive.rate_hz);
        main.truncate(drive.rate_hz as usize / 4);
        let speech_samples = main.len();
        main.resize(speech_samples + latency, 0.0);
        let ([dry, _], again) = session.render(drive, &main, None);
        assert_eq!(again, latency);
        assert!(dry[..latency].iter().all(|&sample| sample.abs() < 1e-6), "{drive:?}: sound before its time");
        for (index, (out, into)) in dry[latency..].iter().zip(&main[..speech_samples]).enumerate() {
            assert!((out - into).abs() < 1e-5, "{drive:?}: sample {index}: {out} for {into}");
        }
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn rendered_speech_comes_at_the_reported_latency() {
    let drive = offline((48_000, 512));
    let main = speech_and_tail(drive.rate_hz, 2000);
    let ([out, _], latency) = Session::open().render(drive, &main, None);
    let grain = drive.rate_hz as usize / 200;
    let measured = loudness_delay(&main, &out, 2 * latency, grain);
    assert!(measured.abs_diff(latency) <= 4 * grain, "{measured} samples measured, {latency} reported");
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn real_time_blocks_carry_sound() {
    for (rate_hz, block_samples) in [(44_100, 32), (48_000, 512), (96_000, 4096)] {
        let drive = Drive { rate_hz, block_samples, offline: false };
        let main = speech_and_tail(rate_hz, 1000);
        for side in [None, Some(main.as_slice())] {
            let ([left, right], latency) = quick_session().render(drive, &main, side);
            assert!(left.iter().chain(&right).all(|sample| sample.is_finite()), "{drive:?}");
            for heard in [&left[latency..], &right[latency..]] {
                // What is heard on an underrun is the aligned input itself: taken off, nothing would be left of it.
                let rendered: Vec<f32> = heard.iter().zip(&main).map(|(heard, dry)| heard - dry).collect();
                let (rendered, all) = (rms(&rendered), rms(heard));
                assert!(all > 1e-3 && rendered > 0.1 * all, "{drive:?}: {rendered} of {all} is not the input");
            }
        }
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn another_latency_asks_for_a_restart() {
    let mut session = quick_session();
    let drive = Drive { rate_hz: 48_000, block_samples: 512, offline: false };
    assert!(session.runs_until_restart(drive, "Latency", 2.0));
    let ([_, _], studio) = session.render(drive, &[0.0; 512], None);
    session.set("Latency", 0.0);
    let ([_, _], live) = session.render(drive, &[0.0; 512], None);
    assert!(live < studio, "{live} samples live, {studio} in the studio");
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn instances_share_the_engine_without_hearing_each_other() {
    let drive = offline((48_000, 512));
    let main = speech_and_tail(drive.rate_hz, 800);
    let alone = quick_session().render(drive, &main, None);
    let render = || quick_session().render(drive, &main, None);
    let together =
        std::thread::scope(|scope| [scope.spawn(render), scope.spawn(render)].map(|thread| thread.join()));
    for one in together {
        assert!(one.expect("the render ends") == alone);
    }
}
