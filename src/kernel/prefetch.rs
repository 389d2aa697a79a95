//! Asking for memory before it is needed.

/// Values of a cache line.
const LINE: usize = 16;

/// Asks for all of `values`, wanted at once, without waiting for them.
#[inline(always)]
pub(crate) fn prefetch(values: &[f32]) {
    for line in values.chunks(LINE) {
        request::<true>(line.as_ptr());
    }
}

/// The same for values that are wanted some time later: the second cache has room for them.
#[inline(always)]
pub(crate) fn prefetch_early(values: &[f32]) {
    for line in values.chunks(LINE) {
        request::<false>(line.as_ptr());
    }
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn request<const FIRST: bool>(line: *const f32) {
    use std::arch::x86_64::{_MM_HINT_T0, _MM_HINT_T1, _mm_prefetch};
    // SAFETY: every x86-64 has the instruction, which reads nothing that a program could see.
    unsafe {
        if FIRST {
            _mm_prefetch::<_MM_HINT_T0>(line.cast());
        } else {
            _mm_prefetch::<_MM_HINT_T1>(line.cast());
        }
    }
}

#[cfg(target_arch = "aarch64")]
#[inline(always)]
fn request<const FIRST: bool>(line: *const f32) {
    // SAFETY: a hint, which reads nothing that a program could see.
    unsafe {
        if FIRST {
            std::arch::asm!("prfm pldl1keep, [{}]", in(reg) line, options(nostack, preserves_flags, readonly));
        } else {
            std::arch::asm!("prfm pldl2keep, [{}]", in(reg) line, options(nostack, preserves_flags, readonly));
        }
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
#[inline(always)]
fn request<const FIRST: bool>(_line: *const f32) {}
