//! An allocator that counts what a thread holds: no file may ask for more than it is worth.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Bytes that any file may cost, and how many more for each of its own.
const ANY: usize = 256 << 20;
const EACH: usize = 64;
/// Largest allocation that is tried at all: beyond it the test ends where the machine would.
const LARGEST: usize = 4 << 30;

/// The system's allocator, which counts each thread's bytes.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

/// A thread that ends may still free what it held, after its counters are gone.
fn count(more: usize, fewer: usize) {
    let _ = HELD.try_with(|held| {
        held.set(held.get() + more as isize - fewer as isize);
        let _ = MOST.try_with(|most| most.set(most.get().max(held.get())));
    });
}

// SAFETY: every call is passed on to the system's allocator unchanged or answered with null, as it may be; counting neither
// allocates nor panics (constant-initialized thread-locals of a type without a destructor).
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() > LARGEST {
            return std::ptr::null_mut();
        }
        count(layout.size(), 0);
        // SAFETY: the caller keeps `GlobalAlloc::alloc`'s contract, which is the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.size() > LARGEST {
            return std::ptr::null_mut();
        }
        count(layout.size(), 0);
        // SAFETY: the caller keeps `GlobalAlloc::alloc_zeroed`'s contract, which is the system allocator's.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: `pointer` came from the system's allocator with this `layout`, as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if size > LARGEST {
            return std::ptr::null_mut();
        }
        count(size, layout.size());
        // SAFETY: `pointer` came from the system's allocator with this `layout`, as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs `work` with a file of so many `bytes`; `what` is for the message if it holds more than such a file is worth.
#[track_caller]
pub fn bounded(what: &str, bytes: usize, work: impl FnOnce()) {
    let before = HELD.get();
    MOST.set(before);
    work();
    let most = (MOST.get() - before) as usize;
    assert!(most <= ANY + EACH * bytes, "{what}: {most} bytes of memory for a file of {bytes}");
}

#[test]
fn the_allocator_counts() {
    bounded("nothing", 0, || drop(std::hint::black_box(vec![1u8; 1000])));
    let most =
        std::panic::catch_unwind(|| bounded("much", 0, || drop(std::hint::black_box(vec![0u8; 2 * ANY]))));
    assert!(most.is_err());
}
