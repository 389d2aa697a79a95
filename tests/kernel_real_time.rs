//! The CPU engine leaves the heap alone between batches of sizes that it has seen, on all of its threads: a global
//! allocator counts. The only test of its file, since another thread's allocations would count too.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use remel::diffusion::{CausalDenoiser, Denoiser};
use remel::mel::Mel;
use remel::network::diffwave::cpu::DiffWaveCpu;
use remel::network::{DiffWaveConfig, Tensor, Variant, Weights};

/// The system's allocator, counting the calls of all threads.
struct Counting;

static CALLS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes unchanged to the system's allocator, and counting neither allocates nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promises on `layout` are the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: `pointer` came from `alloc` above, so from the system's allocator, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn batches_of_sizes_seen_never_touch_the_heap() {
    let config = DiffWaveConfig {
        channels: 20,
        layers: 5,
        dilation_cycle: 4,
        n_mels: Some(8),
        classes: None,
        training_steps: 50,
        causal: true,
        variant: Variant::Lmnt,
        learned_variance: false,
    };
    let mut weights = Weights::default();
    for (name, shape) in config.tensors() {
        let data = vec![0.01; shape.iter().product()];
        weights.insert(name, Tensor { shape, data });
    }
    let mut denoiser = DiffWaveCpu::new(&config, &weights, 3).unwrap();
    let mels = [4, 2].map(|frames| Mel::from_frames(8, vec![0.5; 8 * frames]));
    let (x, mut eps) = (vec![0.1; 2048], vec![0.0; 2048]);
    denoiser.condition(&[&mels[0], &mels[0]], 1024).unwrap();
    denoiser.predict(&x, 7.3, &mut eps).unwrap();
    let mut histories = [0, 1].map(|_| denoiser.new_history());

    let before = CALLS.load(Ordering::Relaxed);
    // New levels, more of them than are kept, and smaller batches.
    for level in 0..40 {
        denoiser.condition(&[&mels[1]], 300).unwrap();
        denoiser.predict(&x[..300], level as f32 + 0.5, &mut eps[..300]).unwrap();
        denoiser.condition(&[&mels[0], &mels[0]], 1024).unwrap();
        denoiser.predict(&x, level as f32, &mut eps).unwrap();
        let [left, right] = &mut histories;
        denoiser.condition_after(&[&mels[0], &mels[0]], 512, 512).unwrap();
        denoiser.predict_after(&x[..1024], level as f32, &mut eps[..1024], &mut [left, right]).unwrap();
    }
    assert_eq!(CALLS.load(Ordering::Relaxed), before);

    drop(std::hint::black_box(vec![0u8; 100]));
    assert_eq!(CALLS.load(Ordering::Relaxed), before + 2, "the allocator counts");
}
