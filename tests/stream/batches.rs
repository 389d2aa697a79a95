//! The engine's batches: which chunks are rendered together, in which order, and for which signals.

use std::sync::atomic::Ordering;

use crate::stream_fake::*;
use remel::render::Request;
use remel::stream::Controls;

#[test]
fn chunks_of_all_streams_are_one_batch() {
    let dialect = dialect(8000);
    let (engine, key, script) = engine(&dialect, Sound::Hash);
    let mut config = config(8000, &dialect, PLAN);
    (config.channels, config.offline) = (2, false);
    // The first stream's chunk keeps the worker busy, while the others' gather.
    let (mut busy, _) = open(&config, &engine, &key);
    script.held.store(true, Ordering::SeqCst);
    let mono = [noise(200, 1), noise(200, 1)];
    run(&mut busy, &mono, None, &[200], &Controls::default());
    until("the first call", || script.inside.load(Ordering::SeqCst));
    let mut streams: Vec<_> = (0..4).map(|_| open(&config, &engine, &key).0).collect();
    for (number, stream) in streams.iter_mut().enumerate() {
        let stereo = [noise(120, 10 + number as u64), noise(120, 20 + number as u64)];
        // The last one has other settings: a batch of its own.
        let request = Request { seed: u64::from(number == 3), ..Request::default() };
        run(stream, &stereo, None, &[120], &Controls { request, ..Controls::default() });
    }
    script.held.store(false, Ordering::SeqCst);
    // The busy stream's three chunks, one after another; three streams; the one apart.
    until("five batches", || script.calls.load(Ordering::SeqCst) >= 5);
    assert_eq!(script.windows.load(Ordering::SeqCst), 3 * 2 + 3 * 2 + 2);
    assert_eq!(script.largest_batch.load(Ordering::SeqCst), 6);
}

#[test]
fn chunks_of_a_stream_are_rendered_in_their_order_one_to_a_batch() {
    let dialect = dialect(8000);
    let (engine, key, script) = engine(&dialect, Sound::Hash);
    let mut config = config(8000, &dialect, PLAN);
    config.offline = false;
    let (mut first, _) = open(&config, &engine, &key);
    script.held.store(true, Ordering::SeqCst);
    run(&mut first, &[noise(200, 1)], None, &[100], &Controls::default());
    until("the first call", || script.inside.load(Ordering::SeqCst));
    // All chunks of the second stream have come before the first one's second chunk is rendered.
    let (mut second, _) = open(&config, &engine, &key);
    run(&mut second, &[noise(200, 2)], None, &[100], &Controls::default());
    script.held.store(false, Ordering::SeqCst);
    until("all chunks", || script.windows.load(Ordering::SeqCst) >= 2 * 3);
    let batches = script.batches.lock();
    let mut signals: Vec<u64> = batches.iter().flatten().map(|&(signal, _)| signal).collect();
    signals.sort_unstable();
    signals.dedup();
    assert_eq!(signals.len(), 2);
    for signal in signals {
        let of_it = |batch: &Vec<(u64, u64)>| -> Vec<u64> {
            batch.iter().filter(|window| window.0 == signal).map(|window| window.1).collect()
        };
        let rendered: Vec<Vec<u64>> = batches.iter().map(of_it).filter(|batch| !batch.is_empty()).collect();
        let expected: Vec<Vec<u64>> = (0..rendered.len() as u64).map(|chunk| vec![3 * chunk]).collect();
        assert_eq!(rendered, expected);
    }
}

#[test]
fn renderers_are_told_when_nothing_more_comes_of_a_signal() {
    let dialect = dialect(8000);
    let (engine, key, script) = engine(&dialect, Sound::Hash);
    let (mut stream, _) = open(&config(8000, &dialect, PLAN), &engine, &key);
    let play = |stream: &mut remel::stream::Stream| {
        run(stream, &[noise(2000, 1)], None, &[64], &Controls::default());
        script.batches.lock().last().expect("a batch")[0].0
    };
    let before = play(&mut stream);
    assert!(script.forgotten.lock().is_empty());
    stream.reset();
    let after = play(&mut stream);
    assert_ne!(before, after);
    assert_eq!(*script.forgotten.lock(), [before]);
    drop(stream);
    until("the stream to be dropped", || script.forgotten.lock().len() == 2);
    assert_eq!(*script.forgotten.lock(), [before, after]);
}
