//! A host for editors without a window: it is told of parameters, by calls that are not safe to make.

use nice_plug::context::PluginApi;
use nice_plug::context::gui::GuiContextInner;
use nice_plug::params::internals::ParamPtr;
use nice_plug::plugin::PluginState;
use parking_lot::Mutex;

/// A host that writes down what it hears.
#[derive(Default)]
pub struct Heard(pub Mutex<Vec<&'static str>>);

impl GuiContextInner for Heard {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }
    unsafe fn raw_begin_set_parameter(&self, _: ParamPtr) {
        self.0.lock().push("begin");
    }
    unsafe fn raw_set_parameter_normalized(&self, _: ParamPtr, _: f32) {
        self.0.lock().push("set");
    }
    unsafe fn raw_end_set_parameter(&self, _: ParamPtr) {
        self.0.lock().push("end");
    }
    fn get_state(&self) -> PluginState {
        PluginState { version: String::new(), params: [].into(), fields: [].into() }
    }
    fn set_state(&self, _: PluginState) {}
    fn request_restart(&self) {}
}

/// What a parameter that still lives is called.
pub fn name(parameter: ParamPtr) -> String {
    // SAFETY: whoever has it has the parameters too.
    unsafe { parameter.name() }.to_owned()
}
