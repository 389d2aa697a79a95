//! What holds for every stream, whatever the host does: equal to the offline render, at the reported latency.

use crate::stream_fake::*;
use proptest::prelude::*;
use remel::mel::{Dialect, MelEditSettings};
use remel::render::{Request, SpanPlan};
use remel::stream::{Carrier, Controls, MelFrom, MelTap, MixSettings};

fn plans() -> impl Strategy<Value = SpanPlan> {
    (1usize..6, 0usize..5, 0usize..4).prop_map(|(chunk_frames, left_frames, right_frames)| SpanPlan {
        chunk_frames,
        left_frames,
        right_frames,
    })
}

fn blocks() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![Just(1usize), 1usize..64, 64usize..1500], 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn at_the_models_rate_a_stream_is_the_offline_render_sample_for_sample(
        plan in plans(),
        blocks in blocks(),
        max_block_frames in 1usize..1200,
        from_side: bool,
        carrier in prop::sample::select(vec![Carrier::Noise, Carrier::Main, Carrier::SideChain]),
        seed: u64,
        with_side: bool,
    ) {
        let dialect = dialect(8000);
        let (engine, key, _) = engine(&dialect, Sound::Hash);
        let mut config = config(8000, &dialect, plan);
        (config.channels, config.max_block_frames) = (2, max_block_frames);
        let (mut stream, monitor) = open(&config, &engine, &key);
        let controls = Controls {
            mel_from: if from_side { MelFrom::SideChain } else { MelFrom::Main },
            carrier,
            request: Request { strength: 0.7, seed, ..Request::default() },
            ..Controls::default()
        };
        let total = 6000;
        let main = [noise(total, 1), noise(total, 2)];
        let side = if with_side { [noise(total, 3), noise(total, 4)] } else { [vec![0.0; total], vec![0.0; total]] };
        let heard = run(&mut stream, &main, with_side.then_some(&side[..]), &blocks, &controls);
        let latency = stream.latency().total_host_samples;
        for channel in 0..2 {
            let mel_of = if from_side { &side[channel] } else { &main[channel] };
            let carrier = match carrier {
                Carrier::Noise => None,
                Carrier::Main => Some(&main[channel][..]),
                Carrier::SideChain => Some(&side[channel][..]),
                other => panic!("no law for {other:?}"),
            };
            let expected = offline(Sound::Hash, &dialect, plan, mel_of, carrier, &controls.request);
            prop_assert!(latency + expected.len() >= total);
            prop_assert!(heard[channel][..latency.min(total)].iter().all(|&sample| sample == 0.0));
            for (position, (heard, expected)) in heard[channel].iter().skip(latency).zip(&expected).enumerate() {
                prop_assert_eq!(heard, expected, "channel {} position {}", channel, position);
            }
        }
        prop_assert_eq!(monitor.underruns(), 0);
    }

    #[test]
    fn at_any_rate_the_latency_is_what_is_reported_and_blocks_make_no_difference(
        host_rate_hz in prop_oneof![
            prop::sample::select(vec![1000, 1235, 8000u32, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 192_000, 384_000, 768_000, 1_536_000]),
            1000u32..=1_536_000,
        ],
        plan in plans(),
        blocks in blocks(),
        max_block_frames in 1usize..=8192,
        budget_ms in 0.0..30.0,
    ) {
        let dialect = dialect(16000);
        let (engine, key, _) = engine(&dialect, Sound::Echo);
        let mut config = config(host_rate_hz, &dialect, plan);
        (config.max_block_frames, config.budget_ms) = (max_block_frames, budget_ms);
        let (mut stream, monitor) = open(&config, &engine, &key);
        let latency = stream.latency().total_host_samples;
        // A pulse a few milliseconds long, far below all Nyquist frequencies.
        let length = f64::from(host_rate_hz) * 0.004;
        let centre = (length * 3.0).round();
        let total = latency + (centre + length * 2.0) as usize;
        let pulse = |index: f64| {
            let from_centre = (index - centre) / length;
            if from_centre.abs() < 1.0 { (from_centre * std::f64::consts::FRAC_PI_2).cos().powi(4) } else { 0.0 }
        };
        let input = vec![(0..total).map(|index| pulse(index as f64) as f32).collect::<Vec<_>>()];
        let heard = run(&mut stream, &input, None, &blocks, &echo());
        prop_assert_eq!(monitor.underruns(), 0);
        // The resamplers' own error, and two hundredths of a sample in time.
        let tolerance = 1e-3 + 0.02 * 2.5 / length;
        for (index, &sample) in heard[0].iter().enumerate() {
            let expected = pulse(index as f64 - latency as f64);
            prop_assert!((f64::from(sample) - expected).abs() < tolerance, "{}: {} {}", index, sample, expected);
        }
        // Once more, from a reset and in one go.
        stream.reset();
        let again = run(&mut stream, &input, None, &[total], &echo());
        prop_assert_eq!(&again, &heard);
    }

    #[test]
    fn reset_equals_new_wherever_it_falls(
        host_rate_hz in prop::sample::select(vec![1000, 1235, 8000u32, 11025, 48000]),
        stops in prop::collection::vec(0usize..3000, 1..6),
        blocks in blocks(),
    ) {
        let dialect = dialect(8000);
        let (engine, key, _) = engine(&dialect, Sound::Hash);
        let config = config(host_rate_hz, &dialect, PLAN);
        let edit = MelEditSettings { smear: 0.3, shift_semitones: 2.0, tilt_db_per_octave: -1.0, detail: 0.7, freeze: false };
        let controls = Controls { edit, ..echo() };
        let input = vec![noise(4000, 9)];
        let (mut stream, _) = open(&config, &engine, &key);
        let fresh = run(&mut stream, &input, None, &blocks, &controls);
        for stop in stops {
            stream.reset();
            run(&mut stream, &[noise(stop.max(1), 5)], None, &[77], &Controls { mix: MixSettings { wet: 0.2, ..MixSettings::default() }, ..echo() });
        }
        stream.reset();
        prop_assert_eq!(run(&mut stream, &input, None, &blocks, &controls), fresh);
    }
}

