//! The GPU that tests run on.

use remel::network::Backend;

#[path = "../skipped/mod.rs"]
mod skipped;

/// The first GPU, software Vulkan included; where there is none, `test` is said to be skipped.
pub fn first_gpu(test: &str) -> Option<Backend> {
    let gpu = Backend::first_gpu();
    if gpu.is_none() {
        skipped::skipped(test, "no Vulkan, Metal or DirectX device");
    }
    gpu
}
