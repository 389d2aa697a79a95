//! What the user turns: read once per block, and by the worker once per chunk.

use super::RenderSettings;

/// Which input the mel frames are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MelFrom {
    /// The main input.
    #[default]
    Main,
    /// The side chain; silence while it is not connected.
    SideChain,
}

/// What the network starts from where the strength is below 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Carrier {
    /// Nothing but noise.
    #[default]
    Noise,
    /// The main input.
    Main,
    /// The side chain; silence while it is not connected.
    SideChain,
}

/// What is heard while rendered sound is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OnUnderrun {
    /// The main input, aligned to the latency.
    #[default]
    Dry,
    /// Nothing.
    Silence,
}

/// The controls of one block.
///
/// Gains move to a new value over [`Controls::RAMP_MS`]; everything about mel frames counts from the next frame,
/// and `carrier` and `settings` from the next chunk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Controls {
    /// Where the mel frames come from.
    pub mel_from: MelFrom,
    /// What the network starts from.
    pub carrier: Carrier,
    /// How windows are rendered.
    pub settings: RenderSettings,
    /// 0 is dry, 1 is rendered; linear in between.
    pub mix: f32,
    /// Linear gain of the mix; bypassed sound does not pass it.
    pub output_gain: f32,
    /// Whether the latency-aligned main input is heard and nothing else.
    pub bypass: bool,
    /// What is heard while rendered sound is missing.
    pub on_underrun: OnUnderrun,
    /// Shift of the mel frames along the frequency axis.
    pub shift_semitones: f32,
    /// Slope of the mel frames around 1 kHz.
    pub tilt_db_per_octave: f32,
    /// Smoothing over frames, from 0 (none) to 1 (almost still): the weight of the frame before.
    pub smear: f32,
    /// Whether the current mel frame is held.
    pub freeze: bool,
}

impl Controls {
    /// How long a gain takes to reach a new value.
    pub const RAMP_MS: f32 = 10.0;

    /// The same with every mel and render control that is not finite at its neutral value.
    pub(super) fn finite(mut self) -> Self {
        let neutral = Self::default();
        let fix = |value: &mut f32, neutral: f32| {
            if !value.is_finite() {
                *value = neutral;
            }
        };
        fix(&mut self.settings.temperature, neutral.settings.temperature);
        fix(&mut self.settings.strength, neutral.settings.strength);
        fix(&mut self.settings.coherence, neutral.settings.coherence);
        fix(&mut self.shift_semitones, neutral.shift_semitones);
        fix(&mut self.tilt_db_per_octave, neutral.tilt_db_per_octave);
        fix(&mut self.smear, neutral.smear);
        self
    }
}

impl Default for Controls {
    fn default() -> Self {
        Self {
            mel_from: MelFrom::Main,
            carrier: Carrier::Noise,
            settings: RenderSettings::default(),
            mix: 1.0,
            output_gain: 1.0,
            bypass: false,
            on_underrun: OnUnderrun::Dry,
            shift_semitones: 0.0,
            tilt_db_per_octave: 0.0,
            smear: 0.0,
            freeze: false,
        }
    }
}
