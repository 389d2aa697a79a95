//! The CLAP host, and the plugin's library.

use clack_extensions::latency::{HostLatency, HostLatencyImpl};
use clack_extensions::preset_discovery::HostPresetLoadImpl;
use clack_extensions::preset_discovery::prelude::*;
use clack_host::prelude::*;
use std::cell::RefCell;
use std::ffi::CStr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the plugin asked of the host.
#[derive(Default)]
pub struct Requests {
    pub restart: AtomicBool,
}

impl SharedHandler<'_> for Requests {
    fn request_restart(&self) {
        self.restart.store(true, Ordering::SeqCst);
    }
    fn request_process(&self) {}
    fn request_callback(&self) {}
}

pub struct Host;

/// The host's main thread, which hears of latencies (only to such a host the plugin speaks of them) and of presets.
#[derive(Default)]
pub struct MainThread {
    /// What the plugin told of presets, a line each.
    pub told: RefCell<Vec<String>>,
}

impl MainThreadHandler<'_> for MainThread {}

impl HostLatencyImpl for MainThread {
    fn changed(&self) {}
}

impl HostPresetLoadImpl for MainThread {
    fn on_error(&self, _: Location, _: Option<&CStr>, _: i32, message: Option<&CStr>) {
        let message = message.map(CStr::to_string_lossy).unwrap_or_default();
        self.told.borrow_mut().push(message.into_owned());
    }

    fn loaded(&self, _: Location, key: Option<&CStr>) {
        let key = key.map(CStr::to_string_lossy).unwrap_or_default();
        self.told.borrow_mut().push(format!("loaded {key}"));
    }
}

impl HostHandlers for Host {
    type Shared<'a> = Requests;
    type MainThread<'a> = MainThread;
    type AudioProcessor<'a> = ();

    fn declare_extensions(extensions: &mut HostExtensions<Self>, _: &Requests) {
        extensions.register::<HostLatency>();
        extensions.register::<HostPresetLoad>();
    }
}

/// The plugin file that `cargo xtask check` bundled.
fn plugin_path() -> PathBuf {
    let path = std::env::var_os("REMEL_CLAP").map(PathBuf::from);
    let path = path.expect("REMEL_CLAP must name the bundled Remel.clap: run `cargo xtask check`");
    assert!(path.exists(), "REMEL_CLAP: {} is not there: run `cargo xtask bundle`", path.display());
    path
}

/// The library that the plugin is in.
pub fn entry() -> PluginEntry {
    // SAFETY: the file is our own plugin, built from this workspace.
    unsafe { PluginEntry::load(plugin_path()) }.expect("a CLAP plugin")
}

/// What the host says of itself.
pub fn host_info() -> HostInfo {
    HostInfo::new("Remel's tests", "Remel", "", "1").expect("no zero bytes")
}
