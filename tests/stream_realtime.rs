//! The audio thread allocates nothing and frees nothing, whatever happens around it.

mod heap;
mod stream_fake;

use std::sync::atomic::Ordering;

use proptest::prelude::*;
use remel::mel::MelEditSettings;
use remel::stream::{Controls, MelFrom, MelTap, MixSettings, Stream, StreamSlot};
use stream_fake::*;

/// What happens before a block.
#[derive(Clone, Copy, Debug)]
enum Event {
    Nothing,
    Reset,
    Offer,
    Collect,
    Offline(bool),
    Fail,
    DropMonitor,
    StopEngine,
}

fn events() -> impl Strategy<Value = Vec<(Event, usize)>> {
    let event = prop_oneof![
        12 => Just(Event::Nothing),
        3 => Just(Event::Reset),
        3 => Just(Event::Offer),
        3 => Just(Event::Collect),
        2 => any::<bool>().prop_map(Event::Offline),
        1 => Just(Event::Fail),
        1 => Just(Event::DropMonitor),
        1 => Just(Event::StopEngine),
    ];
    prop::collection::vec((event, prop_oneof![Just(1usize), 1usize..200, 200usize..3000]), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn processing_touches_no_allocator(
        events in events(),
        host_rate_hz in prop::sample::select(vec![8000u32, 16000, 44100, 48000, 44056]),
        channels in 1usize..=2,
    ) {
        let dialect = dialect(16000);
        let (engine, key, script) = engine(&dialect, Sound::Hash);
        let mut config = config(host_rate_hz, &dialect, PLAN);
        (config.channels, config.offline) = (channels, false);
        let (first, monitor) = open(&config, &engine, &key);
        let mut monitor = Some(monitor);
        let (mut slot, mut supply) = StreamSlot::new(Some(first));
        let (mut input, mut touched) = ([noise(3000, 1), noise(3000, 2)], 0);
        let side = [noise(3000, 3), noise(3000, 4)];
        for (number, &(event, frames)) in events.iter().enumerate() {
            match event {
                Event::Offer => {
                    if let Ok((stream, _)) = Stream::open(&config, &engine, &key) {
                        // A slot that is not through with the one before gives it back.
                        drop(supply.offer(stream));
                    }
                }
                Event::Collect => supply.collect(),
                Event::Fail => script.fails.store(true, Ordering::SeqCst),
                Event::DropMonitor => monitor = None,
                Event::StopEngine => engine.stop(),
                Event::Nothing | Event::Reset | Event::Offline(_) => {}
            }
            let controls = Controls {
                mel_from: if number % 3 == 0 { MelFrom::SideChain } else { MelFrom::Main },
                edit: MelEditSettings {
                    shift_semitones: (number % 5) as f32,
                    tilt_db_per_octave: (number % 4) as f32,
                    smear: 0.1,
                    detail: 1.0 - 0.2 * (number % 3) as f32,
                    freeze: number % 7 == 0,
                },
                mix: MixSettings { bypass: number % 11 == 0, ..MixSettings::default() },
                ..echo()
            };
            let [left, right] = &mut input;
            let mut main = [&mut left[..frames], &mut right[..frames]];
            let side = [&side[0][..frames], &side[1][..frames]];
            let side = (number % 2 == 0).then_some(&side[..]);
            touched += heap::calls_in(|| {
                match (event, slot.stream()) {
                    (Event::Reset, _) => slot.reset(),
                    (Event::Offline(offline), Some(stream)) => stream.set_offline(offline),
                    _ => {}
                }
                slot.process(&mut main[..channels], side, &controls);
            });
            if let Some(monitor) = &mut monitor && number % 4 == 0 {
                monitor.mel_frames(MelTap::In, |_, _| {});
                monitor.mel_frames(MelTap::Out, |_, _| {});
                let levels = monitor.take_levels();
                prop_assert!(levels.input.is_finite() && levels.output.is_finite());
            }
            prop_assert!(main[..channels].iter().all(|channel| channel.iter().all(|sample| sample.is_finite())));
        }
        prop_assert_eq!(touched, 0);
    }
}
