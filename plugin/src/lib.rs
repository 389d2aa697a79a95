//! Remel as a CLAP and VST3 plugin, and the standalone program's contents.
//!
//! Three threads meet here: the audio thread calls [`Remel::process`], which only passes blocks to a stream; the
//! loader's thread opens models and streams; the host's main thread draws the editor.

mod bounce;
mod catalogue;
mod choices;
mod drops;
mod editing;
mod editor;
mod history;
mod identity;
mod loader;
mod model;
mod osc;
mod params;
mod preset;
mod report;
mod search;
mod settings;
mod setup;
mod shared;
mod state;
mod values;

pub use editor::nodes;

use loader::Loader;
use nice_plug::prelude::*;
use params::RemelParams;
use remel::stream::StreamSlot;
use report::Report;
use setup::Setup;
use std::ffi::{CStr, c_void};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One instance of the plugin.
pub struct Remel {
    params: Arc<RemelParams>,
    report: Arc<Report>,
    loader: Loader,
    slot: StreamSlot,
    /// How long sound goes on after the input has ended.
    tail_samples: u32,
    /// When the host stopped calling, where it has said so.
    stopped: Option<Instant>,
    /// How long the host may have stopped for sound to go on where it was.
    nap: Duration,
}

/// How much longer than a block a host may stop, and have sound go on where it was: some stop after every block.
const NAP: Duration = Duration::from_millis(500);

impl Default for Remel {
    fn default() -> Self {
        let (params, report) = (Arc::new(RemelParams::default()), Arc::new(Report::default()));
        let loader = Loader::new(params.clone(), report.clone());
        let slot = StreamSlot::new(None).0;
        Self { params, report, loader, slot, tail_samples: 0, stopped: None, nap: NAP }
    }
}

/// A layout of `channels` in the main input and output, with `side` chains.
const fn layout(channels: u32, side: &'static [NonZeroU32; 1]) -> AudioIOLayout {
    AudioIOLayout {
        main_input_channels: NonZeroU32::new(channels),
        main_output_channels: NonZeroU32::new(channels),
        aux_input_ports: side,
        aux_output_ports: &[],
        names: PortNames { aux_inputs: &["Side chain"], ..PortNames::const_default() },
    }
}

/// Stereo and mono, each with a side chain: VST3 hosts change the channels of buses, never their number.
const LAYOUTS: &[AudioIOLayout] = &[layout(2, &[new_nonzero_u32(2)]), layout(1, &[new_nonzero_u32(1)])];

impl Plugin for Remel {
    const NAME: &'static str = "Remel";
    const VENDOR: &'static str = "Remel";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = LAYOUTS;

    type Editor = editor::RemelEditor;
    type SysExMessage = ();
    type BackgroundTask = ();

    fn params(&self) -> Arc<dyn Params> {
        self.params.clone()
    }

    fn filter_state(state: &mut PluginState) {
        state::hold_to_ranges(state);
    }

    fn editor(&mut self, _executor: AsyncExecutor<Self>) -> Option<Self::Editor> {
        Some(editor::RemelEditor::new(self.params.clone(), self.report.clone()))
    }

    fn activate(
        &mut self,
        layout: &AudioIOLayout,
        buffer: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        let free_latency = context.plugin_api() == PluginApi::Standalone;
        let setup = match Setup::of(layout, buffer, free_latency) {
            Ok(setup) => setup,
            Err(error) => {
                nice_error!("{error}");
                return false;
            }
        };
        self.stopped = None;
        self.nap = NAP + Duration::from_secs_f64(f64::from(buffer.max_buffer_size) / f64::from(setup.rate_hz));
        match self.loader.activate(setup) {
            Ok(activation) => {
                let latency_samples = u32::try_from(activation.latency_samples).unwrap_or(u32::MAX);
                self.slot = activation.slot;
                self.tail_samples = latency_samples.saturating_add(setup.rate_hz);
                context.set_latency_samples(latency_samples);
                true
            }
            Err(error) => {
                nice_error!("the loader's thread does not start: {error}");
                false
            }
        }
    }

    fn reset(&mut self) {
        self.stopped = None;
        self.slot.reset();
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        let offline = context.process_mode() == ProcessMode::Offline;
        self.slot.set_offline(offline);
        // What sounded before a long stop is not to be heard after it; offline no time has passed.
        if self.stopped.take().is_some_and(|stopped| !offline && stopped.elapsed() > self.nap) {
            self.slot.reset();
        }
        let controls = self.params.controls();
        match aux.inputs {
            [side, ..] => match side.as_slice_immutable() {
                [left, right, ..] => {
                    self.slot.process(buffer.as_slice(), Some(&[&**left, &**right]), &controls)
                }
                [mono] => self.slot.process(buffer.as_slice(), Some(&[&**mono]), &controls),
                [] => self.slot.process(buffer.as_slice(), None, &controls),
            },
            [] => self.slot.process(buffer.as_slice(), None, &controls),
        }
        if self.loader.wants_restart() {
            context.request_restart();
        }
        // A host may stop calling where nothing sounds any more, and only there: of what comes over the network it knows nothing.
        if self.params.mel_from.value() == choices::MelFrom::Osc {
            ProcessStatus::KeepAlive
        } else if self.slot.is_asleep() {
            ProcessStatus::Normal
        } else {
            ProcessStatus::Tail(self.tail_samples)
        }
    }

    fn stop_processing(&mut self) {
        self.stopped = Some(Instant::now());
    }

    fn deactivate(&mut self) {
        self.loader.deactivate();
        self.slot = StreamSlot::new(None).0;
    }
}

impl ClapPlugin for Remel {
    const CLAP_ID: &'static str = identity::CLAP_ID;
    const CLAP_DESCRIPTION: Option<&'static str> = Some("Real-time diffusion vocoder");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] =
        &[ClapFeature::AudioEffect, ClapFeature::Stereo, ClapFeature::Mono, ClapFeature::Custom("vocoder")];
    const CLAP_LOADS_PRESETS: bool = true;

    fn clap_factory(id: &CStr) -> *const c_void {
        preset::discovery::factory(id)
    }

    fn load_preset(
        location: PresetLocation<'_>,
        load_key: Option<&str>,
        state: PluginState,
    ) -> Result<PluginState, String> {
        preset::loaded(location, load_key, state)
    }
}

impl Vst3Plugin for Remel {
    const VST3_CLASS_ID: [u8; 16] = *b"RemelDiffVocoder";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] =
        &[Vst3SubCategory::Fx, Vst3SubCategory::Modulation, Vst3SubCategory::Stereo];
}

nice_export_clap!(Remel);
nice_export_vst3!(Remel);
