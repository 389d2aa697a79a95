//! The editor: what goes in and comes out, all parameters, and what the engine is doing.

mod axes;
mod calm;
mod choice;
mod columns;
mod controls;
mod device;
mod dial;
mod dialog;
mod files;
mod footer;
mod hands;
mod header;
mod help;
mod icons;
mod layout;
mod menu;
mod meter;
mod models;
pub mod nodes;
mod osc;
mod presets;
mod slider;
mod slider_input;
mod spectrogram;
mod steps;
mod theme;
mod widgets;
mod window;

use crate::editing::Editing;
use crate::history::{History, Recorder};
use crate::params::RemelParams;
use crate::preset::Folder;
use crate::report::{Report, Summary};
use crate::settings::{EditorSettings, LEAST_SIZE};
use egui::{Rect, Ui, UiBuilder, pos2, vec2};
use footer::{Footer, Reading};
use hands::Hands;
use header::Header;
use layout::Layout;
use meter::Meter;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::LogicalSize;
use nice_plug_egui::baseview::{HandlerError, WindowSize};
use nice_plug_egui::{Frame, Key, KeyCapture, NiceEguiApp};
use parking_lot::Mutex;
use remel::stream::{Levels, MelTap};
use spectrogram::Spectrogram;
use std::sync::Arc;
use std::time::Duration;
pub use window::RemelEditor;

/// From one picture to the next while something moves, and while nothing does.
const PICTURES: [Duration; 2] = [Duration::from_millis(16), Duration::from_millis(200)];

/// What is drawn, and from what.
pub struct RemelApp {
    params: Arc<RemelParams>,
    report: Arc<Report>,
    context: Option<GuiContext>,
    history: Arc<Mutex<History>>,
    header: Header,
    footer: Footer,
    hands: Hands,
    pictures: [Spectrogram; 2],
    meters: [Meter; 2],
    /// When the last picture was drawn.
    drawn_s: f64,
    /// Whether the last picture showed something new.
    moves: bool,
}

impl NiceEguiApp for RemelApp {
    fn build(
        &mut self,
        egui: egui::Context,
        context: GuiContext,
        _frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        self.open(&egui, context);
        Ok(())
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        self.hands.on_bar = false;
        self.draw(ui);
        // It starts and stops the song, and no slider takes it.
        let space = || vec![Key::Character(" ".into())];
        frame.set_key_capture(match self.hands.on_bar {
            true => KeyCapture::IgnoreKeys(space()),
            false => KeyCapture::CaptureAll,
        });
    }

    fn resized(&mut self, new_size: WindowSize) {
        let mut settings = self.params.editor.write();
        (settings.width, settings.height) = (new_size.logical.width as f32, new_size.logical.height as f32);
    }
}

impl RemelApp {
    /// What an editor shows, which outlives its windows.
    pub fn new(params: Arc<RemelParams>, report: Arc<Report>) -> Self {
        let history = Arc::new(Mutex::new(History::default()));
        let editing = Editing::new(params.clone(), history.clone(), Folder::of_user());
        Self {
            params,
            report,
            context: None,
            history,
            header: Header::new(editing),
            footer: Footer::default(),
            hands: Hands::default(),
            pictures: [
                Spectrogram::new("MODEL INPUT", "input_mel"),
                Spectrogram::new("SYNTHESIZED", "output_mel"),
            ],
            meters: [
                Meter::new("Input", ["input_level", "input_clip"]),
                Meter::new("Output", ["output_level", "output_clip"]),
            ],
            drawn_s: 0.0,
            moves: false,
        }
    }

    /// A window opens.
    fn open(&mut self, egui: &egui::Context, context: GuiContext) {
        theme::apply(egui);
        nodes::install(egui);
        self.drawn_s = 0.0;
        self.pictures.iter_mut().for_each(Spectrogram::close);
        self.context = Some(Recorder::context(context, self.params.clone(), self.history.clone()));
        self.header.opened();
    }

