//! What a loss is multiplied by, so that gradients do not vanish in a narrow type.

use serde::{Deserialize, Serialize};

use super::config::Precision;

/// The scale that training begins with, and the least and largest one of those that adapt.
const FIRST: f64 = 32_768.0;
const LEAST: f64 = 2.0;
const LARGEST: f64 = 16_777_216.0;
/// Steps without an overflow after which the scale is doubled.
const PATIENCE: u64 = 1000;

/// The scale of a loss whose gradients are computed in `f16` (Micikevicius et al., "Mixed precision training", 2018,
/// section 3.2): as large as they allow. For other types it is 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LossScale {
    value: f64,
    /// Steps since the scale was last changed.
    steps: u64,
}

impl LossScale {
    /// No scale.
    pub fn none() -> Self {
        Self { value: 1.0, steps: 0 }
    }

    /// The scale as it stands, or the first one where a training in `precision` begins.
    pub fn suited(self, precision: Precision) -> Self {
        match precision {
            Precision::F16 if self.value >= LEAST => self,
            Precision::F16 => Self { value: FIRST, steps: 0 },
            Precision::F32 | Precision::Bf16 => Self::none(),
        }
    }

    /// The scale.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// A step was taken.
    pub fn held(&mut self) {
        self.steps += 1;
        if self.steps >= PATIENCE && self.value >= LEAST {
            *self = Self { value: (2.0 * self.value).min(LARGEST), steps: 0 };
        }
    }

    /// The gradients of a step were too large: halves the scale; false where it is not the scale's fault.
    pub fn overflowed(&mut self) -> bool {
        let lower = 0.5 * self.value;
        if lower < LEAST {
            return false;
        }
        *self = Self { value: lower, steps: 0 };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rises_while_nothing_overflows_and_falls_where_something_does() {
        let mut scale = LossScale::none().suited(Precision::F16);
        let first = scale.value();
        (0..PATIENCE).for_each(|_| scale.held());
        assert_eq!(scale.value(), 2.0 * first);
        assert!(scale.overflowed() && scale.overflowed());
        assert_eq!((scale.value(), scale.suited(Precision::F16)), (0.5 * first, scale));
        let falls = (0..100).take_while(|_| scale.overflowed()).count();
        assert_eq!((falls, scale.value()), (13, LEAST));
    }

    #[test]
    fn wide_types_need_none() {
        let mut scale = LossScale::none().suited(Precision::F16).suited(Precision::Bf16);
        (0..2 * PATIENCE).for_each(|_| scale.held());
        assert_eq!(scale.value(), 1.0);
        assert!(!scale.overflowed());
    }
}
