//! What the right button opens over a parameter. It never changes a value by itself.

use super::hands::{Hands, Typing};
use copypasta::{ClipboardContext, ClipboardProvider as _};
use egui::{Button, Response, Ui};
use nice_plug::prelude::*;

/// Opens the menu of a parameter on a right click. Numbers, which `types`, can be typed.
pub fn show<P: Param>(
    ui: &Ui,
    response: &Response,
    param: &P,
    hands: &mut Hands,
    setter: &ParamSetter,
    types: bool,
) {
    let id = response.id;
    response.context_menu(|menu| {
        menu.set_min_width(130.0);
        if menu.add(Button::new("Reset").shortcut_text("Del")).clicked() {
            hands.set(ui, setter, param, param.default_normalized_value());
        }
        if types && menu.add(Button::new("Type a value").shortcut_text("Enter")).clicked() {
            hands.typing = Some(Typing::new(id, param.to_string()));
        }
        menu.separator();
        if menu.button("Copy value").clicked() {
            copy(menu, param);
        }
        if menu.button("Paste value").clicked() {
            let text = ClipboardContext::new().and_then(|mut clipboard| clipboard.get_contents());
            hands.enter(ui, setter, id, param, &text.unwrap_or_default());
        }
    });
}

/// Puts the text of a parameter's value on the clipboard.
pub fn copy<P: Param>(ui: &Ui, param: &P) {
    ui.ctx().copy_text(param.to_string());
}

impl Typing {
    /// A field for the number of a widget, with its text in it.
    pub fn new(id: egui::Id, text: String) -> Self {
        Self { id, text, shown: false }
    }
}
