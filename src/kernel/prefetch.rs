//! Asking for memory before it is needed.

/// Values of a cache line.
const LINE: usize = 16;

/// Asks for all of `values` without waiting for them.
#[inline(always)]
pub(super) fn prefetch(values: &[f32]) {
    for line in values.chunks(LINE) {
        request(line.as_ptr());
    }
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn request(line: *const f32) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: every x86-64 has the instruction, which reads nothing that a program could see.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(line.cast()) };
}

#[cfg(target_arch = "aarch64")]
#[inline(always)]
fn request(line: *const f32) {
    // SAFETY: a hint, which reads nothing that a program could see.
    unsafe {
        std::arch::asm!("prfm pldl1keep, [{}]", in(reg) line, options(nostack, preserves_flags, readonly))
    };
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
#[inline(always)]
fn request(_line: *const f32) {}
