//! Denormal numbers as zeros: a silence that decays must not slow the network down.
//!
//! `no_denormals` does the same for the time of a closure; but what [`flush_denormals`] asks for lasts as long as its
//! thread, and on machines that are neither x86 nor AArch64 that crate does not compile, where here nothing happens; nor
//! does anything under Miri, which has no such register.

/// While it lives, this thread takes denormal numbers for zeros (x86-64 and AArch64).
pub(crate) struct DenormalsFlushed {
    before: Register,
}

#[cfg(target_arch = "x86_64")]
type Register = u32;
#[cfg(not(target_arch = "x86_64"))]
type Register = u64;

/// Flush to zero (bit 15) and denormals are zeros (bit 6) of MXCSR.
#[cfg(target_arch = "x86_64")]
const FLUSH: Register = 0x8040;
/// Flush to zero (bit 24) of FPCR.
#[cfg(not(target_arch = "x86_64"))]
const FLUSH: Register = 1 << 24;

impl DenormalsFlushed {
    /// Starts to flush on this thread.
    pub(crate) fn here() -> Self {
        let before = read();
        write(before | FLUSH);
        Self { before }
    }
}

/// Has this thread take denormal numbers for zeros from now on: what every thread that makes audio does first.
pub fn flush_denormals() {
    std::mem::forget(DenormalsFlushed::here());
}

impl Drop for DenormalsFlushed {
    fn drop(&mut self) {
        write(self.before);
    }
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
fn read() -> Register {
    let mut register = 0;
    // SAFETY: stores the control register into a variable of its size, and nothing else.
    unsafe { std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut register, options(nostack, preserves_flags)) };
    register
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
fn write(register: Register) {
    // SAFETY: changes how denormals are treated and nothing else; `Drop` restores what was there. Rust promises its
    // arithmetic for the default environment alone: no result here may hang on what becomes of a denormal number.
    unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const register, options(nostack, preserves_flags)) };
}

#[cfg(all(target_arch = "aarch64", not(miri)))]
fn read() -> Register {
    let register;
    // SAFETY: reads the control register, and nothing else.
    unsafe { std::arch::asm!("mrs {}, fpcr", out(reg) register, options(nomem, nostack, preserves_flags)) };
    register
}

#[cfg(all(target_arch = "aarch64", not(miri)))]
fn write(register: Register) {
    // SAFETY: as for x86-64: denormals alone are treated otherwise, and no result may hang on them.
    unsafe { std::arch::asm!("msr fpcr, {}", in(reg) register, options(nomem, nostack, preserves_flags)) };
}

#[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn read() -> Register {
    0
}

#[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn write(_register: Register) {}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    fn denormals_are_zeros_while_it_lives_and_numbers_afterwards() {
        let half = || black_box(f32::MIN_POSITIVE) * black_box(0.5);
        assert!(half() > 0.0);
        let flushed = DenormalsFlushed::here();
        assert_eq!(half(), 0.0);
        drop(flushed);
        assert!(half() > 0.0);
    }
}
