//! Remel as a CLAP and VST3 plugin, and the standalone program's contents.
//!
//! Three threads meet here: the audio thread calls [`Remel::process`], which only passes blocks to a stream; the
//! loader's thread opens models and streams; the host's main thread draws the editor.

mod choices;
mod editor;
mod loader;
mod model;
mod params;
mod report;
mod setup;
mod shared;

use loader::Loader;
use nice_plug::prelude::*;
use params::RemelParams;
use remel::stream::StreamSlot;
use report::Report;
use setup::Setup;
use std::sync::Arc;

/// One instance of the plugin.
pub struct Remel {
    params: Arc<RemelParams>,
    report: Arc<Report>,
    loader: Loader,
    slot: StreamSlot,
    /// How long sound goes on after the input has ended.
    tail_samples: u32,
}

impl Default for Remel {
    fn default() -> Self {
        let (params, report) = (Arc::new(RemelParams::default()), Arc::new(Report::default()));
        let loader = Loader::new(params.clone(), report.clone());
        Self { params, report, loader, slot: StreamSlot::new(None).0, tail_samples: 0 }
    }
}

/// A layout of `channels` in the main input and output, with `side` chains.
const fn layout(channels: u32, side: &'static [NonZeroU32]) -> AudioIOLayout {
    AudioIOLayout {
        main_input_channels: NonZeroU32::new(channels),
        main_output_channels: NonZeroU32::new(channels),
        aux_input_ports: side,
        aux_output_ports: &[],
        names: PortNames { aux_inputs: &["Side chain"], ..PortNames::const_default() },
    }
}

/// Stereo has a side chain. Mono has none: nice-plug's VST3 wrapper matches a mono track to a mono side chain
/// whatever the host has there, and then reads channels that are not.
const LAYOUTS: &[AudioIOLayout] = &[layout(2, &[new_nonzero_u32(2)]), layout(1, &[])];

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
        RemelParams::hold_to_ranges(state);
    }

    fn editor(&mut self, _executor: AsyncExecutor<Self>) -> Option<Self::Editor> {
        editor::create(self.params.clone(), self.report.clone())
    }

    fn activate(
        &mut self,
        layout: &AudioIOLayout,
        buffer: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        let setup = Setup {
            rate_hz: buffer.sample_rate.round() as u32,
            channels: layout.main_output_channels.map_or(0, |channels| channels.get() as usize),
            max_block_samples: buffer.max_buffer_size as usize,
            offline: buffer.process_mode == ProcessMode::Offline,
            free_latency: context.plugin_api() == PluginApi::Standalone,
        };
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
        self.slot.reset();
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
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
        // A host may stop calling where nothing sounds any more, and only there.
        if self.slot.is_asleep() { ProcessStatus::Normal } else { ProcessStatus::Tail(self.tail_samples) }
    }

    fn deactivate(&mut self) {
        self.loader.deactivate();
        self.slot = StreamSlot::new(None).0;
    }
}

impl ClapPlugin for Remel {
    const CLAP_ID: &'static str = "org.remel.remel";
    const CLAP_DESCRIPTION: Option<&'static str> = Some("Real-time diffusion vocoder");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] =
        &[ClapFeature::AudioEffect, ClapFeature::Stereo, ClapFeature::Mono, ClapFeature::Custom("vocoder")];
}

impl Vst3Plugin for Remel {
    const VST3_CLASS_ID: [u8; 16] = *b"RemelDiffVocoder";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] =
        &[Vst3SubCategory::Fx, Vst3SubCategory::Modulation, Vst3SubCategory::Stereo];
}

nice_export_clap!(Remel);
nice_export_vst3!(Remel);
