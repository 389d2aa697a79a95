//! The parameters, in four groups.

use super::theme;
use crate::params::RemelParams;
use egui::{Align2, Color32, FontId, Rect, RichText, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};
use nice_plug::prelude::*;
use nice_plug_egui::widgets::ParamSlider;

/// Height of a parameter: its name and value, and the widget below.
const ROW_HEIGHT: f32 = 46.0;
/// Where the widget starts below the name.
const WIDGET_TOP: f32 = 19.0;
/// Space between a panel's edge and its contents.
const MARGIN: f32 = 12.0;
/// Space between the buttons of a choice.
const BUTTON_GAP: f32 = 4.0;

/// Draws all parameters but bypass, which lives in the header, into `rect`; the latency modes by what they cost in
/// `latencies_ms`, once that is known.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    params: &RemelParams,
    latencies_ms: Option<[f64; 3]>,
    setter: &ParamSetter,
) {
    let mut source = Group::new(ui, rect, 0, "SOURCE");
    source.choice(ui, &params.mel_from, setter);
    source.choice(ui, &params.carrier, setter);
    source.slider(ui, &params.strength, setter);
    source.slider(ui, &params.detail, setter);

    let mut diffusion = Group::new(ui, rect, 1, "DIFFUSION");
    diffusion.slider(ui, &params.steps, setter);
    diffusion.slider(ui, &params.temperature, setter);
    diffusion.slider(ui, &params.seed, setter);
    diffusion.slider(ui, &params.coherence, setter);

    let mut mel = Group::new(ui, rect, 2, "MEL");
    mel.slider(ui, &params.shift, setter);
    mel.slider(ui, &params.tilt, setter);
    mel.slider(ui, &params.smear, setter);
    let freeze = mel.row(ui, "Hold", "");
    ui.scope_builder(UiBuilder::new().max_rect(freeze), |ui| switch(ui, &params.freeze, setter));

    let mut output = Group::new(ui, rect, 3, "OUTPUT");
    match latencies_ms.map(|all| all.map(|ms| format!("{ms:.0} ms"))) {
        Some(costs) => {
            let name = params.latency.to_string();
            output.labelled_choice(ui, &params.latency, &name, &costs.each_ref().map(String::as_str), setter);
        }
        None => output.choice(ui, &params.latency, setter),
    }
    output.choice(ui, &params.on_underrun, setter);
    output.slider(ui, &params.mix, setter);
    output.slider(ui, &params.output, setter);
}

/// One panel of parameters, filled from top to bottom.
struct Group {
    next: Rect,
}

impl Group {
    /// Panel `index` of four in `rect`.
    fn new(ui: &Ui, rect: Rect, index: usize, title: &str) -> Self {
        let width = (rect.width() - 3.0 * theme::GAP) / 4.0;
        let left = rect.left() + index as f32 * (width + theme::GAP);
        let panel = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        let (painter, stroke) = (ui.painter(), Stroke::new(1.0, theme::EDGE));
        painter.rect(panel, 5.0, theme::PANEL, stroke, StrokeKind::Inside);
        let inner = panel.shrink2(vec2(MARGIN, 10.0));
        painter.text(inner.min, Align2::LEFT_TOP, title, FontId::proportional(11.0), theme::ACCENT);
        let first = inner.min + vec2(0.0, 20.0);
        Self { next: Rect::from_min_size(first, vec2(inner.width(), ROW_HEIGHT)) }
    }

    /// Draws a name and the text of a value; where the widget goes.
    fn row(&mut self, ui: &Ui, name: &str, value: &str) -> Rect {
        let row = self.next;
        self.next = row.translate(vec2(0.0, ROW_HEIGHT));
        let (painter, font) = (ui.painter(), FontId::proportional(12.5));
        painter.text(row.min, Align2::LEFT_TOP, name, font, theme::TEXT_WEAK);
        painter.text(row.right_top(), Align2::RIGHT_TOP, value, FontId::monospace(12.0), theme::TEXT);
        Rect::from_min_size(row.min + vec2(0.0, WIDGET_TOP), vec2(row.width(), 20.0))
    }

    /// A continuous or stepped parameter. Double click resets, shift drags finely.
    fn slider<P: Param>(&mut self, ui: &mut Ui, param: &P, setter: &ParamSetter) {
        let rect = self.row(ui, param.name(), &param.to_string());
        ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add(ParamSlider::for_param(param, setter).without_value().with_width(rect.width()));
        });
    }

    /// A parameter of a few named values, all in sight.
    fn choice<T: Enum + PartialEq + 'static>(
        &mut self,
        ui: &mut Ui,
        param: &EnumParam<T>,
        setter: &ParamSetter,
    ) {
        self.labelled_choice(ui, param, "", T::variants(), setter);
    }

    /// The same with other names on the buttons, and the text of the value above them.
    fn labelled_choice<T: Enum + PartialEq + 'static>(
        &mut self,
        ui: &mut Ui,
        param: &EnumParam<T>,
        value: &str,
        names: &[&str],
        setter: &ParamSetter,
    ) {
        let rect = self.row(ui, param.name(), value);
        let active = param.modulated_plain_value().to_index();
        let width = (rect.width() + BUTTON_GAP) / names.len() as f32 - BUTTON_GAP;
        for (index, name) in names.iter().enumerate() {
            let left = rect.left() + index as f32 * (width + BUTTON_GAP);
            let place = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
            let button = egui::Button::new(RichText::new(*name).size(12.0)).selected(index == active);
            if ui.put(place, button).clicked() {
                set(setter, param, T::from_index(index));
            }
        }
    }
}

/// An on/off parameter as a button that lights up.
pub fn switch(ui: &mut Ui, param: &BoolParam, setter: &ParamSetter) {
    let on = param.modulated_plain_value();
    let colour = if on { theme::BACKGROUND } else { theme::TEXT_WEAK };
    let fill = if on { theme::ACCENT } else { Color32::TRANSPARENT };
    let button = egui::Button::new(RichText::new(param.name()).color(colour)).fill(fill);
    if ui.add_sized([ui.available_width().min(80.0), 22.0], button).clicked() {
        set(setter, param, !on);
    }
}

/// One whole gesture, as the host's undo wants it.
fn set<P: Param>(setter: &ParamSetter, param: &P, value: P::Plain) {
    setter.begin_set_parameter(param);
    setter.set_parameter(param, value);
    setter.end_set_parameter(param);
}
