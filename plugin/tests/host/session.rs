//! One plugin in a CLAP host.

use super::blocks::{process_all, process_block};
use super::library::{Host, MainThread, Requests, entry, host_info};
use super::raw::Raw;
use clack_extensions::gui::{GuiApiType, GuiConfiguration, PluginGui};
use clack_extensions::latency::PluginLatency;
use clack_extensions::params::{ParamInfoBuffer, ParamInfoFlags, PluginParams};
use clack_extensions::preset_discovery::prelude::*;
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::PluginState;
use clack_host::events::event_types::ParamValueEvent;
use clack_host::prelude::*;
use std::ffi::CStr;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How a render is driven.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drive {
    /// The host's sample rate.
    pub rate_hz: u32,
    /// Samples per block.
    pub block_samples: usize,
    /// Whether the host says that it renders offline; else it keeps to the wall clock.
    pub offline: bool,
}

/// A parameter as the plugin lists it.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub id: ClapId,
    pub name: String,
    pub flags: ParamInfoFlags,
    pub range: [f64; 2],
}

/// A plugin instance and the library that it came from.
pub struct Session {
    instance: PluginInstance<Host>,
}

impl Session {
    pub fn open() -> Self {
        let (entry, host) = (entry(), host_info());
        let instance = PluginInstance::<Host>::new(
            |_| Requests::default(),
            |_| MainThread::default(),
            &entry,
            c"org.remel.remel",
            &host,
        );
        Self { instance: instance.expect("an instance") }
    }