#[test]
fn dry_and_bypass_are_aligned_to_the_latency_to_the_bit() {
    let dialect = dialect(16000);
    let (engine, key, _) = engine(&dialect, Sound::Hash);
    for controls in [
        MixSettings { wet: 0.0, ..MixSettings::default() },
        MixSettings { bypass: true, output_gain: 0.3, ..MixSettings::default() },
    ]
    .map(|mix| Controls { mix, ..Controls::default() })
    {
        let (mut stream, _) = open(&config(44100, &dialect, PLAN), &engine, &key);
        let (input, latency) = (vec![noise(5000, 1)], stream.latency().total_host_samples);
        let heard = run(&mut stream, &input, None, &[100, 1, 300], &controls);
        assert!(heard[0][..latency].iter().all(|&sample| sample == 0.0));
        assert_eq!(heard[0][latency..], input[0][..5000 - latency]);
    }
}

#[test]
fn the_published_dialects_pass_through_at_the_reported_latency() {
    for name in Dialect::names() {
        let dialect = Dialect::named(name).unwrap();
        let (engine, key, _) = engine(&dialect, Sound::Echo);
        let (mut stream, monitor) = open(&config(48000, &dialect, PLAN), &engine, &key);
        let latency = stream.latency().total_host_samples;
        let sine = |index: i64| {
            if index < 0 { 0.0 } else { (index as f32 * 0.02).sin() * (index as f32 * 1e-4).min(1.0) }
        };
        let total = latency as i64 + 12_000;
        let heard = run(&mut stream, &[(0..total).map(sine).collect()], None, &[512], &echo());
        for (index, &sample) in heard[0].iter().enumerate() {
            assert!((sample - sine(index as i64 - latency as i64)).abs() < 1e-3, "{name} {index}");
        }
        assert_eq!(monitor.underruns(), 0);
    }
}

#[test]
fn taps_show_the_frames_in_and_those_of_what_is_heard() {
    let dialect = dialect(8000);
    let (engine, key, _) = engine(&dialect, Sound::Echo);
    let (mut stream, mut monitor) = open(&config(8000, &dialect, PLAN), &engine, &key);
    run(&mut stream, &[noise(1600, 3)], None, &[64], &echo());
    let mut frames = [Vec::new(), Vec::new()];
    monitor.mel_frames(MelTap::In, |index, frame| frames[0].push((index, frame.to_vec())));
    monitor.mel_frames(MelTap::Out, |index, frame| frames[1].push((index, frame.to_vec())));
    assert!(frames[0].len() > frames[1].len() && frames[1].len() > 20);
    assert!(frames[0].iter().enumerate().all(|(index, frame)| frame.0 == index as u64));
    // The echo of the input has the input's frames, under the same indices.
    assert!(frames[0].iter().zip(&frames[1]).all(|(input, output)| input == output));
}

#[test]
fn a_missing_channel_is_silent_and_one_too_many_is_left_alone() {
    let dialect = dialect(8000);
    let (engine, key, _) = engine(&dialect, Sound::Hash);
    let (mut stream, _) = open(&config(8000, &dialect, PLAN), &engine, &key);
    let mut stereo = [noise(300, 1), noise(300, 2)];
    let [left, right] = &mut stereo;
    stream.process(&mut [left, right], Some(&[]), &Controls::default());
    assert_eq!(stereo[1], noise(300, 2));
    stream.process(&mut [], None, &Controls::default());
    stream.process(&mut [&mut []], None, &Controls::default());
}

#[test]
fn a_mono_side_chain_serves_both_channels() {
    let dialect = dialect(8000);
    let (engine, key, _) = engine(&dialect, Sound::Echo);
    let mut config = config(8000, &dialect, PLAN);
    config.channels = 2;
    let (mut stream, _) = open(&config, &engine, &key);
    let controls = Controls { carrier: Carrier::SideChain, ..echo() };
    let side = noise(2000, 5);
    let heard = run(
        &mut stream,
        &[noise(2000, 1), noise(2000, 2)],
        Some(std::slice::from_ref(&side)),
        &[64],
        &controls,
    );
    let latency = stream.latency().total_host_samples;
    assert!(heard.iter().all(|heard| heard[latency..] == side[..2000 - latency]));
}

#[test]
fn what_is_not_finite_does_not_get_through() {
    let dialect = dialect(8000);
    let (engine, key, _) = engine(&dialect, Sound::Echo);
    let (mut stream, _) = open(&config(11025, &dialect, PLAN), &engine, &key);
    let mut input = noise(3000, 1);
    (input[100], input[101], input[102]) = (f32::NAN, f32::INFINITY, f32::NEG_INFINITY);
    let half = MixSettings { wet: 0.5, ..MixSettings::default() };
    let bypass = MixSettings { bypass: true, ..MixSettings::default() };
    let broken = MelEditSettings { tilt_db_per_octave: f32::NAN, ..MelEditSettings::default() };
    for controls in [Controls { mix: half, ..echo() }, Controls { mix: bypass, edit: broken, ..echo() }] {
        stream.reset();
        let heard = run(&mut stream, &[input.clone()], None, &[100], &controls);
        assert!(heard[0].iter().all(|sample| sample.is_finite()));
    }
}
