//! A parameter whose values are numbers: its name, its value and a bar.

use super::dial::{Dial, Number, Stride};
use super::hands::Hands;
use super::slider_input::Target;
use super::{help, menu, slider_input, theme};
use egui::accesskit::Action;
use egui::text_selection::CCursorRange;
use egui::{
    Align2, Color32, Id, Key, Rect, Response, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2,
};
use nice_plug::prelude::*;

/// Height of the bar.
const BAR: f32 = 13.0;
/// Size of the field in which a number is typed.
const FIELD: [f32; 2] = [86.0, 19.0];

/// One slider. A drag on the bar sets its value, with shift finely; the wheel and arrow keys step it; a double click on
/// the bar, ctrl-click or Delete resets it; a double click on the number or Enter types it.
pub struct Slider<'a, P: Number> {
    pub param: &'a P,
    pub dial: Dial,
    /// Whether it has nothing to do as things are. It can be set all the same.
    pub idle: bool,
    /// Space at the right of the bar, for buttons.
    pub room: f32,
}

impl<P: Number> Slider<'_, P> {
    /// Draws it into `row`, and does what hands do to it.
    pub fn show(self, ui: &mut Ui, row: Rect, hands: &mut Hands, setter: &ParamSetter) {
        let id = ui.scope_id().with(self.dial.id);
        let bar = Rect::from_min_max(
            pos2(row.left(), row.bottom() - BAR),
            pos2(row.right() - self.room, row.bottom()),
        );
        let number = Rect::from_min_size(pos2(row.right() - FIELD[0] + 3.0, row.top() - 2.0), FIELD.into());
        let response = ui.interact(row, id, Sense::click_and_drag());
        let target = Target { param: self.param, dial: self.dial };
        slider_input::pointer(ui, &response, &target, [bar, number], hands, setter);
        slider_input::wheel(ui, &response, &target, hands, setter);
        if response.has_focus() {
            hands.on_bar = true;
            slider_input::keys(ui, &response, &target, hands, setter);
        }
        self.tell(ui, &response, hands, setter);
        self.draw(ui, &response, row, bar, hands);
        self.field(ui, id, number, hands, setter);
        menu::show(ui, &response, self.param, hands, setter, true);
        if hands.drag.is_none() {
            help::explain(&response, self.dial.id);
        }
    }

    /// Says to screen readers what it is, and does what they ask.
    fn tell(&self, ui: &Ui, response: &Response, hands: &mut Hands, setter: &ParamSetter) {
        let value = hands.value(ui, self.param);
        let text = self.param.normalized_value_to_string(value, true);
        let number = f64::from(self.param.number(value));
        response.widget_info(|| WidgetInfo {
            current_text_value: Some(text.clone()),
            ..WidgetInfo::slider(true, number, self.param.name())
        });
        let range = [0.0, 1.0].map(|end| f64::from(self.param.number(end)));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_min_numeric_value(range[0]);
            node.set_max_numeric_value(range[1]);
            node.add_action(Action::Increment);
            node.add_action(Action::Decrement);
        });
        let asked = |action| ui.input(|input| input.num_accesskit_action_requests(response.id, action)) as f32;
        let steps = asked(Action::Increment) - asked(Action::Decrement);
        if steps != 0.0 {
            hands.set(ui, setter, self.param, self.dial.stride(self.param, value, Stride::Step, steps));
        }
    }

    fn draw(&self, ui: &Ui, response: &Response, row: Rect, bar: Rect, hands: &Hands) {
        let value = hands.value(ui, self.param);
        let painter = ui.painter();
        let [name_colour, number_colour] = match self.idle {
            true => [theme::TEXT_IDLE; 2],
            false => [theme::TEXT_WEAK, theme::TEXT],
        };
        let refused = hands.refuses(ui, response.id);
        let number_colour = if refused { theme::ERROR } else { number_colour };
        painter.text(row.min, Align2::LEFT_TOP, self.param.name(), theme::name_font(), name_colour);
        if hands.typing.as_ref().is_none_or(|typing| typing.id != response.id) {
            let text = self.param.normalized_value_to_string(value, true);
            painter.text(row.right_top(), Align2::RIGHT_TOP, text, theme::number_font(), number_colour);
        }
        painter.rect_filled(bar, theme::ROUND, theme::TROUGH);
        let from = if self.dial.bipolar { 0.5 } else { 0.0 };
        let x = |value: f32| bar.left() + bar.width() * value;
        let filled = Rect::from_x_y_ranges(x(value.min(from))..=x(value.max(from)), bar.y_range());
        let lit = response.hovered() || hands.drag.as_ref().is_some_and(|drag| drag.id == response.id);
        painter.rect_filled(filled, theme::ROUND, self.fill(lit));
        if let Some(mark) = self.dial.mark {
            let at = x(self.param.place(mark)).round() + 0.5;
            painter.vline(at, bar.y_range().shrink(1.0), Stroke::new(1.0, theme::TEXT_WEAK));
        }
        let handle = if self.idle { theme::TEXT_IDLE } else { theme::ACCENT };
        let at = x(value).clamp(bar.left() + 2.0, bar.right() - 2.0);
        painter.rect_filled(
            Rect::from_center_size(pos2(at, bar.center().y), vec2(2.0, BAR - 2.0)),
            0.0,
            handle,
        );
        painter.rect_stroke(bar, theme::ROUND, Stroke::new(1.0, theme::EDGE), StrokeKind::Inside);
        if response.has_focus() {
            theme::focus_ring(painter, response.rect);
        }
    }

    fn fill(&self, lit: bool) -> Color32 {
        match (self.idle, lit) {
            (true, _) => theme::EDGE,
            (false, true) => theme::ACCENT_LIT,
            (false, false) => theme::ACCENT_DARK,
        }
    }

    /// The field in which the number is typed: Enter takes it, Escape leaves the value as it is.
    fn field(&self, ui: &mut Ui, id: Id, place: Rect, hands: &mut Hands, setter: &ParamSetter) {
        let Some(mut typing) = hands.typing.take_if(|typing| typing.id == id) else { return };
        let field_id = id.with("field");
        let edit = TextEdit::singleline(&mut typing.text)
            .id(field_id)
            .font(theme::number_font())
            .align(Align2::RIGHT_CENTER)
            .margin(vec2(4.0, 0.0));
        let response = ui.put(place, edit);
        let name = format!("{} as a number", self.param.name());
        response.widget_info(|| WidgetInfo {
            label: Some(name.clone()),
            ..WidgetInfo::text_edit(true, "", &typing.text, "")
        });
        if !typing.shown {
            typing.shown = true;
            response.request_focus();
            let mut state = egui::text_edit::TextEditState::load(ui.ctx(), field_id).unwrap_or_default();
            state.cursor.set_char_range(Some(CCursorRange::select_all_str(&typing.text)));
            state.store(ui.ctx(), field_id);
        } else if ui.input(|input| input.key_pressed(Key::Escape)) {
            ui.memory_mut(|memory| memory.request_focus(id));
            return;
        } else if response.lost_focus() {
            hands.enter(ui, setter, id, self.param, &typing.text);
            if ui.input(|input| input.key_pressed(Key::Enter)) {
                ui.memory_mut(|memory| memory.request_focus(id));
            }
            return;
        }
        hands.typing = Some(typing);
    }
}
