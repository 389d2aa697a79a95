//! What a user asks of mel frames.

/// What is done to mel frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MelEditSettings {
    /// Shift along the frequency axis.
    pub shift_semitones: f32,
    /// Slope around 1 kHz.
    pub tilt_db_per_octave: f32,
    /// Smoothing over frames, from 0 (none) to 1 (almost still): the weight of the frame before. What rises takes half a second at
    /// most.
    pub smear: f32,
    /// How much of the detail along bands is kept, from 1 (all of it) to 0: see [`super::BandSmoothing`].
    pub detail: f32,
    /// Whether the current frame is held.
    pub freeze: bool,
}

impl Default for MelEditSettings {
    /// Frames as they are.
    fn default() -> Self {
        Self { shift_semitones: 0.0, tilt_db_per_octave: 0.0, smear: 0.0, detail: 1.0, freeze: false }
    }
}

impl MelEditSettings {
    /// The same with every number that is not finite at its neutral value: a host may send anything. Real-time.
    pub fn finite(mut self) -> Self {
        let neutral = Self::default();
        let fix = |value: &mut f32, neutral: f32| {
            if !value.is_finite() {
                *value = neutral;
            }
        };
        fix(&mut self.shift_semitones, neutral.shift_semitones);
        fix(&mut self.tilt_db_per_octave, neutral.tilt_db_per_octave);
        fix(&mut self.smear, neutral.smear);
        fix(&mut self.detail, neutral.detail);
        self
    }
}
