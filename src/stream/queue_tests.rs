//! The queue in simulated time: who is heard, at which load.

use super::*;
use crate::render::{Context, Format, SpanPlan};
use crate::stream::link::link;

/// A stream whose chunks of `frames` frames come one after another, and take `load` of their duration to render.
#[derive(Clone, Copy)]
struct Simulated {
    frames: usize,
    load: f64,
}

/// A millisecond a frame.
const FRAME: Duration = Duration::from_millis(1);
const QUANTUM: usize = 4;

fn format(side_by_side: usize) -> Format {
    Format {
        rate_hz: 1000,
        hop: 1,
        n_mels: 1,
        context: Context::default(),
        quantum_frames: Some(QUANTUM),
        side_by_side,
        chunk_frames: 4,
        tail_samples: 0,
    }
}

/// The share of each stream that is heard where one worker serves them for `frames` frames: what is rendered before it is
/// needed, and of what is late the rest.
fn heard(streams: &[Simulated], frames: usize) -> Vec<f64> {
    heard_side_by_side(streams, frames, 1)
}

/// The same where so many chunks are rendered side by side.
fn heard_side_by_side(streams: &[Simulated], frames: usize, side_by_side: usize) -> Vec<f64> {
    let format = format(side_by_side);
    let start = Instant::now();
    let mut now = start;
    let mut queue = Queue::default();
    let mut sent = vec![0; streams.len()];
    let mut sound = vec![Duration::ZERO; streams.len()];
    let name = RendererKey::from("simulated");
    while now < start + FRAME * frames as u32 {
        for (index, stream) in streams.iter().enumerate() {
            // A chunk is there when its last frame is, and has as long as it lasts until it is heard.
            let lasts = FRAME * stream.frames as u32;
            while start + lasts * (sent[index] + 1) <= now {
                let plan = SpanPlan { chunk_frames: stream.frames, left_frames: 0, right_frames: 0 };
                let (mut audio, _worker) = link(format, plan, 1, 1, std::thread::current());
                let mut chunk = audio.take().expect("the one that there is");
                chunk.windows[0].output = 0..stream.frames;
                let arrived = start + lasts * (sent[index] + 1);
                chunk.needed_at = Some(arrived + lasts);
                queue.push(Pending::new(index as u64, name.clone(), chunk, arrived));
                sent[index] += 1;
            }
        }
        let of = |pending: &Pending| streams[pending.stream as usize];
        queue.drop_worthless(now, |pending| {
            let Simulated { frames, load } = of(pending);
            Some((FRAME.mul_f64(pending.frames_left() as f64 * load), FRAME * frames as u32))
        });
        let in_time = |pending: &Pending, frames: usize| {
            let ready = now + FRAME.mul_f64(frames as f64 * of(pending).load);
            ready <= pending.chunk.needed_at.expect("real time")
        };
        let Some(batch) = queue.take_most_urgent(|_| Some(format), in_time) else {
            now += FRAME / 2;
            continue;
        };
        for (index, mut pending) in batch.into_iter().enumerate() {
            let Simulated { frames, load } = of(&pending);
            let before = pending.frames_left();
            pending.narrow(Some(QUANTUM));
            if index % side_by_side == 0 {
                now += FRAME.mul_f64((before - pending.frames_left()) as f64 * load);
            }
            if pending.is_complete() {
                let late = now.saturating_duration_since(pending.chunk.needed_at.expect("real time"));
                sound[pending.stream as usize] += (FRAME * frames as u32).saturating_sub(late);
            } else {
                queue.put_back(pending);
            }
        }
    }
    let all = streams.iter().zip(&sent).map(|(stream, sent)| FRAME * (stream.frames * *sent as usize) as u32);
    sound.iter().zip(all).map(|(sound, all)| sound.as_secs_f64() / all.as_secs_f64()).collect()
}

#[test]
fn a_long_chunk_never_makes_a_short_one_late() {
    let (live, studio) = (Simulated { frames: 4, load: 0.25 }, Simulated { frames: 64, load: 0.25 });
    for streams in
        [vec![live, studio], vec![studio, live], vec![live, live, studio], vec![live, studio, studio]]
    {
        let heard = heard(&streams, 20_000);
        assert!(heard.iter().all(|heard| *heard > 0.99), "{heard:?}");
    }
}

#[test]
fn overload_costs_what_is_missing_and_no_more() {
    let of = |frames: usize, load: f64| Simulated { frames, load };
    // Where one stream alone is too much, every chunk is late; else some are heard whole and the others not at all.
    for (streams, least) in [
        (vec![of(12, 1.1)], 0.55),
        (vec![of(12, 1.3)], 0.3),
        (vec![of(12, 0.7); 2], 0.45),
        (vec![of(4, 0.7); 2], 0.45),
        (vec![of(12, 0.5); 4], 0.4),
        (vec![of(4, 0.7), of(64, 0.7)], 0.45),
    ] {
        let heard = heard(&streams, 20_000);
        let mean = heard.iter().sum::<f64>() / heard.len() as f64;
        assert!(mean > least, "{heard:?}, at least {least}");
    }
}

#[test]
fn equals_take_turns() {
    for count in [2, 3, 4] {
        let heard = heard(&vec![Simulated { frames: 12, load: 0.7 }; count], 20_000);
        let (least, most) = heard.iter().fold((1.0_f64, 0.0_f64), |(a, b), x| (a.min(*x), b.max(*x)));
        assert!(least > 0.5 * most, "{heard:?}");
    }
}

#[test]
fn what_is_rendered_side_by_side_carries_more_streams() {
    let streams = vec![Simulated { frames: 12, load: 0.2 }; 8];
    assert!(heard(&streams, 20_000).iter().any(|heard| *heard < 0.9));
    let heard = heard_side_by_side(&streams, 20_000, 2);
    assert!(heard.iter().all(|heard| *heard > 0.99), "{heard:?}");
}

#[test]
fn as_many_stereo_chunks_are_joined_as_mono_ones() {
    let joined = |channels: usize, side_by_side: usize, frames: usize| {
        let (mut queue, now) = (Queue::default(), Instant::now());
        for stream in 0..6 {
            let plan = SpanPlan { chunk_frames: frames, left_frames: 0, right_frames: 0 };
            let (mut audio, _worker) = link(format(side_by_side), plan, channels, 1, std::thread::current());
            let mut chunk = audio.take().expect("the one that there is");
            chunk.windows.iter_mut().for_each(|window| window.output = 0..frames);
            queue.push(Pending::new(stream, RendererKey::from("simulated"), chunk, now));
        }
        queue.take_most_urgent(|_| Some(format(side_by_side)), |_, _| true).map_or(0, |batch| batch.len())
    };
    for channels in [1, 2] {
        assert_eq!([4, 2, 1].map(|frames| joined(channels, 1, frames)), [2, 4, 6]);
        // More than a quantum takes its time, unless others fit beside it.
        assert_eq!(joined(channels, 1, 12), 1);
    }
    assert_eq!([joined(1, 2, 12), joined(2, 2, 12)], [2, 1]);
}
