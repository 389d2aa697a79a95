//! The link between two threads at full speed.

use super::*;
use crate::render::Context;

const CHUNKS: usize = 3;
/// Few where each takes long.
const ROUNDS: u64 = if cfg!(miri) { 20 } else { 20_000 };

/// A link of two channels.
fn stereo() -> (AudioHalf, WorkerHalf) {
    let format = Format {
        rate_hz: 1000,
        hop: 2,
        n_mels: 1,
        context: Context::default(),
        quantum_frames: None,
        side_by_side: 1,
        chunk_frames: 1,
        tail_samples: 0,
    };
    let plan = SpanPlan { chunk_frames: 1, left_frames: 0, right_frames: 0 };
    link(format, plan, 2, CHUNKS, std::thread::current())
}

/// A link, and a thread that writes into each chunk its life and index, until the other half is gone.
fn rendering() -> (AudioHalf, std::thread::JoinHandle<()>) {
    let (audio, mut worker) = stereo();
    let render = move || {
        while let Ok(received) = worker.try_receive() {
            let Some(mut chunk) = received else {
                std::thread::yield_now();
                continue;
            };
            chunk.rendered = worker.state.wants(&chunk);
            for samples in &mut chunk.samples {
                samples.clear();
                samples.extend([chunk.epoch as f32, chunk.index as f32]);
            }
            worker.state.set_load(chunk.index as f32);
            worker.give_back(chunk);
        }
    };
    (audio, std::thread::spawn(render))
}

/// Sends chunk `index`; false where all are under way.
fn send(audio: &mut AudioHalf, index: u64) -> bool {
    let Some(mut chunk) = audio.take() else { return false };
    chunk.index = index;
    audio.send(chunk);
    true
}

#[test]
fn every_chunk_comes_back_once_in_order_as_it_was_rendered() {
    let (mut audio, renderer) = rendering();
    let (mut sent, mut received) = (0, 0);
    while received < ROUNDS {
        while sent < ROUNDS && send(&mut audio, sent) {
            sent += 1;
        }
        audio.receive(|chunk| {
            assert_eq!((chunk.index, chunk.rendered), (received, true));
            assert_eq!(chunk.samples, vec![vec![0.0, received as f32]; 2]);
            received += 1;
        });
        std::thread::yield_now();
    }
    assert!(!audio.expecting());
    assert_eq!(audio.state().load(), (ROUNDS - 1) as f32);
    drop(audio);
    renderer.join().unwrap();
}

#[test]
fn nothing_of_an_old_life_is_handed_over_and_no_chunk_is_lost_by_a_reset() {
    let (mut audio, renderer) = rendering();
    for life in 0..ROUNDS / 10 {
        // Some of the old life are still under way.
        while !send(&mut audio, life) {
            audio.receive(|chunk| assert_eq!(chunk.epoch, life));
        }
        audio.set_first_wanted(life + 1);
        audio.reset();
    }
    while audio.store.len() < CHUNKS {
        audio.receive(|chunk| panic!("chunk {} of life {}", chunk.index, chunk.epoch));
        std::thread::yield_now();
    }
    drop(audio);
    renderer.join().unwrap();
}

#[test]
fn a_worker_that_is_gone_leaves_the_chunk_and_nothing_is_expected_of_it() {
    let (mut audio, worker) = stereo();
    assert!(send(&mut audio, 0) && audio.expecting());
    drop(worker);
    assert!(send(&mut audio, 1));
    audio.receive(|_| panic!("nobody rendered it"));
    assert!(!audio.expecting());
    assert_eq!(audio.store.len(), CHUNKS - 1);
}
