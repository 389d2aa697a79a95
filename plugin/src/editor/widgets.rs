//! What several parts of the header share: buttons with names for screen readers, and texts that fit.

use super::icons::Icon;
use super::{help, theme};
use egui::{Button, FontId, Label, Response, RichText, Role, Ui, Vec2, WidgetInfo, vec2};

/// Height of the header's buttons.
pub const BUTTON_HEIGHT: f32 = 26.0;
/// Space inside a panel.
pub const PANEL_MARGIN: f32 = 14.0;

/// A button that shows `face`, is called `name` by screen readers, and says `hint` under the mouse.
pub fn button(ui: &mut Ui, face: &str, width: f32, enabled: bool, [name, hint]: [&str; 2]) -> Response {
    let button = Button::new(RichText::new(face).size(12.5)).min_size(vec2(width, BUTTON_HEIGHT));
    let response = ui.add_enabled(enabled, button);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    finish(ui, &response, hint);
    response
}

/// A button that shows a picture.
pub fn icon(ui: &mut Ui, icon: Icon, width: f32, enabled: bool, names: [&str; 2]) -> Response {
    let response = button(ui, "", width, enabled, names);
    let colour = match (enabled, response.hovered()) {
        (true, true) => theme::TEXT,
        (true, false) => theme::TEXT_WEAK,
        (false, _) => theme::EDGE,
    };
    icon.paint(ui.painter(), response.rect, colour);
    response
}

/// The same, lit where it is `on`.
pub fn toggle(ui: &mut Ui, face: &str, width: f32, on: bool, [name, hint]: [&str; 2]) -> Response {
    let button = Button::new(RichText::new(face).size(12.5)).selected(on).min_size(vec2(width, BUTTON_HEIGHT));
    let response = ui.add(button);
    help::tell_switch(&response, Role::Button, name, on);
    finish(ui, &response, hint);
    response
}

/// A button as wide as `width` whose text, at its left, is `value`: what is chosen.
pub fn chooser(ui: &mut Ui, value: &str, width: f32, [name, hint]: [&str; 2]) -> Response {
    let size = vec2(width, BUTTON_HEIGHT);
    let text = elided(ui, value, width - 34.0, &FontId::proportional(13.0), false);
    let response = ui.add_sized(size, Button::new(""));
    let (rect, painter) = (response.rect.shrink2(vec2(9.0, 0.0)), ui.painter());
    let font = FontId::proportional(13.0);
    painter.text(rect.left_center(), egui::Align2::LEFT_CENTER, text, font, theme::TEXT);
    let arrow = egui::Rect::from_center_size(rect.right_center() - vec2(4.0, 0.0), vec2(8.0, 8.0));
    Icon::Down.paint(painter, arrow, theme::TEXT_WEAK);
    help::tell(&response, Role::Button, name, value);
    finish(ui, &response, hint);
    response
}

/// A panel over everything else, `size` large with its edges, which ends with Esc or a click beside it. False once it has ended.
pub fn panel(ui: &Ui, name: &'static str, size: Vec2, show: impl FnOnce(&mut Ui)) -> bool {
    let frame = egui::Frame::popup(ui.style()).inner_margin(PANEL_MARGIN).corner_radius(6.0);
    let modal = egui::Modal::new(egui::Id::unique(name)).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(size.x - 2.0 * PANEL_MARGIN);
        show(ui);
    });
    !modal.should_close()
}

/// A row of a list, lit where it is `on`.
pub fn row(ui: &mut Ui, text: &str, colour: egui::Color32, on: bool, name: &str) -> Response {
    let row = Button::new(RichText::new(text).size(13.0).color(colour)).truncate();
    let row = ui.add(row.selected(on).frame_when_inactive(on));
    help::tell_switch(&row, Role::Button, name, on);
    row
}

/// A line of text that fits into `width`, the middle of it left out where it is a path; all of it under the mouse.
pub fn line(ui: &mut Ui, text: &str, width: f32, colour: egui::Color32, [name, hint]: [&str; 2]) {
    let font = FontId::proportional(12.5);
    let shown = elided(ui, text, width, &font, text.contains(['/', '\\']));
    let label = Label::new(RichText::new(shown).font(font).color(colour)).sense(egui::Sense::hover());
    let response = ui.add_sized(Vec2::new(width, BUTTON_HEIGHT), LeftLabel(label));
    let response = if hint.is_empty() { response } else { response.on_hover_text(hint) };
    help::tell(&response, Role::Label, name, text);
    // Of a label, egui takes the name for what it says.
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
}

/// A label at the left of the place that it gets.
struct LeftLabel(Label);

impl egui::Widget for LeftLabel {
    fn ui(self, ui: &mut Ui) -> Response {
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| ui.add(self.0)).inner
    }
}

/// What every button has: its sentence, and a ring while it has the keyboard.
fn finish(ui: &Ui, response: &Response, hint: &str) {
    if response.has_focus() {
        theme::focus_ring(ui.painter(), response.rect);
    }
    help::explain_as(response, hint);
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
