//! The jitter buffer under loss, disorder, duplicates, drift and whatever a fuzzer sends.

use proptest::prelude::*;

use super::*;

const SILENCE: f32 = -10.0;
const CAPACITY: usize = 32;

fn buffer() -> JitterBuffer {
    JitterBuffer::new(CAPACITY, 1, SILENCE)
}

fn pop(buffer: &mut JitterBuffer) -> f32 {
    let mut out = [f32::NAN];
    buffer.pop(&mut out);
    out[0]
}

/// Frame `i` holds `i`; plays until nothing is active.
fn rest(buffer: &mut JitterBuffer) -> Vec<f32> {
    let mut played = Vec::new();
    while buffer.is_active() {
        played.push(pop(buffer));
        assert!(played.len() < 10_000, "it never ends");
    }
    played
}

#[test]
fn frames_are_played_in_order_and_then_die_away() {
    let mut buffer = buffer();
    assert_eq!(pop(&mut buffer), SILENCE);
    for index in [2, 0, 1, 3, 4] {
        buffer.push(index, &[index as f32]);
    }
    let played = rest(&mut buffer);
    assert_eq!(played[..5], [0.0, 1.0, 2.0, 3.0, 4.0]);
    assert_eq!(played[5..9], [4.0; 4], "held");
    assert!(played[9..].is_sorted_by(|a, b| a >= b) && *played.last().unwrap() < SILENCE + 2.0);
    assert_eq!(pop(&mut buffer), SILENCE);
    let counts = buffer.counts();
    assert_eq!((counts.taken, counts.late, counts.lost, counts.restarts), (5, 0, 0, 0));
}

#[test]
fn what_is_late_or_there_already_is_counted_and_dropped() {
    let mut buffer = buffer();
    for index in [0, 1, 1, 2, 3, 5] {
        buffer.push(index, &[index as f32]);
    }
    let played: Vec<f32> = (0..5).map(|_| pop(&mut buffer)).collect();
    assert_eq!(played, [0.0, 1.0, 2.0, 3.0, 3.0], "frame 4 is missing");
    buffer.push(4, &[4.0]);
    assert_eq!(pop(&mut buffer), 5.0);
    let counts = buffer.counts();
    assert_eq!((counts.taken, counts.duplicate, counts.late, counts.lost), (5, 1, 1, 1));
}

#[test]
fn a_sender_that_begins_anew_is_followed() {
    let mut buffer = buffer();
    (1000..1008).for_each(|index| buffer.push(index, &[index as f32]));
    assert_eq!(pop(&mut buffer), 1000.0);
    (0..4).for_each(|index| buffer.push(index, &[index as f32]));
    assert_eq!(pop(&mut buffer), 0.0);
    assert_eq!(buffer.counts().restarts, 1);
}

#[test]
fn a_burst_is_played_as_far_as_there_is_room() {
    let mut buffer = buffer();
    (0..100).for_each(|index| buffer.push(index, &[index as f32]));
    let played = rest(&mut buffer);
    assert_eq!(played[..32], (0..32).map(|index| index as f32).collect::<Vec<_>>());
    assert_eq!((buffer.counts().taken, buffer.counts().overflowed), (32, 68));
    // After it the sender goes on.
    (100..104).for_each(|index| buffer.push(index, &[index as f32]));
    assert_eq!(rest(&mut buffer)[..4], [100.0, 101.0, 102.0, 103.0]);
}

#[test]
fn clocks_that_differ_cost_a_frame_now_and_then() {
    // How much faster the sender's clock is, in thousandths.
    for drift in [-5i64, 5] {
        let (mut buffer, mut sent) = (buffer(), 0);
        for frame in 0..20_000i64 {
            while sent * 1000 < frame * (1000 + drift) {
                buffer.push(sent, &[0.0]);
                sent += 1;
            }
            assert!(frame < 5 || pop(&mut buffer) == 0.0, "frame {frame}: a gap");
        }
        let counts = buffer.counts();
        assert_eq!((counts.overflowed, counts.restarts, counts.lost, counts.late), (0, 0, 0, 0), "{drift}");
        let [fewer, more] =
            if drift > 0 { [counts.repeated, counts.skipped] } else { [counts.skipped, counts.repeated] };
        assert!(fewer == 0 && (80..=100).contains(&more), "{drift}: {counts:?}");
    }
}

proptest! {
    #[test]
    fn any_order_with_loss_and_duplicates_plays_what_came_in_order(
        first in -1000i64..1000,
        jitter in prop::collection::vec((0u8..4, 0u8..8), 50..200),
    ) {
        // Each packet is sent at its frame, and comes up to three frames later; one of eight is lost, one comes twice.
        let mut arrivals: Vec<(usize, i64)> = Vec::new();
        for (frame, (delay, fate)) in jitter.iter().enumerate() {
            let packet = (frame + usize::from(*delay), first + frame as i64);
            let times = match fate { 0 => 0, 1 => 2, _ => 1 };
            arrivals.extend(std::iter::repeat_n(packet, times));
        }
        let (mut buffer, mut last) = (buffer(), None::<f32>);
        for frame in 0..jitter.len() + 40 {
            for (_, index) in arrivals.iter().filter(|(at, _)| *at == frame) {
                buffer.push(*index, &[*index as f32]);
            }
            let played = pop(&mut buffer);
            if buffer.missing == 0 && buffer.is_active() {
                prop_assert!(last.is_none_or(|last| played > last), "{played} after {last:?}");
                last = Some(played);
            }
        }
        prop_assert!(!buffer.is_active());
        let counts = buffer.counts();
        prop_assert_eq!(counts.taken + counts.duplicate + counts.late, arrivals.len() as u64);
        prop_assert_eq!((counts.restarts, counts.overflowed), (0, 0));
    }

    #[test]
    fn whatever_comes_is_counted_and_only_frames_and_fades_are_played(
        events in prop::collection::vec(prop::option::of(prop_oneof![any::<i64>(), -40i64..40, Just(i64::MAX), Just(i64::MIN)]), 0..400),
    ) {
        let (mut buffer, mut pushed) = (buffer(), 0);
        for event in events {
            match event {
                Some(index) => {
                    buffer.push(index, &[1.0]);
                    pushed += 1;
                }
                None => prop_assert!((SILENCE..=1.0).contains(&pop(&mut buffer))),
            }
            let waiting = buffer.indices.iter().flatten().count();
            prop_assert_eq!(buffer.waiting, waiting);
        }
        let counts = buffer.counts();
        prop_assert_eq!(counts.taken + counts.duplicate + counts.late + counts.overflowed, pushed);
        rest(&mut buffer);
    }
}
