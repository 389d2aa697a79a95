//! Levels: peaks that fall slowly, the highest held for a moment, and a light that stays on once it was too much.

use super::{help, theme};
use egui::accesskit::Role;
use egui::{Align2, Color32, Rect, Sense, Stroke, StrokeKind, Ui, pos2};

/// The lowest and the highest level in sight.
const RANGE_DB: [f32; 2] = [-60.0, 6.0];
/// How fast a level falls.
const FALL_DB_PER_S: f32 = 40.0;
/// How long the highest level is held.
const HOLD_S: f64 = 1.5;
/// Above this, full scale is near.
const NEAR_DB: f32 = -6.0;
/// Width of the bar.
const BAR: f32 = 12.0;
/// Width of a meter with its scale.
pub const WIDTH: f32 = 38.0;

/// The level of one signal.
pub struct Meter {
    /// What it is called.
    name: &'static str,
    /// The names of its sentences: the meter's and the light's.
    help: [&'static str; 2],
    level_db: f32,
    held_db: f32,
    /// When the held level came.
    since: f64,
    clipped: bool,
}

impl Meter {
    /// A meter at silence.
    pub fn new(name: &'static str, help: [&'static str; 2]) -> Self {
        Self { name, help, level_db: RANGE_DB[0], held_db: RANGE_DB[0], since: 0.0, clipped: false }
    }

    /// Takes the peak of what came in the last `elapsed_s` seconds, until `now`.
    pub fn take(&mut self, peak: f32, now: f64, elapsed_s: f32) {
        let peak_db = (20.0 * peak.log10()).max(RANGE_DB[0]);
        self.level_db = peak_db.max(self.level_db - FALL_DB_PER_S * elapsed_s).max(RANGE_DB[0]);
        if peak_db >= self.held_db || now - self.since > HOLD_S {
            (self.held_db, self.since) = (self.level_db, now);
        }
        self.clipped |= peak > 1.0;
    }

    /// Whether it will look otherwise in a moment, with nothing coming in.
    pub fn moves(&self) -> bool {
        self.level_db > RANGE_DB[0] || self.held_db > RANGE_DB[0]
    }

    /// Draws it into `rect`. A click on the light turns that off.
    pub fn show(&mut self, ui: &mut Ui, rect: Rect) {
        let light = Rect::from_min_max(rect.min, pos2(rect.left() + BAR + 2.0, rect.top() + 14.0));
        let bottom = rect.bottom() - 17.0;
        let bar = Rect::from_min_max(pos2(rect.left(), light.bottom() + 4.0), pos2(rect.left() + BAR, bottom));
        self.light(ui, light);
        let id = ui.scope_id().with(self.help[0]);
        let response = ui.interact(Rect::from_min_max(bar.min, rect.max), id, Sense::hover());
        help::tell(&response, Role::Meter, &format!("{} level", self.name), &self.text());
        help::explain(&response, self.help[0]);
        let painter = ui.painter();
        let y = |db: f32| {
            let share = (db - RANGE_DB[0]) / (RANGE_DB[1] - RANGE_DB[0]);
            bar.bottom() - bar.height() * share.clamp(0.0, 1.0)
        };
        painter.rect_filled(bar, 2.0, theme::TROUGH);
        let steps = [(RANGE_DB[0], theme::GOOD), (NEAR_DB, theme::WARNING), (0.0, theme::ERROR)];
        for (index, &(from, colour)) in steps.iter().enumerate() {
            let to = steps.get(index + 1).map_or(RANGE_DB[1], |next| next.0).min(self.level_db);
            if to > from {
                painter.rect_filled(Rect::from_x_y_ranges(bar.x_range(), y(to)..=y(from)), 0.0, colour);
            }
        }
        if self.held_db > RANGE_DB[0] {
            painter.hline(bar.x_range(), y(self.held_db), Stroke::new(1.5, theme::TEXT));
        }
        painter.rect_stroke(bar, 2.0, Stroke::new(1.0, theme::EDGE), StrokeKind::Inside);
        let mut free = f32::NEG_INFINITY;
        for db in [0, -12, -24, -48] {
            let at = y(db as f32);
            if at - free >= 14.0 && at > bar.top() + 4.0 && at < bar.bottom() - 4.0 {
                let label = db.to_string().replace('-', "−");
                let place = pos2(rect.right(), at);
                painter.text(place, Align2::RIGHT_CENTER, label, theme::small_font(), theme::TEXT_WEAK);
                free = at;
            }
        }
        painter.text(rect.max, Align2::RIGHT_BOTTOM, self.text(), theme::small_font(), theme::TEXT);
    }

    fn light(&mut self, ui: &mut Ui, place: Rect) {
        let response = ui.interact(place, ui.scope_id().with(self.help[1]), Sense::click());
        help::tell_switch(&response, Role::Button, &format!("{} clip", self.name), self.clipped);
        if response.clicked() {
            self.clipped = false;
        }
        let lamp =
            Rect::from_min_max(place.min + egui::vec2(0.0, 3.0), pos2(place.left() + BAR, place.bottom()));
        let colour = if self.clipped { theme::ERROR } else { Color32::from_rgb(48, 26, 28) };
        ui.painter().rect(lamp, 2.0, colour, Stroke::new(1.0, theme::EDGE), StrokeKind::Inside);
        if response.has_focus() {
            theme::focus_ring(ui.painter(), lamp);
        }
        help::explain(&response, self.help[1]);
    }

    /// The held level in words.
    fn text(&self) -> String {
        if self.held_db <= RANGE_DB[0] {
            return "−∞".to_owned();
        }
        format!("{:.1}", self.held_db).replace('-', "−")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_rise_at_once_are_held_and_fall_and_the_light_stays() {
        let mut meter = Meter::new("Input", ["input_level", "input_clip"]);
        meter.take(0.5, 10.0, 0.1);
        assert!((meter.held_db + 6.02).abs() < 0.01 && meter.level_db == meter.held_db && !meter.clipped);
        meter.take(0.0, 11.0, 1.0);
        assert!((meter.held_db + 6.02).abs() < 0.01 && (meter.level_db + 46.02).abs() < 0.01);
        meter.take(0.0, 12.0, 1.0);
        assert!(meter.held_db == RANGE_DB[0] && !meter.moves());
        meter.take(1.01, 13.0, 1.0);
        meter.take(0.0, 30.0, 17.0);
        assert!(meter.clipped);
    }
}
