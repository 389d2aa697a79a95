//! One register of `f32`, whatever the instruction set, and the work that is written over it.

/// A register of [`Lanes::LANES`] values.
///
/// Bodies generic over it are marked `inline(always)` down to the function that enables the instruction set.
pub(crate) trait Lanes: Copy {
    /// Values per register.
    const LANES: usize;
    /// Registers across the widest panel of a product: as many as leave room for six rows of accumulators.
    const PANEL: usize;

    /// `value` in every lane.
    fn splat(value: f32) -> Self;
    /// The first values of `source`.
    fn load(source: &[f32]) -> Self;
    /// Writes the first values of `target`.
    fn store(self, target: &mut [f32]);
    /// self + other
    fn add(self, other: Self) -> Self;
    /// self − other
    fn sub(self, other: Self) -> Self;
    /// self · other
    fn mul(self, other: Self) -> Self;
    /// self / other within 2e-7 of it, for an `other` between 1 and 2¹²⁰.
    fn div(self, other: Self) -> Self;
    /// The lesser of both.
    fn min(self, other: Self) -> Self;
    /// The larger of both.
    fn max(self, other: Self) -> Self;
    /// self · factor + addend, rounded once where the set can.
    fn mul_add(self, factor: Self, addend: Self) -> Self;
    /// self · 2ⁿ, where `power` is what [`Lanes::power`] made of n.
    fn scale(self, power: Self) -> Self;

    /// The exponent self at most `limit`, and at least −`limit` where [`Lanes::scale`] needs that.
    #[inline(always)]
    fn limit(self, limit: Self) -> Self {
        self.min(limit).max(Self::splat(0.0).sub(limit))
    }

    /// Self rounded to an integer n, as [`Lanes::scale`] takes it: here n is in the lowest bits.
    #[inline(always)]
    fn power(self) -> Self {
        self.add(Self::splat(ROUNDING))
    }

    /// self − n, where `power` is what [`Lanes::power`] made of n.
    #[inline(always)]
    fn without(self, power: Self) -> Self {
        self.sub(power.sub(Self::splat(ROUNDING)))
    }
}

/// Some of a network's work, in blocks that do not depend on each other.
pub(crate) trait Work: Sync {
    /// What one thread needs for a block beside the work itself; small enough for its second cache. A block finds in it
    /// what any other left there, and reads nothing of that.
    type Scratch: Send;

    /// Number of blocks.
    fn blocks(&self) -> usize;

    /// Computes one block, each of them exactly once. It is to be `inline(always)`, with everything it calls.
    fn run<V: Lanes>(&self, block: usize, scratch: &mut Self::Scratch);
}

/// 1.5·2²³: adding it rounds a small number to an integer, which is then found in the lowest bits.
pub(super) const ROUNDING: f32 = 12_582_912.0;

/// Values of the widest register: rows are whole numbers of them.
pub(crate) const UNIT: usize = 16;

/// A row as units, `[width / UNIT]`.
#[inline(always)]
pub(crate) fn units(row: &[f32]) -> &[[f32; UNIT]] {
    row.as_chunks().0
}

/// Implements [`Lanes`] for a register type from expressions over its intrinsics.
macro_rules! lanes {
    (
        $name:ident($register:ty), lanes $lanes:literal, panel $panel:literal;
        splat($number:ident) => $splat:expr;
        load($source:ident) => $load:expr;
        store($value:ident, $target:ident) => $store:expr;
        $($method:ident($this:ident $(, $argument:ident)*) => $body:expr;)*
    ) => {
        #[derive(Clone, Copy)]
        pub(crate) struct $name($register);

        impl $crate::kernel::lanes::Lanes for $name {
            const LANES: usize = $lanes;
            const PANEL: usize = $panel;

            #[inline(always)]
            fn splat($number: f32) -> Self {
                // SAFETY: these lanes exist only under the function that runs where the set was detected.
                Self(unsafe { $splat })
            }

            #[inline(always)]
            fn load(source: &[f32]) -> Self {
                let $source = source[..$lanes].as_ptr();
                // SAFETY: as above, and `source` has as many values as the register.
                Self(unsafe { $load })
            }

            #[inline(always)]
            fn store(self, target: &mut [f32]) {
                let ($value, $target) = (self.0, target[..$lanes].as_mut_ptr());
                // SAFETY: as above, and `target` has as many values as the register.
                unsafe { $store }
            }

            $(
                #[inline(always)]
                fn $method(self $(, $argument: Self)*) -> Self {
                    let $this = self.0;
                    $(let $argument = $argument.0;)*
                    // SAFETY: as above.
                    Self(unsafe { $body })
                }
            )*
        }
    };
}
pub(super) use lanes;
