//! The latency with its terms, the worker's load, and what the user should know.

use super::calm::{Calm, Weight};
use super::choice::lit;
use super::{help, theme};
use crate::report::{LoadState, Summary};
use crate::settings::{EditorSettings, ZOOMS};
use egui::accesskit::Role;
use egui::{Align2, Button, Color32, Painter, Popup, Pos2, Rect, RichText, Sense, Ui, pos2, vec2};
use remel::stream::{Latency, Levels, RendererState};

/// Where bars begin below a heading, and how high they are.
const BAR: [f32; 2] = [19.0, 11.0];
/// From one line of the legend to the next.
const LINE: f32 = 15.0;
/// Width of the switches at the right.
const SWITCHES: f32 = 106.0;

/// One look at the running stream.
pub struct Reading {
    /// The latency and its terms.
    pub latency: Latency,
    /// Time spent rendering over audio time.
    pub load: f32,
    /// How often sound was late.
    pub underruns: u64,
    /// Whether rendered sound is heard.
    pub rendering: bool,
    /// Whether nothing sounds, and so nothing is rendered.
    pub asleep: bool,
    /// Peaks since the last look.
    pub levels: Levels,
}

/// What the footer remembers.
#[derive(Default)]
pub struct Footer {
    line: Calm,
    /// How many underruns there were when the user clicked.
    forgiven: u64,
}

impl Footer {
    /// Draws the footer into `rect`: latency at the left, load at the right, words below each.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        summary: &Summary,
        reading: Option<&Reading>,
        settings: &mut EditorSettings,
    ) {
        let middle = rect.left() + rect.width() * 0.6;
        let left = Rect::from_min_max(rect.min, pos2(middle - 2.0 * theme::GAP, rect.bottom()));
        let right = Rect::from_min_max(pos2(middle, rect.top()), rect.max);
        latency(ui, left, reading);
        self.load(ui, right, reading);
        let lines = Rect::from_min_max(right.min + vec2(0.0, BAR[0] + BAR[1] + 5.0), right.max);
        let words = Rect::from_min_max(lines.min, pos2(lines.right() - SWITCHES - 8.0, lines.bottom()));
        self.status(ui, words, summary, reading);
        switches(ui, Rect::from_min_max(pos2(lines.right() - SWITCHES, lines.top()), lines.max), settings);
    }

    fn load(&mut self, ui: &mut Ui, rect: Rect, reading: Option<&Reading>) {
        let load = reading.map_or(0.0, |reading| reading.load);
        let colour = match load {
            load if load < 0.7 => theme::GOOD,
            load if load < 1.0 => theme::WARNING,
            _ => theme::ERROR,
        };
        let title = heading(ui.painter(), rect.min, "WORKER LOAD");
        let trough = bar(ui.painter(), rect);
        let filled = vec2(trough.width() * load.clamp(0.0, 1.0), trough.height());
        ui.painter().rect_filled(Rect::from_min_size(trough.min, filled), theme::ROUND, colour);
        let percent = format!("{:.0} %", load * 100.0);
        let place = Rect::from_min_max(rect.min, trough.max);
        let response = ui.interact(place, ui.scope_id().with("load"), Sense::hover());
        help::tell(&response, Role::Meter, "Worker load", &percent);
        help::explain(&response, "load");
        let at = pos2(title.right() + 8.0, rect.top());
        ui.painter().text(at, Align2::LEFT_TOP, percent, theme::number_font(), theme::TEXT);
        self.underruns(ui, rect, reading.map_or(0, |reading| reading.underruns));
    }

    /// How many underruns there were since the user has clicked here.
    fn underruns(&mut self, ui: &mut Ui, rect: Rect, all: u64) {
        // Another stream counts from 0.
        self.forgiven = if all < self.forgiven { 0 } else { self.forgiven };
        let count = all - self.forgiven;
        let colour = if count > 0 { theme::WARNING } else { theme::TEXT_WEAK };
        let text = format!("underruns {count}");
        let galley = ui.painter().layout_no_wrap(text, theme::number_font(), colour);
        let place = Rect::from_min_size(rect.right_top() - vec2(galley.size().x, 0.0), galley.size());
        let response = ui.interact(place, ui.scope_id().with("underruns"), Sense::click());
        help::tell(&response, Role::Button, "Underruns", &count.to_string());
        ui.painter().galley(place.min, galley, colour);
        if response.has_focus() {
            theme::focus_ring(ui.painter(), place);
        }
        if response.clicked() {
            self.forgiven = all;
        }
        help::explain(&response, "underruns");
    }

    fn status(&mut self, ui: &Ui, rect: Rect, summary: &Summary, reading: Option<&Reading>) {
        let (words, weight) = status(summary, reading);
        let (words, weight) = self.line.show(ui.input(|input| input.time), words, weight);
        let (words, colour) = (words.to_owned(), weight.colour());
        let response = ui.interact(rect, ui.scope_id().with("status"), Sense::hover());
        help::tell(&response, Role::Status, "Status", &words);
        let galley = ui.painter().layout(words.clone(), theme::small_font(), colour, rect.width());
        if galley.size().y > rect.height() + 1.0 {
            response.on_hover_text(words);
        } else {
            help::explain(&response, "status");
        }
        ui.painter_at(rect).galley(rect.min, galley, colour);
    }
}

