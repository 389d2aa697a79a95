//! What mouse, wheel and keys do to a slider.

use super::dial::{Dial, Number, Stride};
use super::hands::Hands;
use super::menu;
use egui::{CursorIcon, Event, EventFilter, Key, Modifiers, MouseWheelUnit, PointerButton, Rect, Response, Ui};
use nice_plug::prelude::*;

/// How much a drag with shift is finer.
const FINE: f32 = 0.1;
/// How far a smooth wheel scrolls for one notch, in logical pixels.
const NOTCH: f32 = 40.0;

/// The parameter that hands are on.
pub struct Target<'a, P: Number> {
    pub param: &'a P,
    pub dial: Dial,
}

/// Press, drag and clicks, on the bar and on the number.
pub fn pointer<P: Number>(
    ui: &Ui,
    response: &Response,
    target: &Target<P>,
    [bar, number]: [Rect; 2],
    hands: &mut Hands,
    setter: &ParamSetter,
) {
    let param = target.param;
    let (modifiers, down) =
        ui.input(|input| (input.modifiers, input.pointer.button_down(PointerButton::Primary)));
    // A little beyond its ends, so that these are easy to reach.
    let grip = bar.expand2(egui::vec2(4.0, 3.0));
    let over = response.hover_pos().is_some_and(|at| grip.contains(at));
    if over {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    let place = |x: f32| (x - bar.left()) / bar.width();
    if hands.drag.as_ref().is_some_and(|drag| drag.id == response.id) {
        drag(ui, target, bar, hands, setter);
    } else if let Some(press) = pressed(ui, response) {
        response.request_focus();
        if modifiers.command {
            hands.set(ui, setter, param, param.default_normalized_value());
        } else if grip.contains(press) {
            let at = if modifiers.shift { hands.value(ui, param) } else { place(press.x) };
            hands.begin(setter, response.id, param, at);
            hands.drag_to(ui, setter, param, at.clamp(0.0, 1.0));
        }
    }
    if response.double_clicked_by(PointerButton::Primary) && !modifiers.command {
        let at = response.interact_pointer_pos();
        if at.is_some_and(|at| number.contains(at)) {
            hands.type_number(response.id, param.to_string());
        } else if at.is_some_and(|at| grip.contains(at)) {
            match hands.drag {
                Some(_) => hands.drag_to(ui, setter, param, param.default_normalized_value()),
                None => hands.set(ui, setter, param, param.default_normalized_value()),
            }
        }
    }
    if !down && hands.drag.as_ref().is_some_and(|drag| drag.id == response.id) {
        hands.end(setter, param);
    }
}

/// Where the left button went down on it in this picture.
fn pressed(ui: &Ui, response: &Response) -> Option<egui::Pos2> {
    let pressed = ui.input(|input| input.pointer.button_pressed(PointerButton::Primary));
    // Down and up again between two pictures is a click.
    let here = response.is_pointer_button_down_on() || response.clicked_by(PointerButton::Primary);
    if pressed && here { response.interact_pointer_pos() } else { None }
}

/// The pointer has moved while a slider is dragged.
fn drag<P: Number>(ui: &Ui, target: &Target<P>, bar: Rect, hands: &mut Hands, setter: &ParamSetter) {
    let (moved, fine) = ui.input(|input| (input.pointer.delta().x, input.modifiers.shift));
    let Some(drag) = &mut hands.drag else { return };
    if moved == 0.0 {
        return;
    }
    drag.at += moved / bar.width() * if fine { FINE } else { 1.0 };
    let at = drag.at.clamp(0.0, 1.0);
    hands.drag_to(ui, setter, target.param, at);
}

/// The wheel over it.
pub fn wheel<P: Number>(
    ui: &Ui,
    response: &Response,
    target: &Target<P>,
    hands: &mut Hands,
    setter: &ParamSetter,
) {
    if !response.hovered() || hands.drag.is_some() {
        return;
    }
    let (mut notches, mut fine) = (0.0, false);
    ui.input(|input| {
        for event in &input.events {
            if let Event::MouseWheel { unit, delta, modifiers, .. } = event {
                fine |= modifiers.shift;
                notches += match unit {
                    MouseWheelUnit::Point => (delta.x + delta.y) / NOTCH,
                    MouseWheelUnit::Line | MouseWheelUnit::Page => delta.x + delta.y,
                };
            }
        }
    });
    if notches != 0.0 {
        hands.wheel += notches;
        let whole = hands.wheel.trunc();
        hands.wheel -= whole;
        step(ui, target, hands, setter, if fine { Stride::Fine } else { Stride::Step }, whole);
    }
}

/// Keys while it has the focus. Arrows are its own then; Tab and Escape are not.
pub fn keys<P: Number>(
    ui: &Ui,
    response: &Response,
    target: &Target<P>,
    hands: &mut Hands,
    setter: &ParamSetter,
) {
    let own = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, own));
    let param = target.param;
    for event in ui.input(|input| input.events.clone()) {
        match event {
            Event::Key { key, pressed: true, modifiers, .. } => match key {
                Key::ArrowRight | Key::ArrowUp => step(ui, target, hands, setter, arrow(modifiers), 1.0),
                Key::ArrowLeft | Key::ArrowDown => step(ui, target, hands, setter, arrow(modifiers), -1.0),
                Key::PageUp => step(ui, target, hands, setter, Stride::Coarse, 1.0),
                Key::PageDown => step(ui, target, hands, setter, Stride::Coarse, -1.0),
                Key::Home => hands.set(ui, setter, param, 0.0),
                Key::End => hands.set(ui, setter, param, 1.0),
                Key::Delete | Key::Backspace => hands.set(ui, setter, param, param.default_normalized_value()),
                Key::Enter => hands.type_number(response.id, param.to_string()),
                _ => {}
            },
            Event::Copy => menu::copy(ui, param),
            // The window writes what is pasted, as if it was typed with ctrl held.
            Event::Text(text) if ui.input(|input| input.modifiers.command) => {
                hands.enter(ui, setter, response.id, param, &text);
            }
            _ => {}
        }
    }
}

fn arrow(modifiers: Modifiers) -> Stride {
    if modifiers.shift { Stride::Fine } else { Stride::Step }
}

fn step<P: Number>(
    ui: &Ui,
    target: &Target<P>,
    hands: &mut Hands,
    setter: &ParamSetter,
    stride: Stride,
    count: f32,
) {
    let value = hands.value(ui, target.param);
    hands.set(ui, setter, target.param, target.dial.stride(target.param, value, stride, count));
}
