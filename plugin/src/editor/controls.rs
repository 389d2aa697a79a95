//! The parameters, in four groups.

use super::choice::{Choice, switch};
use super::dial::{Dial, Number};
use super::hands::Hands;
use super::slider::Slider;
use super::{help, theme};
use crate::choices::Carrier;
use crate::params::RemelParams;
use egui::accesskit::Role;
use egui::{Align2, Button, Painter, Pos2, Rect, RichText, Stroke, StrokeKind, Ui, pos2, vec2};
use nice_plug::prelude::*;
use std::hash::{BuildHasher as _, RandomState};

/// Space between a panel's edge and its contents.
const MARGIN: f32 = 12.0;
/// Height of a panel's title and the space above it.
const TITLE: f32 = 28.0;
/// Width of a small button beside a bar.
const SMALL: f32 = 24.0;

/// Draws all parameters but bypass, which lives in the header, into `rect`; the latency modes by what they cost in
/// `latencies_ms`, once that is known.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    params: &RemelParams,
    latencies_ms: Option<[f64; 3]>,
    hands: &mut Hands,
    setter: &ParamSetter,
) {
    let mut source = Group::new(ui, rect, 0, "SOURCE", hands, setter);
    source.choice(ui, "mel_from", &params.mel_from);
    source.choice(ui, "carrier", &params.carrier);
    let noise = params.carrier.value() == Carrier::Noise;
    source.slider(ui, &params.strength, Dial::new("strength", [0.01, 0.001, 0.1]), noise);
    source.slider(ui, &params.detail, Dial::new("detail", [0.01, 0.001, 0.1]), false);

    let mut diffusion = Group::new(ui, rect, 1, "DIFFUSION", hands, setter);
    diffusion.slider(ui, &params.steps, Dial::new("steps", [1.0, 1.0, 3.0]), false);
    diffusion.slider(ui, &params.temperature, Dial::new("temperature", [0.05, 0.01, 0.25]), false);
    diffusion.seed(ui, &params.seed);
    diffusion.slider(ui, &params.coherence, Dial::new("coherence", [0.01, 0.001, 0.1]), false);

    let mut mel = Group::new(ui, rect, 2, "MEL", hands, setter);
    mel.slider(ui, &params.shift, Dial::bipolar("shift", [1.0, 0.1, 3.0]), false);
    mel.slider(ui, &params.tilt, Dial::bipolar("tilt", [0.5, 0.1, 2.0]), false);
    mel.slider(ui, &params.smear, Dial::new("smear", [0.01, 0.001, 0.1]), false);
    let row = mel.row();
    let place = Rect::from_min_max(pos2(row.left(), row.bottom() - 24.0), row.max);
    switch(ui, place, "freeze", &params.freeze, hands, setter);

    let mut output = Group::new(ui, rect, 3, "PLAYBACK", hands, setter);
    match latencies_ms.map(|all| all.map(|ms| format!("{ms:.0} ms"))) {
        Some(costs) => {
            let labels = costs.each_ref().map(String::as_str);
            output.labelled(
                ui,
                Choice { param: &params.latency, id: "latency", labels: &labels, says_value: true },
            );
        }
        None => output.choice(ui, "latency", &params.latency),
    }
    output.choice(ui, "on_underrun", &params.on_underrun);
    output.slider(ui, &params.mix, Dial::new("mix", [0.01, 0.001, 0.1]), false);
    output.slider(ui, &params.output, Dial::gain("output"), false);
}

/// One panel of parameters, filled from top to bottom.
struct Group<'a> {
    next: Rect,
    /// From one row to the next.
    pitch: f32,
    hands: &'a mut Hands,
    setter: &'a ParamSetter<'a>,
}

