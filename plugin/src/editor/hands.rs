//! What the user's hands are doing to parameters. Every change is one whole gesture, as the host's undo wants it.

use crate::params::RemelParams;
use egui::{Id, Ui};
use nice_plug::prelude::*;

/// How long a value that was set is believed before the host has brought it to the parameter, in seconds. A host does
/// that with its next block.
const BELIEVED_S: f64 = 0.25;
/// For how long a number shows that a text was none, in seconds.
const REFUSED_S: f64 = 1.5;

/// What hands are doing right now.
#[derive(Default)]
pub struct Hands {
    /// The parameter that is being dragged.
    pub drag: Option<Drag>,
    /// The number that is being typed.
    pub typing: Option<Typing>,
    /// The value that was set last, and when.
    aim: Option<(ParamPtr, f32, f64)>,
    /// Where a text was refused last, and when.
    refused: Option<(Id, f64)>,
    /// Whether a slider has the keyboard, which leaves the space bar to the host.
    pub on_bar: bool,
    /// What the wheel has turned that is no whole notch yet.
    pub wheel: f32,
}

/// A drag, which is a gesture that has begun.
pub struct Drag {
    /// The widget's.
    pub id: Id,
    param: ParamPtr,
    /// Where the pointer has the value: on the parameter's scale of 0 to 1, and beyond that.
    pub at: f32,
}

/// A number as it is being typed.
pub struct Typing {
    /// The widget's.
    pub id: Id,
    /// What is in the field.
    pub text: String,
    /// Whether the field has been there before.
    pub shown: bool,
}

impl Hands {
    /// A parameter's value on its scale of 0 to 1, as hands have it.
    pub fn value<P: Param>(&self, ui: &Ui, param: &P) -> f32 {
        let now = ui.input(|input| input.time);
        match self.aim {
            Some((aimed, value, when)) if aimed == param.as_ptr() && now - when < BELIEVED_S => value,
            _ => param.unmodulated_normalized_value(),
        }
    }

    /// Sets a parameter, as one whole gesture. Nothing where it has that value.
    pub fn set<P: Param>(&mut self, ui: &Ui, setter: &ParamSetter, param: &P, value: f32) {
        if self.would_change(ui, param, value) {
            setter.begin_set_parameter(param);
            self.put(ui, setter, param, value);
            setter.end_set_parameter(param);
        }
    }

    /// Begins a drag of a parameter.
    pub fn begin<P: Param>(&mut self, setter: &ParamSetter, id: Id, param: &P, at: f32) {
        setter.begin_set_parameter(param);
        self.drag = Some(Drag { id, param: param.as_ptr(), at });
    }

    /// Sets the dragged parameter.
    pub fn drag_to<P: Param>(&mut self, ui: &Ui, setter: &ParamSetter, param: &P, value: f32) {
        if self.would_change(ui, param, value) {
            self.put(ui, setter, param, value);
        }
    }

    /// Ends the drag of a parameter.
    pub fn end<P: Param>(&mut self, setter: &ParamSetter, param: &P) {
        setter.end_set_parameter(param);
        self.drag = None;
    }

    /// Ends what is under way, as the editor closes.
    pub fn close(&mut self, params: &RemelParams, setter: &ParamSetter) {
        let dragged = self.drag.as_ref().map(|drag| drag.param);
        let of_it = |param: ParamPtr| dragged == Some(param);
        params
            .floats()
            .iter()
            .filter(|(_, param)| of_it(param.as_ptr()))
            .for_each(|(_, param)| self.end(setter, *param));
        params
            .counts()
            .iter()
            .filter(|(_, param)| of_it(param.as_ptr()))
            .for_each(|(_, param)| self.end(setter, *param));
        *self = Self::default();
    }

    /// Opens the field of a widget's number, with its text in it.
    pub fn type_number(&mut self, id: Id, text: String) {
        self.typing = Some(Typing { id, text, shown: false });
    }

    /// Sets a parameter to what a text says. False, and a sign to the user, where that is nothing it can be.
    pub fn enter<P: Param>(&mut self, ui: &Ui, setter: &ParamSetter, id: Id, param: &P, text: &str) -> bool {
        let value = parsed(param, text);
        match value {
            Some(value) => self.set(ui, setter, param, value),
            None => self.refused = Some((id, ui.input(|input| input.time))),
        }
        value.is_some()
    }

    /// Whether a text was refused here a moment ago.
    pub fn refuses(&self, ui: &Ui, id: Id) -> bool {
        let now = ui.input(|input| input.time);
        self.refused.is_some_and(|(where_, when)| where_ == id && now - when < REFUSED_S)
    }

    fn would_change<P: Param>(&self, ui: &Ui, param: &P, value: f32) -> bool {
        param.preview_plain(value) != param.preview_plain(self.value(ui, param))
    }

    fn put<P: Param>(&mut self, ui: &Ui, setter: &ParamSetter, param: &P, value: f32) {
        // To the nearest step, where it has steps.
        setter.set_parameter(param, param.preview_plain(value));
        let value = param.preview_normalized(param.preview_plain(value));
        self.aim = Some((param.as_ptr(), value, ui.input(|input| input.time)));
    }
}

/// The value that a text says, on the parameter's scale of 0 to 1. A decimal comma is a decimal point.
fn parsed<P: Param>(param: &P, text: &str) -> Option<f32> {
    let value = param.string_to_normalized_value(&text.trim().replace(',', "."))?;
    value.is_finite().then(|| value.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_values_with_and_without_units_and_nonsense_is_none() {
        let params = RemelParams::default();
        assert_eq!(parsed(&params.strength, " 55 % "), Some(0.55));
        assert_eq!(parsed(&params.strength, "12,5"), Some(0.125));
        assert_eq!(parsed(&params.strength, "900"), Some(1.0));
        assert_eq!(parsed(&params.shift, "6 st"), Some(0.75));
        assert_eq!(parsed(&params.steps, "Model"), Some(0.0));
        for nonsense in ["", "loud", "NaN", "1 2", "--3", "5 apples"] {
            assert_eq!(parsed(&params.strength, nonsense), None, "{nonsense}");
            assert_eq!(parsed(&params.shift, nonsense), None, "{nonsense}");
            assert_eq!(parsed(&params.steps, nonsense), None, "{nonsense}");
        }
    }
}
