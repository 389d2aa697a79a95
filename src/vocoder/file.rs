//! Vocoding whole audio files.

use super::Vocoder;
use super::spans::Signal;
use crate::Result;
use crate::audio::{Audio, resample};
use crate::mel::{Mel, MelEdit, MelEditSettings, mel_of};
use crate::render::{Link, Request, SpanPlan};

/// How to vocode a file.
///
/// ```
/// use std::path::Path;
/// use std::sync::Arc;
///
/// use remel::audio::Audio;
/// use remel::checkpoint::Bundled;
/// use remel::mel::MelEditSettings;
/// use remel::network::Backend;
/// use remel::render::Request;
/// use remel::vocoder::{FileRequest, Vocoder};
///
/// let mut vocoder = Vocoder::new(Arc::new(Bundled::Small.model()), &Backend::Cpu)?;
/// let voice = Audio::read(Path::new("assets/demo/voice.wav"))?;
/// // Half of it, a fifth higher, is found on the way back from the voice itself, noised by half.
/// let request = FileRequest {
///     request: Request { strength: 0.5, ..Request::default() },
///     edit: MelEditSettings { shift_semitones: 7.0, ..MelEditSettings::default() },
///     mix: 0.5,
///     ..FileRequest::default()
/// };
/// let mut calls = (0, 0);
/// let made = vocoder.vocode(&voice, None, None, &request, &mut |done, all| calls = (done, all))?;
/// assert_eq!(calls.0, calls.1);
/// assert_ne!(made, voice);
/// // Nothing of it is mixed in.
/// let dry = FileRequest { mix: 0.0, ..request };
/// assert_eq!(vocoder.vocode(&voice, None, None, &dry, &mut |_, _| ())?, voice);
/// # Ok::<(), remel::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FileRequest {
    /// How to render; how much detail counts is the edit's.
    pub request: Request,
    /// What is done to the mel frames before.
    pub edit: MelEditSettings,
    /// Share of the vocoded signal, 0 to 1; the rest is the input.
    pub mix: f32,
    /// The windows to render in; none renders in as few as memory allows.
    pub plan: Option<SpanPlan>,
}

impl Default for FileRequest {
    /// All of the vocoded signal, from the mel frames as they are.
    fn default() -> Self {
        Self { request: Request::default(), edit: MelEditSettings::default(), mix: 1.0, plan: None }
    }
}

impl Vocoder {
    /// Vocodes `input` channel by channel, and tells `on_evaluation(done, all)` after each network call of a channel.
    ///
    /// Mel frames come from `mel_from`, else from `input`; what is noised where the strength is below 1 is `carrier`,
    /// else `input`. Files of fewer channels give their last one to the others. The output has the input's rate and
    /// length; above half the model's rate it holds nothing of the vocoded signal.
    ///
    /// # Errors
    /// Where the model is unconditional, a signal is too short for one frame, or the device fails.
    pub fn vocode(
        &mut self,
        input: &Audio,
        mel_from: Option<&Audio>,
        carrier: Option<&Audio>,
        file: &FileRequest,
        on_evaluation: &mut dyn FnMut(usize, usize),
    ) -> Result<Audio> {
        let rate_hz = self.pipeline.model.dialect()?.rate_hz;
        // Predictions are held to what the edit leaves of the mel.
        let request = Request { detail: file.edit.detail, ..file.request.clone() };
        let at_model_rate = |audio: &Audio, index: usize| {
            let channel = &audio.channels[index.min(audio.channels.len() - 1)];
            resample(channel, audio.rate_hz, rate_hz)
        };
        let mels = (0..input.channels.len())
            .map(|index| self.edited_mel(&at_model_rate(mel_from.unwrap_or(input), index), &file.edit))
            .collect::<Result<Vec<_>>>()?;
        let links = Link::of(&mels, self.pipeline.model.dialect()?);
        let mut output = Audio { rate_hz: input.rate_hz, channels: Vec::new() };
        for (index, (dry, (mel, link))) in input.channels.iter().zip(mels.iter().zip(&links)).enumerate() {
            let mut carrier = match request.strength < 1.0 {
                true => at_model_rate(carrier.unwrap_or(input), index),
                false => Vec::new(),
            };
            if !carrier.is_empty() {
                carrier.resize(mel.frames() * self.pipeline.layout.hop + self.pipeline.tail_samples, 0.0);
            }
            let signal = Signal { channel: index as u16, mel, link: Some(link), carrier: &carrier };
            let wet = self.synthesize_channel(signal, &request, file.plan, on_evaluation)?;
            let mut wet = resample(&wet, rate_hz, input.rate_hz);
            wet.resize(dry.len(), 0.0);
            output.channels.push(wet.iter().zip(dry).map(|(wet, dry)| dry + file.mix * (wet - dry)).collect());
        }
        Ok(output)
    }

    fn edited_mel(&self, samples: &[f32], settings: &MelEditSettings) -> Result<Mel> {
        let dialect = self.pipeline.model.dialect()?;
        let mut mel = mel_of(samples, dialect)?;
        let mut edit = MelEdit::new(dialect, 1);
        for index in 0..mel.frames() {
            edit.apply(0, mel.frame_mut(index), settings);
        }
        Ok(mel)
    }
}
