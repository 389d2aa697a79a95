//! What a caller asks of a render.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use remel::mel::MelEditSettings;
use remel::network::Backend;
use remel::render::{Request, ScheduleChoice};
use remel::stream::{Carrier, Controls, MelFrom, MixSettings, OnUnderrun};
use remel::vocoder::FileRequest;

use crate::errors::raised;

/// How to render; every argument has a default, with all of which the input is rendered as it is.
#[pyclass(get_all, set_all, module = "remel")]
#[derive(Clone, Debug)]
pub struct Settings {
    seed: u64,
    steps: usize,
    temperature: f32,
    strength: f32,
    coherence: f32,
    fit: f32,
    shift: f32,
    tilt: f32,
    smear: f32,
    detail: f32,
    mix: f32,
    output_gain: f32,
    freeze: bool,
    bypass: bool,
    mel_from: String,
    carrier: String,
    on_underrun: String,
}

#[pymethods]
impl Settings {
    #[new]
    #[pyo3(signature = (
        *, seed=0, steps=0, temperature=1.0, strength=1.0, coherence=1.0, fit=1.0, shift=0.0, tilt=0.0, smear=0.0, detail=1.0,
        mix=1.0, output_gain=1.0, freeze=false, bypass=false, mel_from="main".to_owned(), carrier="noise".to_owned(),
        on_underrun="dry".to_owned()
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn new(
        seed: u64,
        steps: usize,
        temperature: f32,
        strength: f32,
        coherence: f32,
        fit: f32,
        shift: f32,
        tilt: f32,
        smear: f32,
        detail: f32,
        mix: f32,
        output_gain: f32,
        freeze: bool,
        bypass: bool,
        mel_from: String,
        carrier: String,
        on_underrun: String,
    ) -> Self {
        Self {
            seed,
            steps,
            temperature,
            strength,
            coherence,
            fit,
            shift,
            tilt,
            smear,
            detail,
            mix,
            output_gain,
            freeze,
            bypass,
            mel_from,
            carrier,
            on_underrun,
        }
    }

    fn __repr__(&self) -> String {
        format!("{self:?}").replace(" { ", "(").replace(" }", ")").replace(": ", "=")
    }
}

impl Settings {
    fn request(&self) -> Request {
        Request {
            schedule: if self.steps == 0 { ScheduleChoice::Fast } else { ScheduleChoice::Steps(self.steps) },
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
            shift_semitones: self.shift,
            tilt_db_per_octave: self.tilt,
            smear: self.smear,
            detail: self.detail,
            freeze: self.freeze,
        }
    }

    /// Those of a whole sound.
    pub fn of_file(&self) -> FileRequest {
        FileRequest { request: self.request().finite(), edit: self.edit().finite(), mix: self.mix, plan: None }
    }

    /// Those of a block of a stream.
    ///
    /// # Errors
    /// `ValueError` for a name that is none of the values.
    pub fn of_stream(&self) -> PyResult<Controls> {
        Ok(Controls {
            mel_from: chosen(
                "mel_from",
                &self.mel_from,
                &[("main", MelFrom::Main), ("side", MelFrom::SideChain)],
            )?,
            edit: self.edit(),
            carrier: chosen(
                "carrier",
                &self.carrier,
                &[("noise", Carrier::Noise), ("main", Carrier::Main), ("side", Carrier::SideChain)],
            )?,
            request: self.request(),
            mix: MixSettings {
                wet: self.mix,
                output_gain: self.output_gain,
                bypass: self.bypass,
                on_underrun: chosen(
                    "on_underrun",
                    &self.on_underrun,
                    &[("dry", OnUnderrun::Dry), ("silence", OnUnderrun::Silence)],
                )?,
            },
        })
    }
}

/// The value of that name.
///
/// # Errors
/// `ValueError` with the known names.
pub fn chosen<T: Copy>(field: &str, name: &str, values: &[(&str, T)]) -> PyResult<T> {
    match values.iter().find(|(known, _)| *known == name) {
        Some((_, value)) => Ok(*value),
        None => {
            let names: Vec<&str> = values.iter().map(|(known, _)| *known).collect();
            Err(PyValueError::new_err(format!("{field}: found {name:?}, expected one of {}", names.join(", "))))
        }
    }
}

/// The device of that name.
///
/// # Errors
/// `ValueError` for another name, `RuntimeError` where there is no GPU.
pub fn backend(name: &str) -> PyResult<Backend> {
    match chosen("backend", name, &[("cpu", false), ("gpu", true)])? {
        true => Backend::gpu().map_err(raised),
        false => Ok(Backend::Cpu),
    }
}
