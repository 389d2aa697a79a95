//! What the right button opens over a parameter. It never changes a value by itself.

use super::hands::Hands;
use super::help;
use copypasta::{ClipboardContext, ClipboardProvider as _};
use egui::accesskit::Role;
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
        if item(menu, "Reset", "Del") {
            hands.set(ui, setter, param, param.default_normalized_value());
        }
        if types && item(menu, "Type a value", "Enter") {
            hands.type_number(id, param.to_string());
        }
        menu.separator();
        if item(menu, "Copy value", "") {
            copy(menu, param);
        }
        if item(menu, "Paste value", "") {
            let text = ClipboardContext::new().and_then(|mut clipboard| clipboard.get_contents());
            hands.enter(ui, setter, id, param, &text.unwrap_or_default());
        }
    });
}

/// An entry, with the key that does the same. Whether it was chosen.
fn item(menu: &mut Ui, name: &str, key: &str) -> bool {
    let response = menu.add(Button::new(name).shortcut_text(key));
    help::tell(&response, Role::MenuItem, name, key);
    response.clicked()
}

/// Puts the text of a parameter's value on the clipboard.
pub fn copy<P: Param>(ui: &Ui, param: &P) {
    ui.ctx().copy_text(param.to_string());
}