impl<'a> Group<'a> {
    /// Panel `index` of four in `rect`.
    fn new(
        ui: &Ui,
        rect: Rect,
        index: usize,
        title: &str,
        hands: &'a mut Hands,
        setter: &'a ParamSetter<'a>,
    ) -> Self {
        let width = (rect.width() - 3.0 * theme::GAP) / 4.0;
        let left = rect.left() + index as f32 * (width + theme::GAP);
        let panel = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        let (painter, stroke) = (ui.painter(), Stroke::new(1.0, theme::EDGE));
        painter.rect(panel, 5.0, theme::PANEL, stroke, StrokeKind::Inside);
        let inner = panel.shrink2(vec2(MARGIN, 0.0));
        painter.text(inner.min + vec2(0.0, 9.0), Align2::LEFT_TOP, title, theme::title_font(), theme::ACCENT);
        let pitch = (rect.height() - TITLE - 8.0) / 4.0;
        let row = vec2(inner.width(), (pitch - 6.0).min(38.0));
        Self { next: Rect::from_min_size(inner.min + vec2(0.0, TITLE), row), pitch, hands, setter }
    }

    /// Where the next parameter goes.
    fn row(&mut self) -> Rect {
        let row = self.next;
        self.next = row.translate(vec2(0.0, self.pitch));
        row
    }

    fn slider<P: Number>(&mut self, ui: &mut Ui, param: &P, dial: Dial, idle: bool) {
        let row = self.row();
        Slider { param, dial, idle, room: 0.0 }.show(ui, row, self.hands, self.setter);
    }

    fn choice<T: Enum + PartialEq + 'static>(&mut self, ui: &mut Ui, id: &'static str, param: &EnumParam<T>) {
        self.labelled(ui, Choice { param, id, labels: T::variants(), says_value: false });
    }

    fn labelled<T: Enum + PartialEq + 'static>(&mut self, ui: &mut Ui, choice: Choice<T>) {
        let row = self.row();
        choice.show(ui, row, self.hands, self.setter);
    }

    /// The seed: a slider with one less, one more, and another by chance.
    fn seed(&mut self, ui: &mut Ui, param: &IntParam) {
        let row = self.row();
        let room = 3.0 * (SMALL + 4.0);
        let dial = Dial::new("seed", [1.0, 1.0, 100.0]);
        Slider { param, dial, idle: false, room }.show(ui, row, self.hands, self.setter);
        let value = param.preview_plain(self.hands.value(ui, param));
        let least = param.preview_plain(0.0);
        let count = param.preview_plain(1.0) - least;
        let other = least + (value - least + 1 + chance(count)) % (count + 1);
        let buttons = [("−1", "seed_down", value - 1), ("+1", "seed_up", value + 1), ("", "seed_dice", other)];
        for (index, (text, name, seed)) in buttons.into_iter().enumerate() {
            let left = row.right() - room + 4.0 + index as f32 * (SMALL + 4.0);
            let place =
                Rect::from_min_max(pos2(left, row.bottom() - 17.0), pos2(left + SMALL, row.bottom() + 2.0));
            let response = ui.put(place, Button::new(RichText::new(text).size(theme::BUTTON)));
            if text.is_empty() {
                dice(ui.painter(), place.center());
            }
            let spoken = help::help(name).unwrap_or(text).trim_end_matches('.');
            help::tell(&response, Role::Button, spoken, text);
            if response.has_focus() {
                theme::focus_ring(ui.painter(), place);
            }
            if response.clicked() {
                self.hands.set(ui, self.setter, param, param.place(seed as f32));
            }
            help::explain(&response, name);
        }
    }
}

/// A die that shows five, about the size of a letter.
fn dice(painter: &Painter, middle: Pos2) {
    let body = Rect::from_center_size(middle, vec2(12.0, 12.0));
    painter.rect_stroke(body, 2.5, Stroke::new(1.0, theme::TEXT), StrokeKind::Inside);
    for (x, y) in [(-1.0, -1.0), (1.0, -1.0), (0.0, 0.0), (-1.0, 1.0), (1.0, 1.0)] {
        painter.circle_filled(middle + 2.8 * vec2(x, y), 1.0, theme::TEXT);
    }
}

/// A number of 0 to less than `count` by chance.
fn chance(count: i32) -> i32 {
    let hash = RandomState::new().hash_one(0);
    (hash % count.unsigned_abs().max(1) as u64) as i32
}
