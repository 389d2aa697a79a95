//! The plugin's own functions, for calls that no library for hosts makes.

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::ext::render::{CLAP_EXT_RENDER, CLAP_RENDER_OFFLINE, CLAP_RENDER_REALTIME, clap_plugin_render};
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};
use std::ptr::{null, null_mut};

/// A port's channels: none where the host has no pointers for the port, or none for a channel of it.
pub type Port = Option<Vec<Option<Vec<f32>>>>;

/// How many channels a port without pointers claims to have.
const CHANNELS: u32 = 2;

/// A plugin, called straight.
pub struct Raw<'a>(pub &'a clap_plugin);

impl Raw<'_> {
    pub fn activate(&self, rate_hz: f64, most_frames: u32) -> bool {
        // SAFETY: the plugin is initialized and inactive, and this is its main thread.
        unsafe { (self.0.activate.expect("an activate"))(self.0, rate_hz, 1, most_frames) }
    }

    /// Tells the plugin how it is rendered from here on.
    pub fn set_offline(&self, offline: bool) {
        // SAFETY: the plugin is initialized, and what it answers under this name is of this type.
        unsafe {
            let render = (self.0.get_extension.expect("a get_extension"))(self.0, CLAP_EXT_RENDER.as_ptr());
            let set = (*render.cast::<clap_plugin_render>()).set.expect("a set");
            assert!(set(self.0, if offline { CLAP_RENDER_OFFLINE } else { CLAP_RENDER_REALTIME }));
        }
    }

    pub fn deactivate(&self) {
        // SAFETY: the plugin is active and not processing.
        unsafe { (self.0.deactivate.expect("a deactivate"))(self.0) }
    }

    pub fn start(&self) -> bool {
        // SAFETY: the plugin is active and not processing.
        unsafe { (self.0.start_processing.expect("a start_processing"))(self.0) }
    }

    pub fn stop(&self) {
        // SAFETY: the plugin is processing.
        unsafe { (self.0.stop_processing.expect("a stop_processing"))(self.0) }
    }

    /// One block of `frames`, as long as every channel is. Whether it was processed.
    pub fn process(&self, inputs: &mut [Port], outputs: &mut [Port], frames: usize) -> bool {
        let mut pointers: Vec<Vec<*mut f32>> =
            inputs.iter_mut().chain(&mut *outputs).map(pointers_of).collect();
        let mut buffers =
            inputs.iter().chain(&*outputs).zip(&mut pointers).map(|(port, pointers)| clap_audio_buffer {
                data32: if port.is_some() { pointers.as_mut_ptr() } else { null_mut() },
                data64: null_mut(),
                channel_count: port.as_ref().map_or(CHANNELS, |channels| channels.len() as u32),
                latency: 0,
                constant_mask: 0,
            });
        let audio_inputs: Vec<clap_audio_buffer> = buffers.by_ref().take(inputs.len()).collect();
        let mut audio_outputs: Vec<clap_audio_buffer> = buffers.collect();
        let block = clap_process {
            steady_time: -1,
            frames_count: frames as u32,
            transport: null(),
            audio_inputs: audio_inputs.as_ptr(),
            audio_outputs: audio_outputs.as_mut_ptr(),
            audio_inputs_count: audio_inputs.len() as u32,
            audio_outputs_count: audio_outputs.len() as u32,
            in_events: null(),
            out_events: null(),
        };
        // SAFETY: the plugin is processing, and all that is not null points to `frames` samples of vectors that live on.
        unsafe { (self.0.process.expect("a process"))(self.0, &block) != CLAP_PROCESS_ERROR }
    }
}

/// The pointers to a port's channels.
fn pointers_of(port: &mut Port) -> Vec<*mut f32> {
    let channels = port.iter_mut().flatten();
    channels.map(|channel| channel.as_mut().map_or(null_mut(), |channel| channel.as_mut_ptr())).collect()
}
