//! What the host automates, and what it saves beside that.

use crate::choices::{Carrier, LatencyMode, MelFrom, ModelChoice, OnUnderrun, OscSettings, SavedModel};
use crate::settings::EditorSettings;
use nice_plug::prelude::*;
use parking_lot::{Mutex, RwLock};
use remel::mel::MelEditSettings;
use remel::render::{Request, ScheduleChoice};
use remel::stream;
use remel::vocoder::FileRequest;
use std::sync::Arc;

/// All parameters. An id never changes once released: hosts and saved states go by it.
#[derive(Params)]
pub struct RemelParams {
    /// The model and its device: those that were last there.
    #[persist = "model"]
    pub model: Arc<RwLock<SavedModel>>,
    /// Where mel frames are listened for.
    #[persist = "osc"]
    pub osc: Arc<RwLock<OscSettings>>,
    /// The name of the preset that was last chosen; none before.
    #[persist = "preset"]
    pub preset: Arc<RwLock<String>>,
    /// What the user has chosen instead, until the loader takes it. Nothing of it is saved before it has proved good.
    pub attempt: Mutex<Option<ModelChoice>>,
    /// How the user likes the editor.
    #[persist = "editor"]
    pub editor: Arc<RwLock<EditorSettings>>,
    /// Vocoded against dry, 0 to 1. The first of a host's list, and one without steps for JUCE's sake: until a state is
    /// loaded it remembers where between two steps a host has set a parameter, and takes the step for a change.
    #[id = "mix"]
    pub mix: FloatParam,
    /// Where the mel frames come from.
    #[id = "mel_from"]
    pub mel_from: EnumParam<MelFrom>,
    /// What sampling starts from.
    #[id = "carrier"]
    pub carrier: EnumParam<Carrier>,
    /// How far the carrier is noised, 0 to 1; 1 is pure noise.
    #[id = "strength"]
    pub strength: FloatParam,
    /// Network evaluations; 0 is the model's own schedule.
    #[id = "steps"]
    pub steps: IntParam,
    /// Scale of every Gaussian.
    #[id = "temperature"]
    pub temperature: FloatParam,
    /// Which noise.
    #[id = "seed"]
    pub seed: IntParam,
    /// Share of the sound whose phases are reconstructed, 0 to 1, where the model says how.
    #[id = "coherence"]
    pub coherence: FloatParam,
    /// Holds the mel frame.
    #[id = "freeze"]
    pub freeze: BoolParam,
    /// Shift of the mel axis in semitones.
    #[id = "shift"]
    pub shift: FloatParam,
    /// Tilt of the mel frame in dB per octave.
    #[id = "tilt"]
    pub tilt: FloatParam,
    /// Smoothing over frames, 0 to 1.
    #[id = "smear"]
    pub smear: FloatParam,
    /// What is left of the detail over bands, 0 to 1: at half of it the formants, without pitch.
    #[id = "detail"]
    pub detail: FloatParam,
    /// Chunk and look-ahead.
    #[id = "latency"]
    pub latency: EnumParam<LatencyMode>,
    /// Output gain.
    #[id = "output"]
    pub output: FloatParam,
    /// The dry signal at the same latency.
    #[id = "bypass"]
    pub bypass: BoolParam,
    /// What is heard while the worker is late.
    #[id = "on_underrun"]
    pub on_underrun: EnumParam<OnUnderrun>,
}

impl Default for RemelParams {
    fn default() -> Self {
        Self {
            model: Arc::default(),
            osc: Arc::default(),
            preset: Arc::default(),
            attempt: Mutex::default(),
            editor: Arc::default(),
            mix: percent("Mix", 1.0),
            mel_from: EnumParam::new("Mel from", MelFrom::Main),
            carrier: EnumParam::new("Carrier", Carrier::Noise),
            strength: percent("Strength", 1.0),
            steps: steps(),
            temperature: plain("Temperature", 1.0, 0.0, 1.5, "", 2),
            seed: IntParam::new("Seed", 0, IntRange::Linear { min: 0, max: 9999 }),
            coherence: percent("Coherence", 1.0),
            freeze: BoolParam::new("Freeze", false),
            shift: plain("Shift", 0.0, -12.0, 12.0, " st", 1),
            tilt: plain("Formant tilt", 0.0, -6.0, 6.0, " dB/oct", 1),
            smear: percent("Smear", 0.0),
            detail: percent("Detail", 1.0),
            latency: EnumParam::new("Latency", LatencyMode::Balanced).non_automatable(),
            output: gain("Output"),
            bypass: BoolParam::new("Bypass", false).make_bypass(),
            on_underrun: EnumParam::new("On underrun", OnUnderrun::Dry),
        }
    }
}

impl RemelParams {
    /// What the user has chosen, whether it is there yet or not.
    pub fn chosen(&self) -> ModelChoice {
        let attempt = self.attempt.lock().clone();
        attempt.unwrap_or_else(|| self.model.read().choice.clone())
    }

