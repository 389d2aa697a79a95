//! The engine: results that are late, streams that come and go, what is refused.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::stream_fake::*;
use remel::render::{Request, SpanPlan};
use remel::stream::{Controls, Engine, LatencyMode, RendererKey, Stream, StreamSlot};

#[test]
fn chunks_that_can_no_longer_be_heard_are_not_rendered() {
    let dialect = dialect(8000);
    let (engine, key, script) = engine(&dialect, Sound::Hash);
    let mut config = config(8000, &dialect, PLAN);
    config.offline = false;
    let (mut stream, _) = open(&config, &engine, &key);
    script.held.store(true, Ordering::SeqCst);
    run(&mut stream, &[noise(200, 1)], None, &[50], &Controls::default());
    until("the first call", || script.inside.load(Ordering::SeqCst));
    for block in noise(4000, 1).chunks(50) {
        std::thread::sleep(Duration::from_micros(6250));
        run(&mut stream, &[block.to_vec()], None, &[50], &Controls::default());
    }
    script.held.store(false, Ordering::SeqCst);
    stream.set_offline(true);
    run(&mut stream, &[noise(1000, 1)], None, &[50], &Controls::default());
    // 5200 samples are 108 chunks; those of the 4000 in the middle went unrendered but for the last few.
    assert!(script.windows.load(Ordering::SeqCst) < 40, "{:?}", script.windows);
}

#[test]
fn a_reset_discards_what_is_under_way() {
    let dialect = dialect(8000);
    let (engine, key, script) = engine(&dialect, Sound::Hash);
    let config = config(8000, &dialect, PLAN);
    let (mut stream, _) = open(&config, &engine, &key);
    let input = vec![noise(2000, 1)];
    let fresh = run(&mut stream, &input, None, &[64], &Controls::default());
    for _ in 0..20 {
        stream.reset();
        stream.set_offline(false);
        script.held.store(true, Ordering::SeqCst);
        run(&mut stream, &[noise(300, 7)], None, &[64], &Controls::default());
        stream.reset();
        script.held.store(false, Ordering::SeqCst);
        stream.set_offline(true);
        assert_eq!(run(&mut stream, &input, None, &[64], &Controls::default()), fresh);
    }
}

#[test]
fn an_export_in_a_host_that_does_not_say_so_is_complete() {
    let dialect = dialect(8000);
    let (engine, key, script) = engine(&dialect, Sound::Hash);
    // Chunks of 96 ms take 30 ms: faster than real time, much slower than this host asks for them.
    let plan = SpanPlan { chunk_frames: 48, ..PLAN };
    let mut config = config(8000, &dialect, plan);
    (config.offline, config.budget_ms) = (false, 100.0);
    script.sleep_ms.store(30, Ordering::SeqCst);
    let (mut stream, monitor) = open(&config, &engine, &key);
    let latency = stream.latency().total_host_samples;
    let input = vec![noise(12_000, 1)];
    let heard = run(&mut stream, &input, None, &[256], &Controls::default());
    let expected = offline(Sound::Hash, &dialect, plan, &input[0], None, &Request::default());
    assert!(heard[0][latency..].iter().zip(&expected).all(|(heard, expected)| heard == expected));
    assert_eq!(monitor.underruns(), 0);
    assert!(monitor.load() > 0.0);
}

#[test]
fn streams_come_and_go_and_outlive_the_engine() {
    let dialect = dialect(8000);
    let (engine, key, _) = engine(&dialect, Sound::Hash);
    let config = config(8000, &dialect, PLAN);
    for _ in 0..3 {
        let mut streams: Vec<_> = (0..5).map(|_| open(&config, &engine, &key).0).collect();
        until("five streams", || engine.status().streams == 5);
        for stream in &mut streams {
            run(stream, &[noise(500, 1)], None, &[100], &Controls::default());
        }
        drop(streams);
        until("no stream", || engine.status().streams == 0);
    }
    let (mut stream, monitor) = open(&config, &engine, &key);
    engine.stop();
    engine.stop();
    assert!(!engine.status().running);
    let latency = stream.latency().total_host_samples;
    let input = vec![noise(3000, 1)];
    let heard = run(&mut stream, &input, None, &[100], &Controls::default());
    assert_eq!(heard[0][latency..], input[0][..3000 - latency]);
    assert_eq!(monitor.underruns(), 1);
    assert!(Stream::open(&config, &engine, &key).is_err());
}

