//! What the monitor says of the levels that went in and came out.

use crate::stream_fake::*;
use remel::stream::{Controls, Levels, MixSettings, Stream, StreamSlot};

/// The dry signal alone, at twice its level.
fn doubled() -> Controls {
    Controls {
        mix: MixSettings { wet: 0.0, output_gain: 2.0, ..MixSettings::default() },
        ..Controls::default()
    }
}

#[test]
fn levels_are_the_peaks_since_the_last_look() {
    let dialect = dialect(8000);
    let (engine, key, _script) = engine(&dialect, Sound::Hash);
    let (mut stream, monitor) = open(&config(8000, &dialect, PLAN), &engine, &key);
    let latency = stream.latency().total_host_samples;
    let mut input = vec![0.01; 4 * latency];
    input[latency / 2] = -0.5;
    // What is no number is silence.
    input[latency / 2 + 1] = f32::NAN;
    input[latency / 2 + 2] = f32::NEG_INFINITY;
    let [early, late] = [&input[..latency], &input[latency..]];
    run(&mut stream, &[early.to_vec()], None, &[64], &doubled());
    let levels = monitor.take_levels();
    assert!(levels.input == 0.5 && levels.output < 0.5, "{levels:?}");
    assert_eq!(monitor.take_levels(), Levels::default());
    run(&mut stream, &[late.to_vec()], None, &[64], &doubled());
    let levels = monitor.take_levels();
    assert!(levels.input == 0.01 && (levels.output - 1.0).abs() < 1e-3, "{levels:?}");
}

#[test]
fn levels_go_on_while_streams_are_exchanged() {
    let dialect = dialect(8000);
    let (engine, key, _script) = engine(&dialect, Sound::Hash);
    let config = config(8000, &dialect, PLAN);
    let (mut slot, mut supply) = StreamSlot::new(Some(open(&config, &engine, &key).0));
    let (stream, monitor) = Stream::open(&config, &engine, &key).expect("a stream");
    assert!(supply.offer(stream).is_ok());
    let mut block = vec![0.25; 64];
    slot.process(&mut [&mut block], None, &doubled());
    assert_eq!(monitor.take_levels().input, 0.25);
}
