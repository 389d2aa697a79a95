//! How far a key or a turn of the wheel moves each parameter, and where its bar begins.

use nice_plug::prelude::*;

/// What a slider has to know of its parameter.
#[derive(Clone, Copy, Debug)]
pub struct Dial {
    /// The parameter's id.
    pub id: &'static str,
    /// One step, a fine one and a coarse one, in the parameter's own unit.
    steps: [f32; 3],
    /// Whether steps are decibels of a gain.
    decibels: bool,
    /// Whether the bar is filled from the middle.
    pub bipolar: bool,
    /// Where a line marks a value, in the parameter's own unit.
    pub mark: Option<f32>,
}

/// How far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stride {
    /// An arrow key, a notch of the wheel.
    Step,
    /// The same with shift.
    Fine,
    /// A page key.
    Coarse,
}

/// A parameter whose values are numbers.
pub trait Number: Param {
    /// The number at `value` on the scale of 0 to 1.
    fn number(&self, value: f32) -> f32;
    /// Where a number is on the scale of 0 to 1; beyond the ends it is at the end.
    fn place(&self, number: f32) -> f32;
}

impl Number for FloatParam {
    fn number(&self, value: f32) -> f32 {
        self.preview_plain(value)
    }

    fn place(&self, number: f32) -> f32 {
        self.preview_normalized(number).clamp(0.0, 1.0)
    }
}

impl Number for IntParam {
    fn number(&self, value: f32) -> f32 {
        self.preview_plain(value) as f32
    }

    fn place(&self, number: f32) -> f32 {
        self.preview_normalized(number.round() as i32).clamp(0.0, 1.0)
    }
}

impl Dial {
    /// A parameter that grows from the left.
    pub const fn new(id: &'static str, steps: [f32; 3]) -> Self {
        Self { id, steps, decibels: false, bipolar: false, mark: None }
    }

    /// A parameter whose 0 is the middle.
    pub const fn bipolar(id: &'static str, steps: [f32; 3]) -> Self {
        Self { bipolar: true, mark: Some(0.0), ..Self::new(id, steps) }
    }

    /// A gain.
    pub const fn gain(id: &'static str) -> Self {
        Self { decibels: true, mark: Some(1.0), ..Self::new(id, [1.0, 0.1, 6.0]) }
    }

    /// Where `value` gets by `count` strides, both on the scale of 0 to 1: a whole number of fine steps.
    pub fn stride<P: Number>(&self, param: &P, value: f32, stride: Stride, count: f32) -> f32 {
        let [step, fine, coarse] = self.steps;
        let by = count
            * match stride {
                Stride::Step => step,
                Stride::Fine => fine,
                Stride::Coarse => coarse,
            };
        let whole = |number: f32| (number / fine).round() * fine;
        if !self.decibels {
            return param.place(whole(param.number(value) + by));
        }
        // Below that is silence, and from there it goes on.
        let silence_db = -60.0;
        let db = whole(util::gain_to_db(param.number(value)).max(silence_db - 1.0) + by);
        if db <= silence_db { 0.0 } else { param.place(util::db_to_gain(db)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::RemelParams;

    #[test]
    fn strides_are_whole_and_stay_within_the_range() {
        let params = RemelParams::default();
        let shift = Dial::bipolar("shift", [1.0, 0.1, 3.0]);
        let at = |value, stride, count| params.shift.number(shift.stride(&params.shift, value, stride, count));
        assert_eq!(at(0.5, Stride::Step, 1.0), 1.0);
        assert!((at(0.5, Stride::Fine, -3.0) + 0.3).abs() < 1e-5);
        assert_eq!(at(0.5, Stride::Coarse, 20.0), 12.0);
        let steps = Dial::new("steps", [1.0, 1.0, 3.0]);
        assert_eq!(params.steps.number(steps.stride(&params.steps, 0.0, Stride::Coarse, 1.0)), 3.0);
    }

    #[test]
    fn a_gain_goes_by_decibels_down_to_silence_and_back() {
        let (params, dial) = (RemelParams::default(), Dial::gain("output"));
        let mut value = params.output.place(1.0);
        value = dial.stride(&params.output, value, Stride::Coarse, -1.0);
        assert!((util::gain_to_db(params.output.number(value)) + 6.0).abs() < 0.05);
        for _ in 0..12 {
            value = dial.stride(&params.output, value, Stride::Coarse, -1.0);
        }
        assert_eq!(params.output.number(value), 0.0);
        assert!(params.output.number(dial.stride(&params.output, value, Stride::Coarse, 1.0)) > 0.0);
    }
}
