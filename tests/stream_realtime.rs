//! The audio thread allocates nothing and frees nothing, whatever happens around it.

mod stream_fake;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::Ordering;

use proptest::prelude::*;
use remel::stream::{Controls, MelFrom, MelTap, StreamSlot};
use stream_fake::*;

/// The system's allocator, which counts what a thread asks of it while that is forbidden to the thread.
struct Forbidding;

thread_local! {
    static FORBIDDEN: Cell<bool> = const { Cell::new(false) };
    static VIOLATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    if FORBIDDEN.try_with(Cell::get).unwrap_or(false) {
        VIOLATIONS.set(VIOLATIONS.get() + 1);
    }
}

// SAFETY: every call is passed on to the system's allocator unchanged; counting neither allocates nor panics.
unsafe impl GlobalAlloc for Forbidding {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps `GlobalAlloc::alloc`'s contract, which is the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count();
        // SAFETY: `pointer` came from the system's allocator with this `layout`, as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: `pointer` came from the system's allocator with this `layout`, as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Forbidding = Forbidding;

/// Runs `real_time`, and how often it touched the allocator.
fn violations(real_time: impl FnOnce()) -> usize {
    VIOLATIONS.set(0);
    FORBIDDEN.set(true);
    real_time();
    FORBIDDEN.set(false);
    VIOLATIONS.get()
}

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

#[test]
fn the_allocator_counts_what_it_should() {
    assert_eq!(violations(|| drop(std::hint::black_box(vec![1u8; 100]))), 2);
    assert_eq!(violations(|| {}), 0);
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
                    if let Ok((stream, _)) = remel::stream::Stream::open(&config, &engine, &key) {
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
                shift_semitones: (number % 5) as f32,
                tilt_db_per_octave: (number % 4) as f32,
                smear: 0.1,
                freeze: number % 7 == 0,
                bypass: number % 11 == 0,
                ..echo()
            };
            let [left, right] = &mut input;
            let mut main = [&mut left[..frames], &mut right[..frames]];
            let side = [&side[0][..frames], &side[1][..frames]];
            let side = (number % 2 == 0).then_some(&side[..]);
            touched += violations(|| {
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
            }
            prop_assert!(main[..channels].iter().all(|channel| channel.iter().all(|sample| sample.is_finite())));
        }
        prop_assert_eq!(touched, 0);
    }
}