/// Whether sentences are shown, and how large all is.
fn switches(ui: &mut Ui, rect: Rect, settings: &mut EditorSettings) {
    let button =
        |left: f32, width: f32| Rect::from_min_size(pos2(rect.left() + left, rect.top()), vec2(width, 20.0));
    let tips = ui.put(button(0.0, 44.0), lit("Tips", settings.tips));
    help::tell_switch(&tips, Role::Switch, "Tips", settings.tips);
    if tips.clicked() {
        settings.tips = !settings.tips;
    }
    help::explain(&tips, "tips");
    let percent = |zoom: f32| format!("{:.0} %", zoom * 100.0);
    let zoom =
        ui.put(button(48.0, 58.0), Button::new(RichText::new(percent(settings.zoom)).size(theme::BUTTON)));
    help::tell(&zoom, Role::Button, "Zoom", &percent(settings.zoom));
    help::explain(&zoom, "zoom");
    for response in [&tips, &zoom] {
        if response.has_focus() {
            theme::focus_ring(ui.painter(), response.rect);
        }
    }
    Popup::menu(&zoom).show(|ui| {
        for step in ZOOMS {
            if ui.selectable_label(step == settings.zoom, percent(step)).clicked() {
                settings.zoom = step;
            }
        }
    });
}

fn latency(ui: &mut Ui, rect: Rect, reading: Option<&Reading>) {
    let response = ui.interact(rect, ui.scope_id().with("latency"), Sense::hover());
    let painter = ui.painter_at(rect);
    heading(&painter, rect.min, "LATENCY TERMS");
    let trough = bar(&painter, rect);
    let latency = reading.map(|reading| &reading.latency);
    let text = latency.map_or("—".to_owned(), |latency| {
        format!("{:.1} ms  ({} samples)", latency.total_ms(), latency.total_host_samples)
    });
    painter.text(rect.right_top(), Align2::RIGHT_TOP, &text, theme::number_font(), theme::TEXT);
    help::tell(&response, Role::Meter, "Latency terms", &text);
    help::explain(&response, "latency_terms");
    let Some(latency) = latency else { return };
    let (mut at, mut legend) = (trough.left(), pos2(rect.left(), trough.bottom() + 11.0));
    for (term, colour) in latency.terms.iter().zip(theme::TERMS).filter(|(term, _)| term.ms >= 0.05) {
        let width = trough.width() * (term.ms / latency.total_ms()) as f32;
        let part = Rect::from_min_size(pos2(at, trough.top()), vec2(width, trough.height()));
        painter.rect_filled(part, 0.0, colour);
        at += width;
        legend = legend_entry(&painter, rect, legend, colour, &format!("{} {:.1}", term.name, term.ms));
    }
}

/// A coloured square and its words; where the next entry goes.
fn legend_entry(painter: &Painter, rect: Rect, at: Pos2, colour: Color32, text: &str) -> Pos2 {
    let galley = painter.layout_no_wrap(text.to_owned(), theme::small_font(), theme::TEXT_WEAK);
    let width = 11.0 + galley.size().x;
    let at = if at.x + width > rect.right() { pos2(rect.left(), at.y + LINE) } else { at };
    painter.rect_filled(Rect::from_center_size(at + vec2(4.0, 0.0), vec2(7.0, 7.0)), 1.0, colour);
    painter.galley(pos2(at.x + 11.0, at.y - galley.size().y / 2.0), galley, theme::TEXT_WEAK);
    pos2(at.x + width + 10.0, at.y)
}

/// What goes on, in words.
fn status(summary: &Summary, reading: Option<&Reading>) -> (String, Weight) {
    match (&summary.load_state, &summary.renderer) {
        (LoadState::Idle, _) => ("Waiting for the host to start audio".into(), Weight::Still),
        (LoadState::Loading, _) => ("Loading the model, passing the dry signal".into(), Weight::Warning),
        (LoadState::AwaitsRestart, _) => {
            ("The new latency takes effect when the host restarts the plugin".into(), Weight::Warning)
        }
        (LoadState::Failed(error), _) => (error.clone(), Weight::Error),
        (LoadState::Running, RendererState::Failed { error }) => (error.clone(), Weight::Error),
        (LoadState::Running, RendererState::OnFallback { error }) => {
            (format!("On the CPU: {error}"), Weight::Warning)
        }
        (LoadState::Running, RendererState::Ready) => match (&summary.notice, &summary.refusal, reading) {
            (Some(words), ..) | (None, Some(words), _) => (words.clone(), Weight::Warning),
            (.., Some(reading)) if reading.asleep => ("Silence: nothing to render".into(), Weight::Still),
            (.., Some(reading)) if reading.rendering => ("Rendering".into(), Weight::Good),
            (.., Some(reading)) if reading.underruns > 0 => {
                ("Too late: take fewer steps, a longer latency or another device".into(), Weight::Error)
            }
            _ => ("Filling up".into(), Weight::Still),
        },
    }
}

fn heading(painter: &Painter, at: Pos2, text: &str) -> Rect {
    painter.text(at, Align2::LEFT_TOP, text, theme::title_font(), theme::ACCENT)
}

/// An empty trough under the heading.
fn bar(painter: &Painter, rect: Rect) -> Rect {
    let trough = Rect::from_min_size(rect.min + vec2(0.0, BAR[0]), vec2(rect.width(), BAR[1]));
    painter.rect_filled(trough, theme::ROUND, theme::TROUGH);
    trough
}
