//! Four lanes as arrays: what the compiler makes of them on any machine.

use crate::kernel::lanes::{Lanes, Work};

/// Runs a block of a work.
pub(super) fn run<W: Work>(work: &W, block: usize, scratch: &mut W::Scratch) {
    work.run::<Baseline>(block, scratch);
}

/// Four values.
#[derive(Clone, Copy)]
#[repr(align(16))]
pub(crate) struct Baseline([f32; 4]);

impl Baseline {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        let ([a, b, c, d], [e, g, h, i]) = (self.0, other.0);
        Self([f(a, e), f(b, g), f(c, h), f(d, i)])
    }
}

impl Lanes for Baseline {
    const LANES: usize = 4;
    const PANEL: usize = 2;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    #[inline(always)]
    fn load(source: &[f32]) -> Self {
        Self([source[0], source[1], source[2], source[3]])
    }

    #[inline(always)]
    fn store(self, target: &mut [f32]) {
        target[..4].copy_from_slice(&self.0);
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.zip(other, |a, b| a / b)
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.zip(other, |a, b| if a < b { a } else { b })
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        self.mul(factor).add(addend)
    }

    #[inline(always)]
    fn scale(self, power: Self) -> Self {
        self.zip(power, |a, n| f32::from_bits(a.to_bits().wrapping_add(n.to_bits() << 23)))
    }
}
