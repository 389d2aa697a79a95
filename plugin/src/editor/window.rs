//! The window that a host opens: as large as it was when it was closed, or as the project says.

use super::RemelApp;
use super::settings::LEAST_SIZE;
use crate::params::RemelParams;
use crate::report::Report;
use egui::Ui;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::{LogicalSize, NativeSize};
use nice_plug::editor::{Editor, HostMethods, ParentWindowHandle, ResizeHint, SpawnedEditor};
use nice_plug_egui::baseview::{HandlerError, WindowSize};
use nice_plug_egui::{
    EguiEditorHandle, EguiEditorState, EguiNiceSettings, Frame, NiceEguiApp, RepaintNotifier,
    create_egui_editor,
};
use parking_lot::Mutex;
use std::error::Error;
use std::sync::Arc;

/// The editor that the plugin hands to the host.
pub struct RemelEditor {
    params: Arc<RemelParams>,
    app: Shared,
}

/// What the windows show, one after another.
#[derive(Clone)]
struct Shared(Arc<Mutex<Content>>);

struct Content {
    app: RemelApp,
    /// Physical pixels per logical pixel, before the zoom.
    scale: f64,
}

impl RemelEditor {
    /// An editor for one instance.
    pub fn new(params: Arc<RemelParams>, report: Arc<Report>) -> Self {
        let app = RemelApp::new(params.clone(), report);
        Self { params, app: Shared(Arc::new(Mutex::new(Content { app, scale: 1.0 }))) }
    }
}

impl Editor for RemelEditor {
    type Handle = EguiEditorHandle;

    fn spawn(
        &self,
        parent: Option<ParentWindowHandle>,
        wait_for_parent: bool,
        fallback_scale_factor: Option<f64>,
        gui_context: GuiContext,
        host: Option<HostMethods>,
    ) -> Result<SpawnedEditor<Self::Handle>, Box<dyn Error>> {
        let settings = self.params.editor.read().held();
        *self.params.editor.write() = settings;
        if let Some(scale) = fallback_scale_factor {
            self.app.0.lock().scale = scale;
        }
        let state = EguiEditorState::from_size(settings.size(), settings.zoom);
        let nice = EguiNiceSettings::new().with_tile("Remel").with_resize_hint(self.resize_hint());
        let editor = create_egui_editor(state, RepaintNotifier::new(), nice, self.app.clone());
        let editor = editor.ok_or("there is no editor")?;
        editor.spawn(parent, wait_for_parent, fallback_scale_factor, gui_context, host)
    }

    fn size(&self) -> NativeSize<u32> {
        let settings = self.params.editor.read().held();
        let zoom = f64::from(settings.zoom);
        let [width, height] = [settings.width, settings.height].map(|length| f64::from(length) * zoom);
        NativeSize::from_size(LogicalSize { width, height }.into(), self.app.0.lock().scale)
    }

    fn resize_hint(&self) -> ResizeHint {
        let zoom = self.params.editor.read().held().zoom;
        let LogicalSize { width, height } = LEAST_SIZE;
        ResizeHint::RESIZABLE.with_min_logical_size(LogicalSize { width: width * zoom, height: height * zoom })
    }
}

impl NiceEguiApp for Shared {
    fn build(
        &mut self,
        egui: egui::Context,
        context: GuiContext,
        frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        self.0.lock().app.build(egui, context, frame)
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        self.0.lock().app.ui(ui, frame);
    }

    fn resized(&mut self, new_size: WindowSize) {
        let mut content = self.0.lock();
        let zoom = content.app.params.editor.read().zoom;
        content.scale = new_size.scale_factor / f64::from(zoom);
        content.app.resized(new_size);
    }

    fn editor_closed(&mut self) {
        self.0.lock().app.editor_closed();
    }
}