    /// Has `choice` tried, even if it is the one that runs: the same path may hold another model by then.
    pub fn choose(&self, choice: ModelChoice) {
        *self.attempt.lock() = Some(choice);
    }

    /// Where mel frames are listened for; nowhere while they come from elsewhere.
    pub fn port(&self) -> Option<OscSettings> {
        (self.mel_from.value() == MelFrom::Osc).then(|| self.osc.read().clone())
    }

    /// All whose values are real numbers, with their ids.
    pub fn floats(&self) -> [(&'static str, &FloatParam); 9] {
        [
            ("strength", &self.strength),
            ("temperature", &self.temperature),
            ("coherence", &self.coherence),
            ("shift", &self.shift),
            ("tilt", &self.tilt),
            ("smear", &self.smear),
            ("detail", &self.detail),
            ("mix", &self.mix),
            ("output", &self.output),
        ]
    }

    /// All whose values are whole numbers, with their ids.
    pub fn counts(&self) -> [(&'static str, &IntParam); 2] {
        [("steps", &self.steps), ("seed", &self.seed)]
    }

    /// What the stream is told with every block.
    pub fn controls(&self) -> stream::Controls {
        stream::Controls {
            mel_from: match self.mel_from.value() {
                MelFrom::Main => stream::MelFrom::Main,
                MelFrom::SideChain => stream::MelFrom::SideChain,
                MelFrom::Osc => stream::MelFrom::Feed,
            },
            carrier: match self.carrier.value() {
                Carrier::Noise => stream::Carrier::Noise,
                Carrier::Main => stream::Carrier::Main,
                Carrier::SideChain => stream::Carrier::SideChain,
            },
            request: Request {
                schedule: match self.steps.value().unsigned_abs() {
                    0 => ScheduleChoice::Fast,
                    steps => ScheduleChoice::Steps(steps as usize),
                },
                temperature: self.temperature.value(),
                strength: self.strength.value(),
                seed: u64::from(self.seed.value().unsigned_abs()),
                coherence: self.coherence.value(),
                ..Request::default()
            },
            edit: MelEditSettings {
                shift_semitones: self.shift.value(),
                tilt_db_per_octave: self.tilt.value(),
                smear: self.smear.value(),
                detail: self.detail.value(),
                freeze: self.freeze.value(),
            },
            mix: stream::MixSettings {
                wet: self.mix.value(),
                output_gain: self.output.value(),
                bypass: self.bypass.value(),
                on_underrun: match self.on_underrun.value() {
                    OnUnderrun::Dry => stream::OnUnderrun::Dry,
                    OnUnderrun::Silence => stream::OnUnderrun::Silence,
                },
            },
        }
    }
}

impl RemelParams {
    /// How a file is rendered with these settings, and by how much it is louder then.
    pub fn file_request(&self) -> (FileRequest, f32) {
        let controls = self.controls();
        let mut request = controls.request;
        if controls.carrier == stream::Carrier::Noise {
            request.strength = 1.0;
        }
        let file = FileRequest { request, edit: controls.edit, mix: controls.mix.wet, plan: None };
        (file, controls.mix.output_gain)
    }
}

/// A linear parameter with a unit and so many decimals.
fn plain(name: &str, default: f32, min: f32, max: f32, unit: &'static str, decimals: usize) -> FloatParam {
    FloatParam::new(name, default, FloatRange::Linear { min, max })
        .with_unit(unit)
        .with_value_to_string(formatters::v2s_f32_rounded(decimals))
}

/// A share, 0 to 1, shown in percent.
fn percent(name: &str, default: f32) -> FloatParam {
    FloatParam::new(name, default, FloatRange::Linear { min: 0.0, max: 1.0 })
        .with_unit(" %")
        .with_value_to_string(formatters::v2s_f32_percentage(0))
        .with_string_to_value(formatters::s2v_f32_percentage())
}

/// A gain of −∞ to +12 dB, stored linear; the stream smooths it.
fn gain(name: &str) -> FloatParam {
    let range = FloatRange::Skewed {
        min: 0.0,
        max: util::db_to_gain(12.0),
        factor: FloatRange::gain_skew_factor(util::MINUS_INFINITY_DB, 12.0),
    };
    FloatParam::new(name, 1.0, range)
        .with_unit(" dB")
        .with_value_to_string(formatters::v2s_f32_gain_to_db(1))
        .with_string_to_value(formatters::s2v_f32_gain_to_db())
}

/// Network evaluations: 1 to 12, and "Model" for the model's own schedule.
fn steps() -> IntParam {
    IntParam::new("Steps", 0, IntRange::Linear { min: 0, max: 12 })
        .with_value_to_string(Arc::new(|value| if value == 0 { "Model".to_owned() } else { value.to_string() }))
        .with_string_to_value(Arc::new(|text| {
            if text.trim().eq_ignore_ascii_case("model") { Some(0) } else { text.trim().parse().ok() }
        }))
}

#[cfg(test)]
#[path = "params_tests.rs"]
mod tests;
