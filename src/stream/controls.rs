//! What the user turns: read once per block, and by the worker once per chunk.

use crate::mel::MelEditSettings;
use crate::render::Request;

/// Where the mel frames come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MelFrom {
    /// The main input.
    #[default]
    Main,
    /// The side chain; silence while it is not connected.
    SideChain,
    /// What [`super::MelFeed`] was given, the same for all channels; silence while that is nothing.
    Feed,
}

/// What the network starts from where the strength is below 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
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
#[non_exhaustive]
pub enum OnUnderrun {
    /// The main input, aligned to the latency.
    #[default]
    Dry,
    /// Nothing.
    Silence,
}

/// How rendered and dry sound become what is heard. Gains move to a new value over [`MixSettings::RAMP_MS`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MixSettings {
    /// 0 is dry, 1 is rendered; linear in between.
    pub wet: f32,
    /// Linear gain of the mix; bypassed sound does not pass it.
    pub output_gain: f32,
    /// Whether the latency-aligned main input is heard and nothing else.
    pub bypass: bool,
    /// What is heard while rendered sound is missing.
    pub on_underrun: OnUnderrun,
}

impl MixSettings {
    /// How long a gain takes to reach a new value.
    pub const RAMP_MS: f32 = 10.0;
}

impl Default for MixSettings {
    fn default() -> Self {
        Self { wet: 1.0, output_gain: 1.0, bypass: false, on_underrun: OnUnderrun::Dry }
    }
}

/// The controls of one block. Everything about mel frames counts from the next frame, and `carrier` and `request` from
/// the next chunk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Controls {
    /// Where the mel frames come from.
    pub mel_from: MelFrom,
    /// What is done to them.
    pub edit: MelEditSettings,
    /// What the network starts from.
    pub carrier: Carrier,
    /// How windows are rendered.
    pub request: Request,
    /// What is heard of it.
    pub mix: MixSettings,
}

impl Controls {
    /// The same with every mel and render control that is not finite at its neutral value. Real-time.
    pub(super) fn finite(&self) -> Self {
        Self { edit: self.edit.finite(), request: self.request.clone().finite(), ..self.clone() }
    }
}
