//! An allocator that counts what a thread asks of it: what real-time code must never do.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, which counts each thread's calls.
struct Counting;

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

/// A thread that ends may still free what it held, after its counter is gone.
fn count() {
    let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
}

// SAFETY: every call is passed on to the system's allocator unchanged; counting neither allocates nor panics (a
// constant-initialized thread-local of a type without a destructor).
unsafe impl GlobalAlloc for Counting {
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
static ALLOCATOR: Counting = Counting;

/// Runs `real_time`, and how often this thread touched the heap in it.
pub fn calls_in(real_time: impl FnOnce()) -> usize {
    let before = CALLS.get();
    real_time();
    CALLS.get() - before
}

#[test]
fn the_allocator_counts() {
    assert_eq!(calls_in(|| drop(std::hint::black_box(vec![1u8; 100]))), 2);
    assert_eq!(calls_in(|| {}), 0);
}
