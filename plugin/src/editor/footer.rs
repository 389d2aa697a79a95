//! The latency with its terms, the worker's load, and what the user should know.

use super::theme;
use crate::report::{LoadState, Summary};
use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Ui, pos2, vec2};
use remel::stream::{Latency, RendererState};

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
}

/// Draws the footer into `rect`: latency at the left, load at the right, a line of words below each.
pub fn show(ui: &Ui, rect: Rect, summary: &Summary, reading: Option<&Reading>) {
    let painter = ui.painter_at(rect);
    let middle = rect.left() + rect.width() * 0.64;
    let left = Rect::from_min_max(rect.min, pos2(middle - 2.0 * theme::GAP, rect.bottom()));
    let right = Rect::from_min_max(pos2(middle, rect.top()), rect.max);
    latency(&painter, left, reading);
    load(&painter, right, summary, reading);
}

fn latency(painter: &Painter, rect: Rect, reading: Option<&Reading>) {
    heading(painter, rect.min, "LATENCY");
    let Some(latency) = reading.map(|reading| &reading.latency) else {
        value(painter, rect, "—", theme::TEXT_WEAK);
        bar(painter, rect);
        return;
    };
    let total_ms = latency.total_ms();
    value(painter, rect, &format!("{total_ms:.1} ms  ({} samples)", latency.total_host_samples), theme::TEXT);
    let trough = bar(painter, rect);
    let terms = latency.terms.iter().filter(|term| term.ms >= 0.05).zip(theme::TERMS.iter().cycle());
    let (mut at, mut legend) = (trough.left(), pos2(rect.left(), trough.bottom() + 10.0));
    for (term, &colour) in terms {
        let width = trough.width() * (term.ms / total_ms) as f32;
        painter.rect_filled(
            Rect::from_min_size(pos2(at, trough.top()), vec2(width, trough.height())),
            0.0,
            colour,
        );
        at += width;
        legend = legend_entry(painter, rect, legend, colour, &format!("{} {:.1}", term.name, term.ms));
    }
}

/// A coloured square and its words; where the next entry goes.
fn legend_entry(painter: &Painter, rect: Rect, at: Pos2, colour: Color32, text: &str) -> Pos2 {
    let galley = painter.layout_no_wrap(text.to_owned(), FontId::proportional(10.5), theme::TEXT_WEAK);
    let width = 12.0 + galley.size().x + 12.0;
    let at = if at.x + width > rect.right() { pos2(rect.left(), at.y + 14.0) } else { at };
    painter.rect_filled(Rect::from_center_size(at + vec2(4.0, 0.0), vec2(7.0, 7.0)), 1.0, colour);
    painter.galley(pos2(at.x + 12.0, at.y - galley.size().y / 2.0), galley, theme::TEXT_WEAK);
    pos2(at.x + width, at.y)
}

fn load(painter: &Painter, rect: Rect, summary: &Summary, reading: Option<&Reading>) {
    heading(painter, rect.min, "WORKER LOAD");
    let load = reading.map_or(0.0, |reading| reading.load);
    let colour = match load {
        load if load < 0.7 => theme::GOOD,
        load if load < 1.0 => theme::WARNING,
        _ => theme::ERROR,
    };
    let trough = bar(painter, rect);
    let filled = vec2(trough.width() * load.clamp(0.0, 1.0), trough.height());
    painter.rect_filled(Rect::from_min_size(trough.min, filled), 3.0, colour);
    let underruns = reading.map_or(0, |reading| reading.underruns);
    let late = if underruns > 0 { theme::WARNING } else { theme::TEXT };
    value(painter, rect, &format!("{:.0} %   underruns {underruns}", load * 100.0), late);
    let (words, colour) = state(summary, reading);
    let font = FontId::proportional(11.0);
    let galley = painter.layout(words, font, colour, rect.width());
    painter.galley(pos2(rect.left(), trough.bottom() + 5.0), galley, colour);
}

/// What goes on, in words.
fn state(summary: &Summary, reading: Option<&Reading>) -> (String, Color32) {
    match (&summary.load_state, &summary.renderer) {
        (LoadState::Idle, _) => ("Waiting for the host to start audio".into(), theme::TEXT_WEAK),
        (LoadState::Loading, _) => ("Loading the model, passing the dry signal".into(), theme::WARNING),
        (LoadState::AwaitsRestart, _) => {
            ("The new latency takes effect when the host restarts the plugin".into(), theme::WARNING)
        }
        (LoadState::Failed(error), _) => (error.clone(), theme::ERROR),
        (LoadState::Running, RendererState::Failed { error }) => (error.clone(), theme::ERROR),
        (LoadState::Running, RendererState::OnFallback { error }) => {
            (format!("On the CPU: {error}"), theme::WARNING)
        }
        (LoadState::Running, RendererState::Ready) => match (&summary.notice, &summary.refusal, reading) {
            (Some(words), ..) | (None, Some(words), _) => (words.clone(), theme::WARNING),
            (.., Some(reading)) if reading.asleep => ("Silence: nothing to render".into(), theme::TEXT_WEAK),
            (.., Some(reading)) if reading.rendering => ("Rendering".into(), theme::GOOD),
            (.., Some(reading)) if reading.underruns > 0 => {
                ("Too late: take fewer steps, a longer latency or another device".into(), theme::ERROR)
            }
            _ => ("Filling up".into(), theme::TEXT_WEAK),
        },
    }
}

fn heading(painter: &Painter, at: Pos2, text: &str) {
    painter.text(at, Align2::LEFT_TOP, text, FontId::proportional(11.0), theme::ACCENT);
}

fn value(painter: &Painter, rect: Rect, text: &str, colour: Color32) {
    painter.text(rect.right_top(), Align2::RIGHT_TOP, text, FontId::monospace(12.0), colour);
}

/// An empty trough under the heading.
fn bar(painter: &Painter, rect: Rect) -> Rect {
    let trough = Rect::from_min_size(rect.min + vec2(0.0, 19.0), vec2(rect.width(), 12.0));
    painter.rect_filled(trough, 3.0, theme::TROUGH);
    trough
}
