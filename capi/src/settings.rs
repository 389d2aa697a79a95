//! What a caller asks of a render.

use std::ptr;

use remel::Result;
use remel::mel::MelEditSettings;
use remel::network::Backend;
use remel::render::{Request, ScheduleChoice};
use remel::stream::{Carrier, Controls, LatencyMode, MelFrom, MixSettings, OnUnderrun};
use remel::vocoder::FileRequest;

/// Where networks run.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub enum RemelBackend {
    /// The CPU.
    Cpu = 0,
    /// A GPU, in a library that was built with the feature `gpu`.
    Gpu = 1,
}

/// Chunk and look-ahead of a stream, and so its latency.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub enum RemelLatencyMode {
    /// As little as the model allows.
    Live = 0,
    /// Longer chunks, less work.
    Balanced = 1,
    /// The model's full context.
    Studio = 2,
}

/// A sound that a stream has at hand.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub enum RemelSource {
    /// None: noise for a carrier; as a source of mel frames it is the main input.
    None = 0,
    /// The main input.
    Main = 1,
    /// The side chain.
    SideChain = 2,
}

/// What is heard while a stream's worker is late.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub enum RemelUnderrun {
    /// The main input, at the same latency.
    Dry = 0,
    /// Nothing.
    Silence = 1,
}

/// How to render. `remel_settings_init` fills it. Later versions add fields at the end, of which programs that were built before
/// know nothing: they have their defaults then.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RemelSettings {
    /// The size of this struct as the caller knows it.
    pub size: usize,
    /// Which noise.
    pub seed: u64,
    /// Network evaluations, 1 to 1000; 0 takes the model's own schedule.
    pub steps: u32,
    /// Scale of the noise.
    pub temperature: f32,
    /// How far the carrier is noised, 0 to 1; 1 is pure noise.
    pub strength: f32,
    /// Share of the sound whose phases are reconstructed, 0 to 1, where the model says how.
    pub coherence: f32,
    /// How far each prediction is held to its mel frame, 0 to 1.
    pub fit: f32,
    /// Shift of the mel axis in semitones.
    pub shift_semitones: f32,
    /// Slope of the mel frames around 1 kHz.
    pub tilt_db_per_octave: f32,
    /// Smoothing over frames, 0 to 1.
    pub smear: f32,
    /// What is left of the detail over bands, 0 to 1.
    pub detail: f32,
    /// Vocoded against dry, 0 to 1.
    pub mix: f32,
    /// Streams: linear gain of what is heard.
    pub output_gain: f32,
    /// Streams: whether the mel frame is held.
    pub freeze: bool,
    /// Streams: whether the dry signal is heard, at the same latency.
    pub bypass: bool,
    /// Streams: where mel frames come from.
    pub mel_from: RemelSource,
    /// Streams: what sampling starts from.
    pub carrier: RemelSource,
    /// Streams: what is heard while the worker is late.
    pub on_underrun: RemelUnderrun,
}

const DEFAULTS: RemelSettings = RemelSettings {
    size: size_of::<RemelSettings>(),
    seed: 0,
    steps: 0,
    temperature: 1.0,
    strength: 1.0,
    coherence: 1.0,
    fit: 1.0,
    shift_semitones: 0.0,
    tilt_db_per_octave: 0.0,
    smear: 0.0,
    detail: 1.0,
    mix: 1.0,
    output_gain: 1.0,
    freeze: false,
    bypass: false,
    mel_from: RemelSource::Main,
    carrier: RemelSource::None,
    on_underrun: RemelUnderrun::Dry,
};

/// Fills `settings` with those that render the input as it is; `size` is `sizeof(RemelSettings)`.
///
/// # Safety
/// `settings` is NULL or has `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_settings_init(settings: *mut RemelSettings, size: usize) {
    if settings.is_null() || size < size_of::<usize>() {
        return;
    }
    let defaults = RemelSettings { size, ..DEFAULTS };
    // SAFETY: as this function's, and no more than there is is copied.
    unsafe {
        ptr::copy_nonoverlapping((&raw const defaults).cast::<u8>(), settings.cast(), size.min(DEFAULTS.size));
    }
}

impl RemelSettings {
    /// What C has at `settings`; NULL takes the defaults. Real-time.
    ///
    /// # Safety
    /// `settings` is NULL or points to settings that `remel_settings_init` has filled.
    pub(crate) unsafe fn at(settings: *const Self) -> Self {
        let mut own = DEFAULTS;
        if !settings.is_null() {
            // SAFETY: the size comes first in every version, and as many bytes are there.
            unsafe {
                let size = settings.cast::<usize>().read().min(DEFAULTS.size);
                ptr::copy_nonoverlapping(settings.cast::<u8>(), (&raw mut own).cast(), size);
            }
        }
        own
    }

    fn request(&self) -> Request {
        Request {
            schedule: match self.steps {
                0 => ScheduleChoice::Fast,
                steps => ScheduleChoice::Steps(steps as usize),
            },
            temperature: self.temperature,
            strength: self.strength,
            seed: self.seed,
            coherence: self.coherence,
            fit: self.fit,
            ..Request::default()
        }
    }

    fn edit(&self) -> MelEditSettings {
        MelEditSettings {
            shift_semitones: self.shift_semitones,
            tilt_db_per_octave: self.tilt_db_per_octave,
            smear: self.smear,
            detail: self.detail,
            freeze: self.freeze,
        }
    }

    /// Those of a file.
    pub(crate) fn of_file(&self) -> FileRequest {
        FileRequest { request: self.request().finite(), edit: self.edit().finite(), mix: self.mix, plan: None }
    }

    /// Those of a block of a stream. Real-time.
    pub(crate) fn of_stream(&self) -> Controls {
        Controls {
            mel_from: match self.mel_from {
                RemelSource::None | RemelSource::Main => MelFrom::Main,
                RemelSource::SideChain => MelFrom::SideChain,
            },
            edit: self.edit(),
            carrier: match self.carrier {
                RemelSource::None => Carrier::Noise,
                RemelSource::Main => Carrier::Main,
                RemelSource::SideChain => Carrier::SideChain,
            },
            request: self.request(),
            mix: MixSettings {
                wet: self.mix,
                output_gain: self.output_gain,
                bypass: self.bypass,
                on_underrun: match self.on_underrun {
                    RemelUnderrun::Dry => OnUnderrun::Dry,
                    RemelUnderrun::Silence => OnUnderrun::Silence,
                },
            },
        }
    }
}

impl RemelBackend {
    /// The device.
    ///
    /// # Errors
    /// There is no such device.
    pub(crate) fn found(self) -> Result<Backend> {
        match self {
            Self::Cpu => Ok(Backend::Cpu),
            Self::Gpu => Backend::gpu(),
        }
    }
}

impl RemelLatencyMode {
    /// The stream's.
    pub(crate) fn of_stream(self) -> LatencyMode {
        match self {
            Self::Live => LatencyMode::Live,
            Self::Balanced => LatencyMode::Balanced,
            Self::Studio => LatencyMode::Studio,
        }
    }
}
