//! What several parts of the header share: buttons with names for screen readers, and texts that fit.

use super::theme;
use egui::{Button, FontId, Label, Response, RichText, Role, Ui, Vec2, WidgetInfo, vec2};

/// Height of the header's buttons.
pub const BUTTON_HEIGHT: f32 = 26.0;

/// A button that shows `face`, is called `name` by screen readers, and says `hint` under the mouse.
pub fn button(ui: &mut Ui, face: &str, width: f32, enabled: bool, [name, hint]: [&str; 2]) -> Response {
    let button = Button::new(RichText::new(face).size(12.5)).min_size(vec2(width, BUTTON_HEIGHT));
    let response = ui.add_enabled(enabled, button).on_hover_text(hint).on_disabled_hover_text(hint);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    response
}

/// The same, lit where it is `on`.
pub fn toggle(ui: &mut Ui, face: &str, width: f32, on: bool, [name, hint]: [&str; 2]) -> Response {
    let button = Button::new(RichText::new(face).size(12.5)).selected(on).min_size(vec2(width, BUTTON_HEIGHT));
    let response = ui.add(button).on_hover_text(hint);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, name));
    response
}

/// A button as wide as `width` whose text, at its left, is `value`: what is chosen.
pub fn chooser(ui: &mut Ui, value: &str, width: f32, [name, hint]: [&str; 2]) -> Response {
    let size = vec2(width, BUTTON_HEIGHT);
    let text = elided(ui, value, width - 34.0, &FontId::proportional(13.0), false);
    let button = Button::new(RichText::new(text).size(13.0).color(theme::TEXT)).right_text("⏷").min_size(size);
    let response = ui.add_sized(size, button).on_hover_text(hint);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    say(ui, &response, value);
    response
}

/// A line of text that fits into `width`, the middle of it left out where it is a path; all of it under the mouse.
pub fn line(ui: &mut Ui, text: &str, width: f32, colour: egui::Color32, [name, hint]: [&str; 2]) {
    let font = FontId::proportional(12.5);
    let shown = elided(ui, text, width, &font, text.contains(['/', '\\']));
    let label = Label::new(RichText::new(shown).font(font).color(colour)).sense(egui::Sense::hover());
    let response = ui.add_sized(Vec2::new(width, BUTTON_HEIGHT), LeftLabel(label));
    let response = if hint.is_empty() { response } else { response.on_hover_text(hint) };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
    say(ui, &response, text);
}

/// A label at the left of the place that it gets.
struct LeftLabel(Label);

impl egui::Widget for LeftLabel {
    fn ui(self, ui: &mut Ui) -> Response {
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| ui.add(self.0)).inner
    }
}

/// Has screen readers say `value` of a widget.
pub fn say(ui: &Ui, response: &Response, value: &str) {
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(value.to_owned()));
}

/// `text`, or what of it fits into `width`: its end left out, or its `middle`.
pub fn elided(ui: &Ui, text: &str, width: f32, font: &FontId, middle: bool) -> String {
    let measured =
        |text: String| ui.fonts_mut(|fonts| fonts.layout_no_wrap(text, font.clone(), theme::TEXT).size().x);
    if measured(text.to_owned()) <= width {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    let (mut least, mut most) = (0, characters.len());
    while least + 1 < most {
        let count = usize::midpoint(least, most);
        match measured(shortened(&characters, count, middle)) <= width {
            true => least = count,
            false => most = count,
        }
    }
    shortened(&characters, least, middle)
}

/// `count` of the `characters`, and a mark for the others. Of a path more of the end is kept, which tells files apart.
fn shortened(characters: &[char], count: usize, middle: bool) -> String {
    let head = if middle { count / 3 } else { count };
    let tail = characters.len() - (count - head);
    let (head, tail) = (&characters[..head], &characters[tail..]);
    head.iter().chain(&['…']).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_path_both_ends_are_kept_and_of_a_sentence_the_beginning() {
        let characters: Vec<char> = "/home/me/models/voice.pt".chars().collect();
        assert_eq!(shortened(&characters, 12, true), "/hom…voice.pt");
        assert_eq!(shortened(&characters, 5, false), "/home…");
        assert_eq!(shortened(&characters, 0, true), "…");
    }
}
