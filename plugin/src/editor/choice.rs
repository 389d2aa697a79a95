//! Parameters that are one of a few, or on and off: buttons.

use super::hands::Hands;
use super::{help, menu, theme};
use egui::accesskit::Role;
use egui::{Align2, Button, Rect, Response, RichText, Sense, Ui, pos2, vec2};
use nice_plug::prelude::*;

/// Space between buttons.
const GAP: f32 = 4.0;
/// Height of a button where there is space for it, and of the name above it.
const HEIGHTS: [f32; 2] = [21.0, 16.0];

/// A parameter of a few named values, all in sight.
pub struct Choice<'a, T: Enum + PartialEq + 'static> {
    pub param: &'a EnumParam<T>,
    /// The parameter's id.
    pub id: &'static str,
    /// What stands on the buttons.
    pub labels: &'a [&'a str],
    /// Whether the value is named above the buttons.
    pub says_value: bool,
}

impl<T: Enum + PartialEq + 'static> Choice<'_, T> {
    /// Draws it into `row`, and sets it where a button is clicked.
    pub fn show(self, ui: &mut Ui, row: Rect, hands: &mut Hands, setter: &ParamSetter) {
        let id = ui.scope_id().with(self.id);
        let whole = ui.interact(row, id, Sense::CLICK);
        ui.painter().text(row.min, Align2::LEFT_TOP, self.param.name(), theme::name_font(), theme::TEXT_WEAK);
        let value = hands.value(ui, self.param);
        if self.says_value {
            let text = self.param.normalized_value_to_string(value, true);
            ui.painter().text(row.right_top(), Align2::RIGHT_TOP, text, theme::number_font(), theme::TEXT);
        }
        let active = self.param.preview_plain(value).to_index();
        let last = (T::variants().len() - 1).max(1) as f32;
        let places = places(ui, row, self.labels);
        // The width of a button was measured; a narrow one has no space to lose.
        ui.spacing_mut().button_padding.x = 1.0;
        for (index, ((label, name), place)) in self.labels.iter().zip(T::variants()).zip(places).enumerate() {
            let button = Button::new(RichText::new(*label).size(theme::BUTTON)).selected(index == active);
            let response = ui.put(place, button);
            let spoken = format!("{}: {name}", self.param.name());
            help::tell_switch(&response, Role::RadioButton, &spoken, index == active);
            if response.has_focus() {
                theme::focus_ring(ui.painter(), place);
            }
            if response.clicked() {
                hands.set(ui, setter, self.param, index as f32 / last);
            }
            menu::show(ui, &response, self.param, hands, setter, false);
            help::explain(&response, self.id);
        }
        menu::show(ui, &whole, self.param, hands, setter, false);
        help::explain(&whole, self.id);
    }
}

/// Where buttons with `labels` go: each as wide as its words and an equal share of what is left.
fn places(ui: &Ui, row: Rect, labels: &[&str]) -> Vec<Rect> {
    let font = egui::FontId::proportional(theme::BUTTON);
    let width =
        |label: &&str| ui.painter().layout_no_wrap((*label).to_owned(), font.clone(), theme::TEXT).size().x;
    let widths: Vec<f32> = labels.iter().map(width).collect();
    let gaps = GAP * (labels.len() - 1) as f32;
    let left = (row.width() - gaps - widths.iter().sum::<f32>()) / labels.len() as f32;
    let height = HEIGHTS[0].min(row.height() - HEIGHTS[1]);
    let mut at = row.left();
    let place = |width: &f32| {
        let size = vec2(width + left, height);
        let place = Rect::from_min_size(pos2(at, row.bottom() - height), size);
        at += size.x + GAP;
        place
    };
    widths.iter().map(place).collect()
}

/// An on/off parameter as a button in `place` that lights up.
pub fn switch(
    ui: &mut Ui,
    place: Rect,
    id: &str,
    param: &BoolParam,
    hands: &mut Hands,
    setter: &ParamSetter,
) -> Response {
    let on = param.preview_plain(hands.value(ui, param));
    let response = ui.put(place, lit(param.name(), on));
    help::tell_switch(&response, Role::Switch, param.name(), on);
    if response.has_focus() {
        theme::focus_ring(ui.painter(), place);
    }
    if response.clicked() {
        hands.set(ui, setter, param, if on { 0.0 } else { 1.0 });
    }
    menu::show(ui, &response, param, hands, setter, false);
    help::explain(&response, id);
    response
}

/// A button that is lit where it is on.
pub fn lit(text: &str, on: bool) -> Button<'_> {
    let colour = if on { theme::BACKGROUND } else { theme::TEXT };
    let fill = if on { theme::ACCENT } else { theme::TROUGH };
    Button::new(RichText::new(text).size(theme::BUTTON).color(colour)).fill(fill)
}
