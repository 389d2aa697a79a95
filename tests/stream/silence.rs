//! At silence nothing is computed and nothing comes out; and chunks that are rendered in parts are whole.

use std::sync::atomic::Ordering;

use crate::stream_fake::*;
use proptest::prelude::*;
use remel::mel::MelEditSettings;
use remel::render::Request;
use remel::stream::{Controls, Engine, MixSettings, RendererKey};

/// Sound, silence, and sound again, with what comes before the second sound.
fn with_a_pause(sound: usize, pause: usize) -> (Vec<f32>, usize) {
    let mut input = noise(sound, 1);
    input.resize(sound + pause, 0.0);
    input.extend(noise(3000, 2));
    (input, sound + pause)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// However blocks are cut, and wherever sound begins and ends in them.
    #[test]
    fn after_a_long_silence_a_stream_is_as_after_a_reset(
        host_rate_hz in prop::sample::select(vec![8000u32, 11025, 44100]),
        sound in 1usize..3000,
        extra in 0usize..9000,
        blocks in prop::collection::vec(prop_oneof![Just(1usize), 1usize..64, 64usize..1500], 1..8),
    ) {
        let dialect = dialect(8000);
        let (engine, key, script) = engine(&dialect, Sound::Hash);
        let mut config = config(host_rate_hz, &dialect, PLAN);
        config.channels = 2;
        let (mut stream, monitor) = open(&config, &engine, &key);
        let latency = stream.latency().total_host_samples;
        // As long as anything is left of the first sound, and then some.
        let (input, again) = with_a_pause(sound, 12 * latency + extra);
        let input = [input.clone(), vec![0.0; input.len()]];
        let heard = run(&mut stream, &input, None, &blocks, &Controls::default());
        prop_assert!(heard[0][again - extra..again].iter().all(|sample| sample.to_bits() == 0));
        let mut fresh = open(&config, &engine, &key).0;
        let second = input.each_ref().map(|input| input[again..].to_vec());
        prop_assert_eq!(&heard[0][again..], &run(&mut fresh, &second, None, &[256], &Controls::default())[0][..]);
        prop_assert_eq!(monitor.underruns(), 0);
        prop_assert!(script.windows.load(Ordering::SeqCst) > 0);
    }
}

#[test]
fn what_a_sound_becomes_does_not_depend_on_the_silence_before_it() {
    let dialect = dialect(8000);
    let (engine, key, _script) = engine(&dialect, Sound::Hash);
    let sound = noise(3000, 7);
    let heard = |silence: usize| {
        let (mut stream, _monitor) = open(&config(8000, &dialect, PLAN), &engine, &key);
        // What is no number is silence.
        let input = [vec![0.0; silence], vec![f32::NAN; silence], sound.clone()].concat();
        run(&mut stream, &[input], None, &[64], &Controls::default())[0].split_off(2 * silence)
    };
    let at_once = heard(0);
    assert!(at_once.iter().any(|sample| *sample != 0.0));
    for silence in [1, 63, 500, 2000] {
        assert!(heard(silence) == at_once, "{silence} samples of silence");
    }
}

#[test]
fn silence_takes_no_render_and_frozen_sound_goes_on() {
    let dialect = dialect(8000);
    let (engine, key, script) = engine(&dialect, Sound::Hash);
    let (mut stream, monitor) = open(&config(8000, &dialect, PLAN), &engine, &key);
    run(&mut stream, &[noise(2000, 1)], None, &[64], &Controls::default());
    run(&mut stream, &[vec![0.0; 4000]], None, &[64], &Controls::default());
    assert!(stream.is_asleep());
    let before = script.windows.load(Ordering::SeqCst);
    let heard = run(&mut stream, &[vec![0.0; 60_000]], None, &[64, 333], &Controls::default());
    assert!(heard[0].iter().all(|sample| *sample == 0.0));
    assert_eq!(script.windows.load(Ordering::SeqCst), before);
    assert!(monitor.asleep());
    // The dry sound is silent too, and comes back with the first sample.
    let dry = Controls { mix: MixSettings { wet: 0.0, ..MixSettings::default() }, ..Controls::default() };
    let (input, latency) = (noise(1000, 5), stream.latency().total_host_samples);
    run(&mut stream, &[vec![0.0; 4000]], None, &[64], &dry);
    let heard = run(&mut stream, std::slice::from_ref(&input), None, &[64], &dry);
    assert_eq!(heard[0][latency..], input[..1000 - latency]);
    // What is frozen sounds for ever.
    let frozen = MelEditSettings { freeze: true, ..MelEditSettings::default() };
    let frozen = Controls { edit: frozen, ..Controls::default() };
    run(&mut stream, &[vec![0.0; 30_000]], None, &[64], &frozen);
    assert!(!stream.is_asleep());
    let heard = run(&mut stream, &[vec![0.0; 1000]], None, &[64], &frozen);
    assert!(heard[0].iter().any(|sample| *sample != 0.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn chunks_in_parts_are_whole(
        quantum in 1usize..9,
        chunk_frames in 1usize..9,
        blocks in prop::collection::vec(1usize..1500, 1..8),
    ) {
        let dialect = dialect(8000);
        let engine = Engine::start(|| {}).unwrap();
        let (mut renderer, script) = fake(&dialect, Sound::Hash);
        renderer.format.quantum_frames = Some(quantum);
        let key = RendererKey::from("in parts");
        engine.register(key.clone(), renderer, None).unwrap();
        let plan = remel::render::SpanPlan { chunk_frames, ..PLAN };
        let mut config = config(8000, &dialect, plan);
        config.max_block_frames = 1500;
        let (mut stream, monitor) = open(&config, &engine, &key);
        let (input, latency) = (vec![noise(6000, 1)], stream.latency().total_host_samples);
        let heard = run(&mut stream, &input, None, &blocks, &Controls::default());
        let expected = offline(Sound::Hash, &dialect, plan, &input[0], None, &Request::default());
        prop_assert!(heard[0][latency..].iter().zip(&expected).all(|(heard, expected)| heard == expected));
        prop_assert_eq!(monitor.underruns(), 0);
        let batches = script.batches.lock();
        let parts = chunk_frames.div_ceil(quantum);
        prop_assert!(batches.len() >= 10 * parts, "{} batches of {parts} to a chunk", batches.len());
    }
}
