//! The CLAP host that the editor opens in.

use clack_extensions::gui::{GuiSize, HostGui, HostGuiImpl};
use clack_extensions::latency::{HostLatency, HostLatencyImpl};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
};
use clack_host::prelude::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the plugin asked of the host.
#[derive(Default)]
pub struct Requests {
    pub restart: AtomicBool,
    pub callback: AtomicBool,
    pub resize: Mutex<Option<[u32; 2]>>,
}

impl SharedHandler<'_> for Requests {
    fn request_restart(&self) {
        self.restart.store(true, Ordering::SeqCst);
    }
    fn request_process(&self) {}
    fn request_callback(&self) {
        self.callback.store(true, Ordering::SeqCst);
    }
}

impl HostGuiImpl for Requests {
    fn resize_hints_changed(&self) {}
    fn request_resize(&self, size: GuiSize) -> Result<(), HostError> {
        *self.resize.lock().expect("no panic") = Some([size.width, size.height]);
        Ok(())
    }
    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }
    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }
    fn closed(&self, _was_destroyed: bool) {}
}

impl HostParamsImplShared for Requests {
    fn request_flush(&self) {}
}

/// The host's main thread.
pub struct MainThread;

impl MainThreadHandler<'_> for MainThread {}

impl HostLatencyImpl for MainThread {
    fn changed(&self) {}
}

impl HostParamsImplMainThread for MainThread {
    fn rescan(&self, _flags: ParamRescanFlags) {}
    fn clear(&self, _parameter: ClapId, _flags: ParamClearFlags) {}
}

pub struct Host;

impl HostHandlers for Host {
    type Shared<'a> = Requests;
    type MainThread<'a> = MainThread;
    type AudioProcessor<'a> = ();

    fn declare_extensions(extensions: &mut HostExtensions<Self>, _: &Requests) {
        extensions.register::<HostGui>();
        extensions.register::<HostLatency>();
        extensions.register::<HostParams>();
    }
}

/// A new instance of the plugin that this program is linked with.
pub fn instance() -> PluginInstance<Host> {
    // SAFETY: the entry is our own plugin's.
    let entry = unsafe { PluginEntry::load_from_raw(&remel_plugin::clap_entry, c"") }.expect("a CLAP plugin");
    let host = HostInfo::new("Remel's tests", "Remel", "", "1").expect("no zero bytes");
    let instance =
        PluginInstance::<Host>::new(|_| Requests::default(), |_| MainThread, &entry, c"org.remel.remel", &host);
    instance.expect("an instance")
}
