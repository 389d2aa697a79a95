//! What some hosts do, and no library for hosts does.

use super::raw::{Port, Raw};
use super::session::Drive;
use super::{offline, quick_session, speech_and_tail};
use std::time::Duration;

const BLOCK: usize = 512;

/// A port with `channel` in both channels.
fn both(channel: &[f32]) -> Port {
    Some(vec![Some(channel.to_vec()); 2])
}

/// The left channel of a port.
fn left(port: &Port) -> &[f32] {
    let channels = port.as_ref().expect("a port with channels");
    channels[0].as_ref().expect("a left channel")
}

/// Processes `main` block by block, with nothing in the side chain. The left channel.
fn process_all(raw: &Raw, main: &[f32], each: impl Fn(&Raw)) -> Vec<f32> {
    let mut heard = Vec::new();
    for block in main.chunks(BLOCK) {
        let silence = vec![0.0; block.len()];
        let mut outputs = [both(&silence)];
        assert!(raw.process(&mut [both(block), both(&silence)], &mut outputs, block.len()));
        heard.extend_from_slice(left(&outputs[0]));
        each(raw);
    }
    heard
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn activation_asks_for_no_restart() {
    let mut session = quick_session();
    for drive in [(48_000, 512), (48_000, 512), (44_100, 64), (96_000, 2048)].map(offline) {
        let (_, latency) = session.render(drive, &[0.0; 512], None);
        assert!(latency > 0 && !session.restart_requested(), "{drive:?}");
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn a_host_without_a_gui_gets_none() {
    assert!(!quick_session().gui_opens());
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn a_host_that_stops_after_every_block_hears_the_same() {
    let main = speech_and_tail(48_000, 800);
    let [plain, stopping] = [false, true].map(|stops| {
        let session = quick_session();
        let raw = session.raw();
        raw.set_offline(true);
        assert!(raw.activate(48_000.0, BLOCK as u32) && raw.start());
        let heard = process_all(&raw, &main, |raw| {
            if stops {
                raw.stop();
                assert!(raw.start());
            }
        });
        raw.stop();
        raw.deactivate();
        heard
    });
    assert!(plain.iter().any(|sample| sample.abs() > 1e-3) && plain == stopping);
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn nothing_from_before_a_long_stop_is_heard() {
    let session = quick_session();
    let raw = session.raw();
    assert!(raw.activate(48_000.0, BLOCK as u32) && raw.start());
    process_all(&raw, &speech_and_tail(48_000, 800)[..24_000], |_| ());
    raw.stop();
    std::thread::sleep(Duration::from_millis(700));
    assert!(raw.start());
    let heard = process_all(&raw, &[0.0; 24_000], |_| ());
    assert!(heard.iter().all(|&sample| sample == 0.0));
    raw.stop();
    raw.deactivate();
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn a_render_mode_that_changes_between_blocks_counts() {
    let main = speech_and_tail(48_000, 800);
    let session = quick_session();
    let raw = session.raw();
    let [said_before, said_after] = [true, false].map(|before| {
        raw.set_offline(before);
        assert!(raw.activate(48_000.0, BLOCK as u32) && raw.start());
        raw.set_offline(true);
        let heard = process_all(&raw, &main, |_| ());
        raw.stop();
        raw.deactivate();
        heard
    });
    assert!(said_before == said_after);
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn channels_without_pointers_are_silent_and_harmless() {
    let session = quick_session();
    let raw = session.raw();
    raw.set_offline(true);
    assert!(raw.activate(48_000.0, BLOCK as u32) && raw.start());
    let some = || Some(vec![0.1; BLOCK]);
    let inputs: [Port; 6] = [
        None,
        Some(vec![]),
        Some(vec![None, None]),
        Some(vec![some(), None]),
        Some(vec![some(); 5]),
        both(&[0.1; BLOCK]),
    ];
    let outputs: [Port; 5] =
        [None, Some(vec![None, None]), Some(vec![None, some()]), Some(vec![some(); 5]), both(&[0.1; BLOCK])];
    for main in &inputs {
        for side in &inputs {
            for out in &outputs {
                let mut heard = [out.clone()];
                assert!(
                    raw.process(&mut [main.clone(), side.clone()], &mut heard, BLOCK),
                    "{main:?} {side:?} {out:?}"
                );
                let samples = heard.iter().flatten().flatten().flatten().flatten();
                assert!(samples.into_iter().all(|sample| sample.is_finite()));
            }
        }
    }
    // Fewer ports than there are, and none.
    for inputs in [&mut [both(&[0.1; BLOCK])][..], &mut []] {
        assert!(raw.process(inputs, &mut [both(&[0.0; BLOCK])], BLOCK));
        assert!(raw.process(inputs, &mut [], BLOCK));
    }
    raw.stop();
    raw.deactivate();
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn blocks_and_rates_work_or_are_refused() {
    let works = [
        (1000.0, 512),
        (1234.5677, 512),
        (8000.0, 512),
        (1_234_567.8, 512),
        (48_000.0, 1),
        (48_000.0, 1 << 16),
        (48_000.0, 1 << 20),
    ];
    let refused = [
        (0.0, 512),
        (f64::NAN, 512),
        (-48_000.0, 512),
        (900.0, 512),
        (1_600_000.0, 512),
        (f64::INFINITY, 512),
        (48_000.0, 0),
        (48_000.0, (1 << 20) + 1),
        (48_000.0, u32::MAX),
    ];
    let session = quick_session();
    let raw = session.raw();
    raw.set_offline(true);
    for (rate_hz, frames) in refused {
        assert!(!raw.activate(rate_hz, frames), "{rate_hz} Hz, blocks of {frames}");
    }
    for (rate_hz, frames) in works {
        assert!(raw.activate(rate_hz, frames) && raw.start(), "{rate_hz} Hz, blocks of {frames}");
        let block: Vec<f32> = (0..frames).map(|index| (index as f32 * 0.1).sin() * 0.1).collect();
        for _ in 0..2 {
            let mut outputs = [both(&block)];
            assert!(raw.process(&mut [both(&block), both(&block)], &mut outputs, frames as usize));
            assert!(left(&outputs[0]).iter().all(|sample| sample.is_finite()));
        }
        raw.stop();
        raw.deactivate();
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn an_export_that_does_not_say_so_is_complete() {
    let main = speech_and_tail(48_000, 1900);
    let drive = Drive { rate_hz: 48_000, block_samples: BLOCK, offline: false };
    // What an underrun sounds like would differ from the other.
    let exports = [0.0, 1.0].map(|on_underrun| {
        let mut session = quick_session();
        session.set("On underrun", on_underrun);
        session.render_unpaced(drive, &main)
    });
    assert!(exports[0] == exports[1]);
}
