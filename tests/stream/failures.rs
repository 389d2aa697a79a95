//! Renderers that fail, refuse or hang: the sound goes on, and the user sees why.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::stream_fake::*;
use remel::render::{Format, Request};
use remel::stream::{Controls, Engine, MixSettings, OnUnderrun, RendererKey, RendererState, Stream};

#[test]
fn a_renderer_that_fails_hands_over_to_its_fallback_and_the_sound_goes_on() {
    for panics in [false, true] {
        let dialect = dialect(8000);
        let engine = Engine::start(|| {}).unwrap();
        let (failing, script) = fake(&dialect, Sound::Hash);
        let (fallback, fallback_script) = fake(&dialect, Sound::Hash);
        let key = RendererKey::from("gpu");
        engine.register(key.clone(), failing, Some(fallback)).unwrap();
        let (mut stream, monitor) = open(&config(8000, &dialect, PLAN), &engine, &key);
        let input = vec![noise(4000, 1)];
        let expected = run(&mut stream, &input, None, &[64], &Controls::default());
        assert_eq!(engine.status().renderers[0].state, RendererState::Ready);
        stream.reset();
        if panics { &script.panics } else { &script.fails }.store(true, Ordering::SeqCst);
        assert_eq!(run(&mut stream, &input, None, &[64], &Controls::default()), expected);
        let RendererState::OnFallback { error } = &engine.status().renderers[0].state else {
            panic!("no fallback")
        };
        assert!(error.contains(if panics { "the device is lost" } else { "told to fail" }), "{error}");
        assert!(fallback_script.calls.load(Ordering::SeqCst) > 5);
        assert_eq!(monitor.underruns(), 0);
    }
}

#[test]
fn a_fallback_may_need_less_and_go_about_it_in_its_own_way_but_not_need_more() {
    let dialect = dialect(8000);
    let engine = Engine::start(|| {}).unwrap();
    let register = |change: fn(&mut Format)| {
        let mut fallback = fake(&dialect, Sound::Hash).0;
        change(&mut fallback.format);
        engine.register("gpu".into(), fake(&dialect, Sound::Hash).0, Some(fallback))
    };
    for good in [
        |format: &mut Format| format.side_by_side = 2,
        |format: &mut Format| format.quantum_frames = Some(1),
        |format: &mut Format| format.context.left_frames = 0,
    ] {
        register(good).unwrap();
    }
    for bad in [
        |format: &mut Format| format.hop = 32,
        |format: &mut Format| format.rate_hz = 16_000,
        |format: &mut Format| format.context.right_frames = 9,
    ] {
        let refusal = register(bad).unwrap_err().to_string();
        assert!(refusal.contains("renderer gpu: fallback: found Format"), "{refusal}");
    }
}

#[test]
fn with_nothing_left_to_render_the_dry_sound_goes_on_and_the_user_sees_why() {
    let dialect = dialect(8000);
    let (engine, key, script) = engine(&dialect, Sound::Hash);
    script.fails.store(true, Ordering::SeqCst);
    let (mut stream, monitor) = open(&config(8000, &dialect, PLAN), &engine, &key);
    let (input, latency) = (vec![noise(4000, 1)], stream.latency().total_host_samples);
    let heard = run(&mut stream, &input, None, &[64], &Controls::default());
    assert_eq!(heard[0][latency..], input[0][..4000 - latency]);
    assert_eq!(monitor.underruns(), 1);
    assert!(!monitor.rendering());
    assert!(matches!(engine.status().renderers[0].state, RendererState::Failed { .. }));
    // Registering anew heals it.
    engine.register(key, fake(&dialect, Sound::Hash).0, None).unwrap();
    run(&mut stream, &[noise(4000, 2)], None, &[64], &Controls::default());
    assert!(monitor.rendering());
    assert_eq!(engine.status().renderers[0].state, RendererState::Ready);
}

