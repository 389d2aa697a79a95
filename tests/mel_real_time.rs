//! The streaming mel analysis never touches the heap once it is made: a global allocator counts.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use remel::mel::{Dialect, MelStream};

/// The system's allocator, counting the calls of each thread.
struct Counting;

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    CALLS.set(CALLS.get() + 1);
}

// SAFETY: every call goes unchanged to the system's allocator, and counting neither allocates nor unwinds (a
// constant-initialized thread-local of a type without a destructor).
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promises on `layout` are the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count();
        // SAFETY: `pointer` came from `alloc` above, so from the system's allocator, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn pushing_and_resetting_never_touch_the_heap() {
    let block: Vec<f32> = (0..1000).map(|n| (n as f32 * 0.1).sin()).collect();
    for &name in Dialect::names() {
        let mut stream = MelStream::new(&Dialect::named(name).unwrap()).unwrap();
        let (mut frames, mut sum) = (0, 0.0);
        let before = CALLS.get();
        for length in [1, 7, 64, 1000].into_iter().cycle().take(40) {
            stream.push(&block[..length], |frame| {
                frames += 1;
                sum += frame[0];
            });
        }
        stream.reset();
        assert_eq!(CALLS.get(), before, "{name}");
        assert!(frames > 10 && sum != 0.0, "{name}: {frames} frames");
    }
}

#[test]
fn the_allocator_counts() {
    let before = CALLS.get();
    drop(std::hint::black_box(vec![0u8; 100]));
    assert_eq!(CALLS.get(), before + 2);
}
