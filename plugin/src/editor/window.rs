//! The window that a host opens: as large as it was when it was closed, or as the project says.

use super::RemelApp;
use crate::params::RemelParams;
use crate::report::Report;
use crate::settings::LEAST_SIZE;
use egui::Ui;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::{LogicalSize, NativeSize};
use nice_plug::editor::{Editor, EditorHandle, HostMethods, ParentWindowHandle, ResizeHint, SpawnedEditor};
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
    type Handle = RemelHandle;

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
        let spawned = editor.spawn(parent, wait_for_parent, fallback_scale_factor, gui_context, host)?;
        let handle = RemelHandle { app: self.app.clone(), inner: spawned.handle };
        Ok(SpawnedEditor { handle, window: spawned.window })
    }

    fn size(&self) -> NativeSize<u32> {
        let settings = self.params.editor.read().held();
        let zoom = f64::from(settings.zoom);
        let [width, height] = [settings.width, settings.height].map(|length| f64::from(length) * zoom);
        NativeSize::from_size(LogicalSize { width, height }.into(), self.app.0.lock().scale)
    }

    fn resize_hint(&self) -> ResizeHint {
        resize_hint(&self.params)
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
}

/// An open window. The toolkit's own tells nobody that it closes.
pub struct RemelHandle {
    app: Shared,
    inner: EguiEditorHandle,
}

impl Drop for RemelHandle {
    fn drop(&mut self) {
        self.app.0.lock().app.close();
    }
}

impl EditorHandle for RemelHandle {
    type Window = <EguiEditorHandle as EditorHandle>::Window;
    type Error = <EguiEditorHandle as EditorHandle>::Error;

    fn run_until_closed(window: Self::Window) -> Result<(), Self::Error> {
        EguiEditorHandle::run_until_closed(window)
    }

    fn set_parent(&self, parent: ParentWindowHandle, window: &Self::Window) -> Result<(), Self::Error> {
        self.inner.set_parent(parent, window)
    }

    fn show(&self, window: &Self::Window) -> Result<(), Self::Error> {
        self.inner.show(window)
    }

    fn hide(&self, window: &Self::Window) -> Result<(), Self::Error> {
        self.inner.hide(window)
    }

    fn host_main_thread_callback(&self, window: &Self::Window) {
        self.inner.host_main_thread_callback(window);
    }

    fn set_size(&self, new_size: NativeSize<u32>, window: &Self::Window) -> Result<(), Self::Error> {
        self.inner.set_size(new_size, window)
    }

    fn set_fallback_scale_factor(&self, scale: f64, window: &Self::Window) -> Result<(), Self::Error> {
        self.inner.set_fallback_scale_factor(scale, window)
    }

    fn adjust_size(&self, new_size: NativeSize<u32>, window: &Self::Window) -> Option<NativeSize<u32>> {
        let content = self.app.0.lock();
        let (hint, scale) = (resize_hint(&content.app.params), content.scale);
        drop(content);
        let now = window.size();
        let now = NativeSize::from_logical_or_physical(now.logical, now.physical);
        Some(hint.adjust_size(new_size, now, scale))
    }

    fn state_changed(&self) {
        self.inner.state_changed();
    }

    fn param_value_changed(&self, id: &str, normalized_value: f32) {
        self.inner.param_value_changed(id, normalized_value);
    }

    fn param_modulation_changed(&self, id: &str, modulation_offset: f32) {
        self.inner.param_modulation_changed(id, modulation_offset);
    }
}

/// Freely resizable, but not below where everything is readable at the present zoom.
fn resize_hint(params: &RemelParams) -> ResizeHint {
    let zoom = params.editor.read().held().zoom;
    let LogicalSize { width, height } = LEAST_SIZE;
    ResizeHint::RESIZABLE.with_min_logical_size(LogicalSize { width: width * zoom, height: height * zoom })
}