    /// The plugin's own functions.
    pub fn raw(&self) -> Raw<'_> {
        Raw(self.instance.raw_instance())
    }

    /// Whether the plugin has asked for a restart.
    pub fn restart_requested(&self) -> bool {
        self.instance.access_shared_handler(|requests| requests.restart.load(Ordering::SeqCst))
    }

    /// Whether the plugin makes an editor, here where the host knows of none.
    pub fn gui_opens(&mut self) -> bool {
        let gui: PluginGui = self.extension();
        let api_type = GuiApiType::default_for_current_platform().expect("a platform with windows");
        gui.create(&self.instance.plugin_handle(), GuiConfiguration { api_type, is_floating: false }).is_ok()
    }

    fn extension<E>(&mut self) -> E
    where
        E: clack_host::extensions::Extension<ExtensionSide = clack_host::extensions::PluginExtensionSide>,
    {
        self.instance.plugin_handle().get_extension().expect("the plugin has this extension")
    }

    pub fn parameters(&mut self) -> Vec<Parameter> {
        let extension: PluginParams = self.extension();
        let handle = self.instance.plugin_handle();
        let mut buffer = ParamInfoBuffer::new();
        let listed = (0..extension.count(&handle)).map(|index| {
            let info = extension.get_info(&handle, index, &mut buffer).expect("a listed parameter");
            Parameter {
                id: info.id,
                name: String::from_utf8_lossy(info.name).into_owned(),
                flags: info.flags,
                range: [info.min_value, info.max_value],
            }
        });
        listed.collect()
    }

    fn id_of(&mut self, name: &str) -> ClapId {
        let parameter = self.parameters().into_iter().find(|parameter| parameter.name == name);
        parameter.unwrap_or_else(|| panic!("no parameter {name}")).id
    }

    pub fn value(&mut self, name: &str) -> f64 {
        let (extension, id): (PluginParams, _) = (self.extension(), self.id_of(name));
        extension.get_value(&self.instance.plugin_handle(), id).expect("a value")
    }

    /// The text of a value, and the value of that text.
    pub fn text_round_trip(&mut self, id: ClapId, value: f64) -> (String, Option<f64>) {
        let extension: PluginParams = self.extension();
        let handle = self.instance.plugin_handle();
        let mut buffer = [0; 128];
        let text = extension.value_to_text(&handle, id, value, &mut buffer).expect("a text").to_vec();
        let text = std::ffi::CString::new(text).expect("no zero bytes");
        (text.to_string_lossy().into_owned(), extension.text_to_value(&handle, id, &text))
    }

    /// Sets a parameter while the plugin is inactive.
    pub fn set(&mut self, name: &str, value: f64) {
        let (extension, id): (PluginParams, _) = (self.extension(), self.id_of(name));
        let mut events = EventBuffer::new();
        events.push(&ParamValueEvent::new(0, id, Pckn::match_all(), value));
        let mut handle = self.instance.inactive_plugin_handle().expect("an inactive plugin");
        extension.flush(&mut handle, &events.as_input(), &mut EventBuffer::new().as_output());
    }

    pub fn save(&mut self) -> Vec<u8> {
        let extension: PluginState = self.extension();
        let mut state = Vec::new();
        extension.save(&self.instance.plugin_handle(), &mut state).expect("the state saves");
        state
    }

    pub fn load(&mut self, mut state: &[u8]) {
        let extension: PluginState = self.extension();
        extension.load(&self.instance.plugin_handle(), &mut state).expect("the state loads");
    }

    /// Has the plugin load a preset. Whether it did.
    pub fn load_preset(&mut self, location: Location, key: Option<&CStr>) -> bool {
        let extension: PluginPresetLoad = self.extension();
        extension.load_from_location(&self.instance.plugin_handle(), location, key).is_ok()
    }

    /// What the plugin told of presets since the last call, a line each.
    pub fn take_told(&mut self) -> Vec<String> {
        self.instance.access_handler(|main| main.told.take())
    }

    /// Renders `main` (the same in both channels) with `side` in the side chain, silence where there is none.
    /// Returns both channels and the latency that was reported.
    pub fn render(&mut self, drive: Drive, main: &[f32], side: Option<&[f32]>) -> ([Vec<f32>; 2], usize) {
        self.run(drive, |audio| process_all(audio, drive, drive.block_samples, main, side))
    }

    /// [`Session::render`] in blocks that are shorter than the longest one announced.
    pub fn render_cut(&mut self, drive: Drive, block_samples: usize, main: &[f32]) -> ([Vec<f32>; 2], usize) {
        self.run(drive, |audio| process_all(audio, drive, block_samples, main, None))
    }

    /// [`Session::render`] as fast as blocks come, whatever the plugin was told of the time.
    pub fn render_unpaced(&mut self, drive: Drive, main: &[f32]) -> ([Vec<f32>; 2], usize) {
        let unpaced = Drive { offline: true, ..drive };
        self.run(drive, |audio| process_all(audio, unpaced, drive.block_samples, main, None))
    }

    /// Sets a parameter while the plugin runs, and lets it run on until it asks for a restart. False where it has
    /// not done so for half a minute.
    pub fn runs_until_restart(&mut self, drive: Drive, name: &str, value: f64) -> bool {
        let change = ParamValueEvent::new(0, self.id_of(name), Pckn::match_all(), value);
        let (block, start) = (vec![0.0; drive.block_samples], Instant::now());
        let (asked, _) = self.run(drive, |audio| {
            let mut events = EventBuffer::new();
            events.push(&change);
            process_block(audio, [&block, &block], &mut [block.clone(), block.clone()], true, &events);
            loop {
                if audio.access_shared_handler(|requests| requests.restart.load(Ordering::SeqCst)) {
                    return true;
                } else if start.elapsed() > Duration::from_secs(30) {
                    return false;
                }
                process_all(audio, drive, drive.block_samples, &block, None);
            }
        });
        asked
    }

    /// Activates, works, and deactivates. Also returns the latency that was reported.
    fn run<T>(
        &mut self,
        drive: Drive,
        work: impl FnOnce(&mut StartedPluginAudioProcessor<Host>) -> T,
    ) -> (T, usize) {
        let mode = if drive.offline { RenderMode::Offline } else { RenderMode::Realtime };
        let render: PluginRender = self.extension();
        render.set(&self.instance.plugin_handle(), mode).expect("the plugin takes every render mode");
        let configuration = PluginAudioConfiguration {
            sample_rate: f64::from(drive.rate_hz),
            min_frames_count: 1,
            max_frames_count: drive.block_samples as u32,
        };
        let stopped = self.instance.activate(|_, _| (), configuration).expect("the plugin activates");
        let latency: PluginLatency = self.extension();
        let latency_samples = latency.get(&self.instance.plugin_handle()) as usize;
        let mut audio = stopped.start_processing().expect("processing starts");
        let answer = work(&mut audio);
        self.instance.deactivate(audio.stop_processing());
        (answer, latency_samples)
    }
}
