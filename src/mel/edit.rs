//! What the user does to mel frames before they are rendered: freeze, smear, detail, shift, tilt.

use super::{BandSmoothing, Dialect, MelEditSettings, Spectrum};

/// Where the tilt turns.
const TILT_PIVOT_HZ: f64 = 1000.0;
/// The slowest that smeared bands rise, as what is left of the frame before: within half a second. They fall as slowly as is
/// asked for.
const SLOWEST_RISE: f32 = 0.97;
/// The largest shift either way.
const MOST_SEMITONES: f32 = 48.0;

/// Edits the frames of one stream. With neutral settings frames pass bit for bit. Real-time but for `new`.
pub struct MelEdit {
    dialect: Dialect,
    /// The centre of every band.
    centres_hz: Vec<f64>,
    /// The semitones that `sources` were worked out for, and the bands that bands are taken from, as fractions.
    shift_semitones: f32,
    sources: Vec<f32>,
    /// The tilt that `gains` were worked out for, and what the bands' values (not their compressed form) are scaled by.
    tilt_db_per_octave: f32,
    gains: Vec<f32>,
    smoothing: BandSmoothing,
    channels: Vec<ChannelMemory>,
    scratch: Vec<f32>,
}

/// What one channel remembers.
struct ChannelMemory {
    /// The frame that freeze holds: the latest one before it, unedited.
    held: Vec<f32>,
    /// The latest smeared frame.
    smeared: Vec<f32>,
    /// Whether there has been a frame.
    begun: bool,
}

impl MelEdit {
    /// An edit of `channels` streams of frames in `dialect`.
    pub fn new(dialect: &Dialect, channels: usize) -> Self {
        let n_mels = dialect.n_mels;
        let mut edit = Self {
            centres_hz: Vec::with_capacity(n_mels),
            shift_semitones: 0.0,
            sources: (0..n_mels).map(|band| band as f32).collect(),
            tilt_db_per_octave: 0.0,
            gains: vec![1.0; n_mels],
            channels: (0..channels)
                .map(|_| ChannelMemory { held: vec![0.0; n_mels], smeared: vec![0.0; n_mels], begun: false })
                .collect(),
            scratch: vec![0.0; n_mels],
            smoothing: BandSmoothing::new(dialect),
            dialect: dialect.clone(),
        };
        let (low, step) = edit.axis();
        let centres = (0..n_mels).map(|band| dialect.scale.hz(low + step * (band + 1) as f64));
        edit.centres_hz.extend(centres);
        edit
    }

    /// Forgets all frames: as new.
    pub fn reset(&mut self) {
        for memory in &mut self.channels {
            memory.begun = false;
        }
    }

    /// Edits the next `frame` of `channel`, `[n_mels]`, in place.
    pub fn apply(&mut self, channel: usize, frame: &mut [f32], settings: &MelEditSettings) {
        self.channels[channel].hold(frame, settings);
        self.smoothing.apply(frame, settings.detail);
        if settings.shift_semitones != 0.0 {
            self.prepare_shift(settings.shift_semitones.clamp(-MOST_SEMITONES, MOST_SEMITONES));
            self.shift(frame);
        }
        if settings.tilt_db_per_octave != 0.0 {
            self.prepare_tilt(settings.tilt_db_per_octave);
            self.tilt(frame);
        }
    }

    /// The mel axis: the lowest edge, and the distance of centres.
    fn axis(&self) -> (f64, f64) {
        let (scale, dialect) = (self.dialect.scale, &self.dialect);
        let (low, high) = (scale.mel(dialect.fmin_hz.into()), scale.mel(dialect.fmax_hz.into()));
        (low, (high - low) / (dialect.n_mels + 1) as f64)
    }

    fn prepare_shift(&mut self, semitones: f32) {
        if semitones == self.shift_semitones {
            return;
        }
        self.shift_semitones = semitones;
        let (low, step) = self.axis();
        let down = (-f64::from(semitones) / 12.0).exp2();
        for (source, &centre_hz) in self.sources.iter_mut().zip(&self.centres_hz) {
            *source = ((self.dialect.scale.mel(centre_hz * down) - low) / step - 1.0) as f32;
        }
    }

    /// Reads the frame at other places of the frequency axis, linearly between bands. Below the lowest band that one
    /// goes on, above the highest there is silence.
    fn shift(&mut self, frame: &mut [f32]) {
        let silence = self.dialect.silence();
        self.scratch.copy_from_slice(frame);
        let old = |band: usize| self.scratch.get(band).copied().unwrap_or(silence);
        for (new, &source) in frame.iter_mut().zip(&self.sources) {
            let source = source.max(0.0);
            let (below, between) = (source as usize, source.fract());
            *new = old(below) + between * (old(below + 1) - old(below));
        }
    }

    fn prepare_tilt(&mut self, db_per_octave: f32) {
        if db_per_octave == self.tilt_db_per_octave {
            return;
        }
        self.tilt_db_per_octave = db_per_octave;
        // A band of powers takes the gain twice.
        let db_per_decade = if self.dialect.spectrum == Spectrum::Power { 10.0 } else { 20.0 };
        for (gain, &centre_hz) in self.gains.iter_mut().zip(&self.centres_hz) {
            let db = f64::from(db_per_octave) * (centre_hz / TILT_PIVOT_HZ).log2();
            *gain = 10f64.powf(db.clamp(-120.0, 120.0) / db_per_decade) as f32;
        }
    }

    fn tilt(&self, frame: &mut [f32]) {
        let (compression, silence) = (self.dialect.compression, self.dialect.silence());
        for (value, &gain) in frame.iter_mut().zip(&self.gains) {
            // Silence has no level that could be scaled.
            if *value != silence {
                *value = compression.compress(compression.expand(*value) * gain);
            }
        }
    }
}

impl ChannelMemory {
    /// Freeze, then smear.
    fn hold(&mut self, frame: &mut [f32], settings: &MelEditSettings) {
        if settings.freeze && self.begun {
            frame.copy_from_slice(&self.held);
        } else {
            self.held.copy_from_slice(frame);
        }
        let smear = if self.begun { settings.smear.clamp(0.0, 0.9995) } else { 0.0 };
        if smear > 0.0 {
            for (value, &before) in frame.iter_mut().zip(&self.smeared) {
                let kept = if *value > before { smear.min(SLOWEST_RISE) } else { smear };
                *value += kept * (before - *value);
            }
        }
        self.smeared.copy_from_slice(frame);
        self.begun = true;
    }
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