    /// The window closes: what hands were doing ends.
    fn close(&mut self) {
        if let Some(context) = self.context.take() {
            self.hands.close(&self.params, &context.param_setter());
        }
        self.history.lock().abandon_gestures();
        self.pictures.iter_mut().for_each(Spectrogram::close);
    }

    /// Draws a picture, and does what hands have done since the last one.
    fn draw(&mut self, ui: &mut Ui) {
        let Some(context) = self.context.clone() else { return };
        let setter = context.param_setter();
        let summary = self.report.summary();
        let before = *self.params.editor.read();
        let mut settings = before;
        help::set_shown(ui.ctx(), settings.tips);
        let reading = self.read(ui, &summary);
        // A host may force what it likes on a window: below the least size it shows a part.
        let LogicalSize { width, height } = LEAST_SIZE;
        let window = ui.max_rect();
        let window = Rect::from_min_size(window.min, window.size().max(vec2(width, height)));
        ui.painter().rect_filled(window, 0.0, theme::BACKGROUND);
        let layout = Layout::of(window);
        ui.scope_builder(UiBuilder::new().max_rect(layout.header), |ui| {
            self.header.show(ui, &self.params, &summary, &mut self.hands, &setter);
        });
        let places = [layout.input, layout.output];
        for ((picture, meter), place) in self.pictures.iter_mut().zip(&mut self.meters).zip(places) {
            let edge = place.right() - meter::WIDTH;
            picture.show(ui, Rect::from_min_max(place.min, pos2(edge - 8.0, place.bottom())));
            meter.show(ui, Rect::from_min_max(pos2(edge, place.top()), place.max));
        }
        osc::show(ui, layout.input, &self.params, &self.report);
        let latencies_ms = summary.model.as_ref().map(|model| model.latencies_ms);
        controls::show(ui, layout.controls, &self.params, latencies_ms, &mut self.hands, &setter);
        self.footer.show(ui, layout.footer, &summary, reading.as_ref(), &mut settings);
        self.keep(ui, before, settings);
        let [moving, still] = PICTURES;
        ui.ctx().request_repaint_after(if self.moves { moving } else { still });
    }

    /// Saves what the user has changed of the editor itself.
    fn keep(&self, ui: &Ui, before: EditorSettings, settings: EditorSettings) {
        if settings != before {
            let mut kept = self.params.editor.write();
            (kept.tips, kept.zoom) = (settings.tips, settings.zoom);
        }
        if settings.zoom != before.zoom {
            // The window follows.
            ui.ctx().set_zoom_factor(settings.zoom);
        }
    }

    /// Takes what the stream has to show since the last picture.
    fn read(&mut self, ui: &Ui, summary: &Summary) -> Option<Reading> {
        let now = ui.input(|input| input.time);
        let elapsed_s = (now - self.drawn_s) as f32;
        self.drawn_s = now;
        let [input, output] = &mut self.pictures;
        let mut frames = 0;
        if let Some(model) = &summary.model {
            input.follow(&model.dialect);
            output.follow(&model.dialect);
        }
        let reading = summary.model.as_ref().and_then(|model| {
            self.report.look(|monitor| {
                monitor.mel_frames(MelTap::In, |_, frame| {
                    input.push(&model.dialect, frame);
                    frames += 1;
                });
                monitor.mel_frames(MelTap::Out, |_, frame| {
                    output.push(&model.dialect, frame);
                    frames += 1;
                });
                Reading {
                    latency: *monitor.latency(),
                    load: monitor.load(),
                    underruns: monitor.underruns(),
                    rendering: monitor.rendering(),
                    asleep: monitor.asleep(),
                    levels: monitor.take_levels(),
                }
            })
        });
        let levels = reading.as_ref().map_or(Levels::default(), |reading| reading.levels);
        for (meter, peak) in self.meters.iter_mut().zip([levels.input, levels.output]) {
            meter.take(peak, now, elapsed_s);
        }
        self.moves = frames > 0 || self.meters.iter().any(Meter::moves);
        reading
    }
}

#[cfg(test)]
mod tests;
