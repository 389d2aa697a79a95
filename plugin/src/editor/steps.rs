//! Undo, redo, A and B.

use super::icons::Icon;
use super::widgets::{button, icon, toggle};
use crate::editing::Editing;
use crate::history::Slot;
use egui::{Key, KeyboardShortcut, Modifiers, Ui};
use nice_plug::prelude::ParamSetter;

const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);
const REDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);

/// Undo and redo by keyboard, unless a text is being typed, which has an undo of its own.
pub fn keys(ui: &Ui, editing: &mut Editing, setter: &ParamSetter) {
    if ui.ctx().text_edit_focused() {
        return;
    }
    // The longer one first: the shorter one is in it.
    if ui.ctx().input_mut(|input| input.consume_shortcut(&REDO)) {
        editing.redo(setter);
    }
    if ui.ctx().input_mut(|input| input.consume_shortcut(&UNDO)) {
        editing.undo(setter);
    }
}

/// The buttons that undo and redo. In a layout from right to left.
pub fn undo(ui: &mut Ui, editing: &mut Editing, setter: &ParamSetter) {
    let [undone, redone] = editing.steps();
    let hint = |verb: &str, what: &Option<String>, keys: &str| match what {
        Some(what) => format!("{verb}: {what} ({keys})"),
        None => format!("{verb}: nothing ({keys})"),
    };
    let redo = hint("Redo", &redone, "Ctrl+Shift+Z");
    if icon(ui, Icon::Redo, 28.0, redone.is_some(), ["Redo", &redo]).clicked() {
        editing.redo(setter);
    }
    let undo = hint("Undo", &undone, "Ctrl+Z");
    if icon(ui, Icon::Undo, 28.0, undone.is_some(), ["Undo", &undo]).clicked() {
        editing.undo(setter);
    }
}

/// The buttons of A and B. In a layout from right to left.
pub fn compare(ui: &mut Ui, editing: &mut Editing, setter: &ParamSetter) {
    let (active, same) = editing.compared();
    let hint = match active {
        Slot::A => "Copies what is heard over B",
        Slot::B => "Copies what is heard over A",
    };
    if button(ui, "Copy", 46.0, !same, ["Copy to the other", hint]).clicked() {
        editing.copy();
    }
    for (slot, face) in [(Slot::B, "B"), (Slot::A, "A")] {
        let hint = "Two settings to compare: parameters, model and preset";
        if toggle(ui, face, 26.0, active == slot, [face, hint]).clicked() && active != slot {
            editing.switch(setter);
        }
    }
}