#[test]
fn what_does_not_fit_is_refused_in_one_line() {
    let dialect = dialect(8000);
    let (engine, key, _) = engine(&dialect, Sound::Hash);
    assert_eq!(engine.format(&key), Some(format_of(&dialect)));
    let live = SpanPlan { chunk_frames: 4, ..PLAN };
    assert_eq!(LatencyMode::Live.plan(&engine.format(&key).unwrap()), live);
    let other = RendererKey::from("nobody");
    let good = config(8000, &dialect, PLAN);
    let message = |config: &remel::stream::StreamConfig, key: &RendererKey| {
        Stream::open(config, &engine, key).err().expect("an error").to_string()
    };
    assert!(message(&good, &other).contains("nobody"));
    type Break = fn(&mut remel::stream::StreamConfig);
    let breaks: [(&str, Break); 7] = [
        ("host_rate_hz", |config| config.host_rate_hz = 999),
        ("channels", |config| config.channels = 3),
        ("max_block_frames", |config| config.max_block_frames = 0),
        ("budget_ms", |config| config.budget_ms = f64::NAN),
        ("plan", |config| config.plan.chunk_frames = 0),
        ("dialect", |config| config.dialect.hop = 32),
        ("fmax_hz", |config| config.dialect.fmax_hz = 1e6),
    ];
    for (field, breaks) in breaks {
        let mut config = good.clone();
        breaks(&mut config);
        assert!(message(&config, &key).contains(field), "{field}: {}", message(&config, &key));
    }
    let mut dialect = dialect;
    dialect.n_mels = 7;
    let error = engine.register(key, fake(&dialect, Sound::Hash).0, None).expect_err("another format");
    assert!(error.to_string().contains("n_mels: 7"), "{error}");
}

#[test]
fn streams_are_exchanged_under_a_running_callback_without_a_step() {
    let dialect = dialect(8000);
    let engine = Engine::start(|| {}).unwrap();
    let keys = ["one", "two"].map(RendererKey::from);
    for key in &keys {
        engine.register(key.clone(), fake(&dialect, Sound::Sine).0, None).unwrap();
    }
    let config = config(8000, &dialect, PLAN);
    let (first, _) = open(&config, &engine, &keys[0]);
    let latency = first.latency().total_host_samples;
    let (mut slot, mut supply) = StreamSlot::new(Some(first));
    let sine = |index: usize| (index as f32 * 0.011).cos() * 0.3;
    let (mut heard, mut monitor) = (Vec::new(), None);
    for block in 0..120 {
        if block == 40 {
            let (second, second_monitor) = open(&config, &engine, &keys[1]);
            supply.offer(second).map_err(|_| "refused").unwrap();
            monitor = Some(second_monitor);
        }
        let mut samples: Vec<f32> = (heard.len()..heard.len() + 100).map(sine).collect();
        slot.process(&mut [&mut samples], None, &Controls::default());
        heard.extend(samples);
    }
    let steps = heard.windows(2).skip(latency + 1).map(|pair| (pair[1] - pair[0]).abs());
    assert!(steps.fold(0.0, f32::max) < 0.036);
    let monitor = monitor.unwrap();
    assert!(monitor.rendering());
    assert_eq!(monitor.underruns(), 0);
    // The second stream began at sample 4000; its sine does so too.
    let rendered = |index: usize| ((index - 4000 - latency) as f32 * 0.01).sin() * 0.5;
    assert!((8000..12_000).all(|index| heard[index] == rendered(index)));
    assert_eq!(engine.status().streams, 2);
    supply.collect();
    until("the first stream to be dropped", || engine.status().streams == 1);
}
