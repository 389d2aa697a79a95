//! The editor: what goes in and comes out, all parameters, and what the engine is doing.

mod controls;
mod device;
mod dialog;
mod files;
mod footer;
mod header;
mod icons;
mod models;
pub mod nodes;
mod presets;
mod spectrogram;
mod theme;
mod widgets;

use crate::editing::Editing;
use crate::history::{History, Recorder};
use crate::params::RemelParams;
use crate::preset::Folder;
use crate::report::{Report, Summary};
use egui::{Rect, Ui, UiBuilder, pos2, vec2};
use footer::Reading;
use header::Header;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::LogicalSize;
use nice_plug_egui::baseview::HandlerError;
use nice_plug_egui::{
    EguiEditor, EguiEditorState, EguiNiceSettings, Frame, NiceEguiApp, RepaintNotifier, create_egui_editor,
};
use parking_lot::Mutex;
use remel::stream::MelTap;
use spectrogram::Spectrogram;
use std::sync::Arc;
use std::time::Duration;

/// The editor that the plugin hands to the host.
pub type RemelEditor = EguiEditor<RemelApp>;

/// Width and height when it opens, in logical pixels.
const SIZE: LogicalSize<f32> = LogicalSize { width: 960.0, height: 640.0 };

/// An editor for one instance.
pub fn create(params: Arc<RemelParams>, report: Arc<Report>) -> Option<RemelEditor> {
    let history = Arc::new(Mutex::new(History::default()));
    let editing = Editing::new(params.clone(), history.clone(), Folder::of_user());
    let app = RemelApp {
        params,
        report,
        context: None,
        history,
        header: Header::new(editing),
        input: Spectrogram::new("INPUT, AS THE MODEL READS IT"),
        output: Spectrogram::new("OUTPUT"),
    };
    let settings = EguiNiceSettings::new().with_tile("Remel");
    create_egui_editor(EguiEditorState::from_size(SIZE, 1.0), RepaintNotifier::new(), settings, app)
}

/// What is drawn, and from what.
pub struct RemelApp {
    params: Arc<RemelParams>,
    report: Arc<Report>,
    context: Option<GuiContext>,
    history: Arc<Mutex<History>>,
    header: Header,
    input: Spectrogram,
    output: Spectrogram,
}

impl NiceEguiApp for RemelApp {
    fn build(
        &mut self,
        egui: egui::Context,
        context: GuiContext,
        _frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        theme::apply(&egui);
        nodes::install(&egui);
        self.context = Some(Recorder::context(context, self.params.clone(), self.history.clone()));
        self.header.opened();
        Ok(())
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        let summary = self.report.summary();
        let reading = self.read(&summary);
        let Some(context) = self.context.clone() else { return };
        let setter = context.param_setter();
        let whole = ui.max_rect();
        ui.painter().rect_filled(whole, 0.0, theme::BACKGROUND);
        let [header, pictures, controls, footer] = rows(whole.shrink(theme::GAP + 4.0));

        ui.scope_builder(UiBuilder::new().max_rect(header), |ui| {
            self.header.show(ui, &self.params, &summary, &setter);
        });
        let [input, output] = halves(pictures);
        self.input.show(ui, input);
        self.output.show(ui, output);
        let latencies_ms = summary.model.as_ref().map(|model| model.latencies_ms);
        controls::show(ui, controls, &self.params, latencies_ms, &setter);
        footer::show(ui, footer, &summary, reading.as_ref());
        ui.ctx().request_repaint_after(Duration::from_millis(33));
    }

    fn editor_closed(&mut self) {
        self.context = None;
        self.history.lock().abandon_gestures();
        self.input.close();
        self.output.close();
    }
}

impl RemelApp {
    /// Takes what the stream has to show since the last picture.
    fn read(&mut self, summary: &Summary) -> Option<Reading> {
        let (input, output) = (&mut self.input, &mut self.output);
        let dialect = &summary.model.as_ref()?.dialect;
        self.report.look(|monitor| {
            monitor.mel_frames(MelTap::In, |_, frame| input.push(dialect, frame));
            monitor.mel_frames(MelTap::Out, |_, frame| output.push(dialect, frame));
            Reading {
                latency: *monitor.latency(),
                load: monitor.load(),
                underruns: monitor.underruns(),
                rendering: monitor.rendering(),
                asleep: monitor.asleep(),
            }
        })
    }
}

/// Header, pictures, controls and footer, from top to bottom; the pictures take what is left.
fn rows(whole: Rect) -> [Rect; 4] {
    let row = |top: f32, height: f32| Rect::from_min_size(pos2(whole.left(), top), vec2(whole.width(), height));
    let footer = row(whole.bottom() - theme::FOOTER_HEIGHT, theme::FOOTER_HEIGHT);
    let controls = row(footer.top() - theme::GAP - theme::CONTROLS_HEIGHT, theme::CONTROLS_HEIGHT);
    let header = row(whole.top(), theme::HEADER_HEIGHT);
    let top = header.bottom() + theme::GAP;
    [header, row(top, controls.top() - theme::GAP - top), controls, footer]
}

fn halves(whole: Rect) -> [Rect; 2] {
    let width = (whole.width() - theme::GAP) / 2.0;
    let left = Rect::from_min_size(whole.min, vec2(width, whole.height()));
    [left, left.translate(vec2(width + theme::GAP, 0.0))]
}