#[test]
fn a_gap_fades_to_dry_and_back_without_a_step_and_nothing_is_shifted() {
    for on_underrun in [OnUnderrun::Dry, OnUnderrun::Silence] {
        let dialect = dialect(8000);
        let (engine, key, script) = engine(&dialect, Sound::Sine);
        let mut config = config(8000, &dialect, PLAN);
        config.budget_ms = 20.0;
        let (mut stream, monitor) = open(&config, &engine, &key);
        let latency = stream.latency().total_host_samples;
        let sine = |index: usize| (index as f32 * 0.011).cos() * 0.3;
        let controls =
            Controls { mix: MixSettings { on_underrun, ..MixSettings::default() }, ..Controls::default() };
        let mut heard = Vec::new();
        let mut play = |stream: &mut Stream, blocks: usize, pace: Duration| {
            for _ in 0..blocks {
                std::thread::sleep(pace);
                let mut block: Vec<f32> = (heard.len()..heard.len() + 64).map(sine).collect();
                stream.process(&mut [&mut block], None, &controls);
                heard.extend(block);
            }
        };
        play(&mut stream, 40, Duration::ZERO);
        // The worker hangs, and the host goes on in real time.
        script.held.store(true, Ordering::SeqCst);
        stream.set_offline(false);
        play(&mut stream, 40, Duration::from_millis(8));
        assert_eq!(monitor.underruns(), 1);
        assert!(!monitor.rendering());
        script.held.store(false, Ordering::SeqCst);
        stream.set_offline(true);
        play(&mut stream, 60, Duration::ZERO);
        assert_eq!(monitor.underruns(), 1);
        assert!(monitor.rendering());
        // Both sines move by less than 0.009 per sample; a crossfade of 31 samples adds 0.8 / 31.
        let steps = heard.windows(2).skip(latency + 1).map(|pair| (pair[1] - pair[0]).abs());
        assert!(steps.fold(0.0, f32::max) < 0.036);
        // In the end, as in the beginning, the rendered sine is where it belongs.
        let rendered = |index: usize| ((index - latency) as f32 * 0.01).sin() * 0.5;
        let belongs =
            |range: std::ops::Range<usize>| range.clone().all(|index| heard[index] == rendered(index));
        assert!(belongs(latency..2500) && belongs(heard.len() - 1500..heard.len()));
        let gap = 64 * 75;
        let expected = if on_underrun == OnUnderrun::Dry { sine(gap - latency) } else { 0.0 };
        assert_eq!(heard[gap], expected);
    }
}

#[test]
fn a_request_that_cannot_be_met_is_no_end_of_the_renderer() {
    let dialect = dialect(8000);
    let (engine, key, script) = engine(&dialect, Sound::Hash);
    script.refuses_seed.store(7, Ordering::SeqCst);
    let config = config(8000, &dialect, PLAN);
    let (mut asking, monitor) = open(&config, &engine, &key);
    let (mut other, other_monitor) = open(&config, &engine, &key);
    let with_seed = |seed| Controls { request: Request { seed, ..Request::default() }, ..Controls::default() };
    let input = vec![noise(4000, 1)];
    let latency = asking.latency().total_host_samples;
    let heard = run(&mut asking, &input, None, &[64], &with_seed(7));
    assert_eq!(heard[0][latency..], input[0][..4000 - latency], "what cannot be rendered is heard dry");
    assert!(!monitor.rendering());
    let status = engine.status().renderers[0].clone();
    assert_eq!(status.state, RendererState::Ready);
    assert!(status.refusal.is_some_and(|refusal| refusal.contains("seed: found 7")));
    // Neither other streams nor other requests of the same one have anything to do with it.
    let expected = offline(Sound::Hash, &dialect, PLAN, &input[0], None, &Request::default());
    let heard = run(&mut other, &input, None, &[64], &Controls::default());
    assert!(heard[0][latency..].iter().zip(&expected).all(|(heard, expected)| heard == expected));
    run(&mut asking, &input, None, &[64], &with_seed(8));
    assert!(monitor.rendering());
    assert_eq!((other_monitor.underruns(), engine.status().renderers[0].refusal.clone()), (0, None));
}
