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
mod tests {
    use super::*;

    fn ramp(n_mels: usize) -> Vec<f32> {
        (0..n_mels).map(|band| -8.0 + 0.05 * band as f32).collect()
    }

    fn edited(edit: &mut MelEdit, frame: &[f32], settings: &MelEditSettings) -> Vec<f32> {
        let mut frame = frame.to_vec();
        edit.apply(0, &mut frame, settings);
        frame
    }

    #[test]
    fn neutral_settings_change_no_bit() {
        for name in Dialect::names() {
            let dialect = Dialect::named(name).unwrap();
            let mut edit = MelEdit::new(&dialect, 1);
            for scale in [1.0, 0.1, -0.3] {
                let frame: Vec<f32> = ramp(dialect.n_mels).iter().map(|value| value * scale).collect();
                assert_eq!(edited(&mut edit, &frame, &MelEditSettings::default()), frame, "{name}");
            }
        }
    }

    #[test]
    fn an_octave_up_moves_a_peak_to_twice_its_frequency() {
        let dialect = Dialect::named("hifigan").unwrap();
        let mut edit = MelEdit::new(&dialect, 1);
        let mut frame = vec![dialect.silence(); dialect.n_mels];
        frame[20] = 0.0;
        let peak_hz = edit.centres_hz[20];
        let shifted =
            edited(&mut edit, &frame, &MelEditSettings { shift_semitones: 12.0, ..MelEditSettings::default() });
        let peak = (0..shifted.len()).max_by(|&a, &b| shifted[a].total_cmp(&shifted[b])).unwrap();
        let spacing_hz = edit.centres_hz[peak + 1] - edit.centres_hz[peak];
        assert!((edit.centres_hz[peak] - 2.0 * peak_hz).abs() <= spacing_hz, "{peak}");
        // What would come from above the highest band is silence.
        let low = MelEditSettings { shift_semitones: -12.0, ..MelEditSettings::default() };
        let shifted = edited(&mut edit, &vec![0.0; dialect.n_mels], &low);
        assert_eq!(*shifted.last().unwrap(), dialect.silence());
        assert_eq!(shifted[0], 0.0);
    }

    #[test]
    fn tilt_scales_bands_by_their_octaves_from_1_khz() {
        for (name, per_db) in
            [("hifigan", 10f32.ln() / 20.0), ("lmnt-diffwave", 0.01), ("ivanvovk-wavegrad", 0.1)]
        {
            let dialect = Dialect::named(name).unwrap();
            let mut edit = MelEdit::new(&dialect, 1);
            let frame = vec![0.45; dialect.n_mels];
            let tilted = edited(
                &mut edit,
                &frame,
                &MelEditSettings { tilt_db_per_octave: 3.0, ..MelEditSettings::default() },
            );
            for (band, value) in tilted.iter().enumerate() {
                let db = 3.0 * (edit.centres_hz[band] / 1000.0).log2() as f32;
                assert!((value - 0.45 - db * per_db).abs() < 1e-4, "{name} {band}");
            }
            let silent = vec![dialect.silence(); dialect.n_mels];
            let loud = MelEditSettings { tilt_db_per_octave: 12.0, ..MelEditSettings::default() };
            assert_eq!(edited(&mut edit, &silent, &loud), silent, "{name}");
        }
    }

    #[test]
    fn freeze_holds_and_smear_decays_and_reset_forgets() {
        let dialect = Dialect::named("hifigan").unwrap();
        let mut edit = MelEdit::new(&dialect, 1);
        let (low, high) = (vec![-4.0; 80], vec![0.0; 80]);
        let freeze = MelEditSettings { freeze: true, ..MelEditSettings::default() };
        assert_eq!(edited(&mut edit, &low, &freeze), low, "the first frame is what there is to hold");
        assert_eq!(edited(&mut edit, &high, &freeze), low);
        assert_eq!(edited(&mut edit, &high, &MelEditSettings::default()), high);
        let smear = MelEditSettings { smear: 0.5, ..MelEditSettings::default() };
        assert_eq!(edited(&mut edit, &low, &smear)[7], -2.0);
        assert_eq!(edited(&mut edit, &low, &smear)[7], -3.0);
        edit.reset();
        assert_eq!(edited(&mut edit, &high, &smear), high);
    }

    #[test]
    fn what_is_smeared_most_is_heard_soon_and_long() {
        let dialect = Dialect::named("hifigan").unwrap();
        let mut edit = MelEdit::new(&dialect, 1);
        let (silence, sound) = (vec![dialect.silence(); 80], vec![0.0; 80]);
        let smear = MelEditSettings { smear: 1.0, ..MelEditSettings::default() };
        edited(&mut edit, &silence, &smear);
        let mut after = |frame: &[f32], frames: usize| {
            (0..frames).map(|_| edited(&mut edit, frame, &smear)[7]).last().unwrap()
        };
        assert!(after(&sound, 60) > 0.2 * dialect.silence());
        assert!(after(&silence, 100) > 0.25 * dialect.silence());
    }
}
