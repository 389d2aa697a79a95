//! What a user asks of mel frames.

/// What is done to mel frames.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MelEditSettings {
    /// Shift along the frequency axis.
    pub shift_semitones: f32,
    /// Slope around 1 kHz.
    pub tilt_db_per_octave: f32,
    /// Smoothing over frames, from 0 (none) to 1 (almost still): the weight of the frame before.
    pub smear: f32,
    /// Whether the current frame is held.
    pub freeze: bool,
}

impl MelEditSettings {
    /// The same with every number that is not finite at its neutral value: a host may send anything. Real-time.
    pub fn finite(mut self) -> Self {
        for value in [&mut self.shift_semitones, &mut self.tilt_db_per_octave, &mut self.smear] {
            if !value.is_finite() {
                *value = 0.0;
            }
        }
        self
    }
}
