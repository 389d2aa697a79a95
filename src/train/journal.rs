//! What a run's folder tells of its training: `metrics.csv`, TensorBoard's events, samples and their pictures.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::data::Split;
use super::observer::Progress;
use super::pairs::{Excerpt, Pairs};
use super::report::{EventFile, Metrics};
use crate::Result;
use crate::audio::Audio;
use crate::diffusion::Condition;
use crate::mel::{Mel, mel_of};
use crate::model::Model;
use crate::network::unet1d::cpu::EncoderCpu;
use crate::network::{Backend, Network};
use crate::render::Request;
use crate::spectrogram::Picture;
use crate::vocoder::Vocoder;

/// The figures of the table.
const COLUMNS: [&str; 5] = ["loss", "gradient_norm", "learning_rate", "seconds", "validation_loss"];
/// Steps between two points of TensorBoard's curves.
const CURVE_STEPS: u64 = 10;
/// Frames of a sample: two seconds, at 22 050 Hz with a hop of 256 as at 44 100 Hz with one of 512.
const SAMPLE_FRAMES: usize = 172;
/// Samples of one of a network without mel: as many, or one frame where a frame is longer.
const SAMPLE_SAMPLES: usize = SAMPLE_FRAMES * 256;

/// The records of one training.
pub struct Journal {
    folder: PathBuf,
    metrics: Metrics,
    events: EventFile,
}

impl Journal {
    /// Opens the journal in `folder` for a training that has done `step` steps; what is there of later ones is void.
    ///
    /// # Errors
    /// Where a file cannot be written; so everywhere.
    pub fn open(folder: &Path, step: u64) -> Result<Self> {
        let next = if step == 0 { 0 } else { step + 1 };
        let metrics = Metrics::open(&folder.join("metrics.csv"), &COLUMNS, next)?;
        Ok(Self { folder: folder.to_path_buf(), metrics, events: EventFile::create(folder, next)? })
    }

    /// A step, with the validation loss where it was measured after it.
    pub fn step(&mut self, progress: &Progress, validation: Option<f64>) -> Result<()> {
        let Progress { step, loss, gradient_norm, learning_rate, seconds, .. } = *progress;
        let values = [Some(loss), Some(gradient_norm), Some(learning_rate), Some(seconds), validation];
        self.metrics.record(step, &values)?;
        for (name, value) in COLUMNS.iter().zip(values) {
            if let Some(value) = value.filter(|_| validation.is_some() || step % CURVE_STEPS == 0) {
                self.events.scalar(step, name, value)?;
            }
        }
        Ok(())
    }

    /// Writes what a model makes of a validation crop, beside the crop itself.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn sample(&mut self, step: u64, sample: &Sample) -> Result<()> {
        let Sample { reference, made, mels } = sample;
        reference.write_wav(&self.folder.join("reference.wav"))?;
        if let Some([asked, came]) = mels {
            let picture = Picture::of_mels(&[asked, came]);
            picture.write(&self.folder.join(format!("sample_{step:08}.png")))?;
            self.events.picture(step, "sample_mel", &picture)?;
        }
        made.write_wav(&self.folder.join(format!("sample_{step:08}.wav")))?;
        self.events.audio(step, "sample", made)
    }
}

/// What a model makes of a validation crop.
pub struct Sample {
    reference: Audio,
    made: Audio,
    /// The mel frames that were asked for, and those of what came out; none without a conditioner.
    mels: Option<[Mel; 2]>,
}

impl Sample {
    /// That of `model`.
    ///
    /// # Errors
    /// Where the data cannot be read.
    pub fn of(model: Model, pairs: &Pairs) -> Result<Self> {
        let header = model.header().clone();
        let hop = header.network.layout().hop;
        let frames = if header.dialect.is_some() { SAMPLE_FRAMES } else { (SAMPLE_SAMPLES / hop).max(1) };
        let Excerpt { audio, mel, class, condition, .. } = pairs.excerpt(Split::Validation, 0, frames)?;
        let condition = match &header.network {
            Network::UNet1d(network) if network.autoencoder.is_some() => {
                let mut encoder = EncoderCpu::new(network, model.weights(), 1)?;
                let latent = encoder.encode(&audio)?;
                Condition { channels: encoder.decode(&latent)?, ..condition }
            }
            _ => condition,
        };
        let mut vocoder = Vocoder::new(Arc::new(model), &Backend::Cpu)?;
        vocoder.tell(&condition)?;
        let request = Request { class, ..Request::default() };
        let samples = match header.dialect {
            Some(_) => vocoder.synthesize(&mel, &[], &request, &mut |_, _| ())?,
            None => vocoder.generate(frames * hop, &request, &mut |_, _| ())?,
        };
        let mels = match &header.dialect {
            Some(dialect) => {
                let made = mel_of(&samples, dialect)?.slice(0..mel.frames());
                Some([mel, made])
            }
            None => None,
        };
        let [reference, made] = [audio, samples].map(|samples| Audio::mono(header.rate_hz, samples));
        Ok(Self { reference, made, mels })
    }
}
