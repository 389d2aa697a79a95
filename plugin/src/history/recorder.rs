//! What the editor tells the host, noted on its way.

use super::History;
use crate::params::RemelParams;
use nice_plug::context::PluginApi;
use nice_plug::context::gui::{GuiContext, GuiContextInner};
use nice_plug::params::internals::ParamPtr;
use nice_plug::plugin::PluginState;
use nice_plug::prelude::*;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

/// Hands the editor's gestures to the host, and to the history.
pub struct Recorder {
    host: GuiContext,
    /// The parameters are to live as long as pointers to them come here.
    _params: Arc<RemelParams>,
    ids: HashMap<ParamPtr, String>,
    history: Arc<Mutex<History>>,
    /// The latest values that were set: hosts take them over with the next block, if they process at all.
    latest: Mutex<HashMap<ParamPtr, f32>>,
}

impl Recorder {
    /// A context for the editor of `params` that passes everything on to `host`.
    pub fn context(host: GuiContext, params: Arc<RemelParams>, history: Arc<Mutex<History>>) -> GuiContext {
        let ids = params.param_map().into_iter().map(|(id, param, _)| (param, id)).collect();
        GuiContext::new(Arc::new(Self { host, _params: params, ids, history, latest: Mutex::default() }))
    }
}

impl GuiContextInner for Recorder {
    fn plugin_api(&self) -> PluginApi {
        self.host.plugin_api()
    }

    unsafe fn raw_begin_set_parameter(&self, param: ParamPtr) {
        if let Some(id) = self.ids.get(&param) {
            // SAFETY: it is one of the parameters that live as long as this.
            let before = unsafe { param.unmodulated_normalized_value() };
            self.latest.lock().insert(param, before);
            self.history.lock().begin(id, before);
        }
        // SAFETY: the caller's.
        unsafe { self.host.raw_begin_set_parameter(param) }
    }

    unsafe fn raw_set_parameter_normalized(&self, param: ParamPtr, normalized: f32) {
        if self.ids.contains_key(&param) {
            // What the parameter will be: one with steps takes the nearest.
            // SAFETY: it is one of the parameters that live as long as this.
            let snapped = unsafe { param.preview_normalized(param.preview_plain(normalized)) };
            self.latest.lock().insert(param, snapped);
        }
        // SAFETY: the caller's.
        unsafe { self.host.raw_set_parameter_normalized(param, normalized) }
    }

    unsafe fn raw_end_set_parameter(&self, param: ParamPtr) {
        // SAFETY: the caller's.
        unsafe { self.host.raw_end_set_parameter(param) };
        let after = self.latest.lock().remove(&param);
        if let (Some(id), Some(after)) = (self.ids.get(&param), after) {
            self.history.lock().end(id, after, Instant::now());
        }
    }

    fn get_state(&self) -> PluginState {
        self.host.get_state()
    }

    fn set_state(&self, state: PluginState) {
        self.host.set_state(state);
    }

    fn request_restart(&self) {
        self.host.request_restart();
    }
}
