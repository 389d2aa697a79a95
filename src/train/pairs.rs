//! What a network learns from: crops with their mel frames.

use super::data::{Crop, DataSet, Split};
use crate::Result;
use crate::domain::{Domain, SpectralFilter, Stft};
use crate::mel::{Mel, mel_of};
use crate::model::ModelHeader;

/// Largest value of a whitened signal, whose standard deviation is a quarter.
const WHITENED_PEAK: f32 = 4.0;

/// A stretch of audio as a network sees it.
#[derive(Clone, Debug, Default)]
pub struct Excerpt {
    /// The audio, `[frames · hop]`.
    pub audio: Vec<f32>,
    /// The signal in the network's own domain: the audio, or what is left of it without its spectral envelope,
    /// `[frames · hop]`; or its whitened spectra, `[frames, 2 · bins]`.
    pub signal: Vec<f32>,
    /// Its mel frames; none without a conditioner.
    pub mel: Mel,
    /// Its class, where it has one that the network is to know.
    pub class: Option<usize>,
}

/// Draws crops for training. Everything about crop `number` is a pure function of the configuration and `number`:
/// a resumed training needs to know no more than where it stood.
pub struct Pairs {
    data: DataSet,
    header: ModelHeader,
    /// The filter of a model with a spectral prior, or the spectra of one that diffuses those: tables and transforms, of which
    /// every crop takes a copy.
    filter: Option<SpectralFilter>,
    stft: Option<Stft>,
}

impl Pairs {
    /// Crops of `data` for the model that `header` describes.
    pub fn new(data: DataSet, header: ModelHeader) -> Self {
        let free = header.dialect.as_ref().filter(|_| header.frames_are_free());
        Self { filter: header.filter(), stft: free.map(Stft::new), data, header }
    }

    /// The data.
    pub fn data(&self) -> &DataSet {
        &self.data
    }

    /// Crop `number` of `split`, `frames` long.
    ///
    /// It is cut from a longer one, so that its first and last frames see their real neighbours.
    ///
    /// # Errors
    /// Where the data cannot be read.
    pub fn excerpt(&self, split: Split, number: u64, frames: usize) -> Result<Excerpt> {
        let hop = self.header.network.layout().hop;
        let Some(dialect) = &self.header.dialect else {
            let Crop { audio, class } = self.data.crop(split, number, frames * hop)?;
            return Ok(Excerpt { signal: audio.clone(), audio, class, ..Excerpt::default() });
        };
        let margin = dialect.pad_samples().div_ceil(hop) + self.header.encoder_frames();
        let Crop { audio: whole, class } = self.data.crop(split, number, (frames + 2 * margin) * hop)?;
        let mel = mel_of(&whole, dialect)?;
        let inner = |samples: &[f32]| samples[margin * hop..(margin + frames) * hop].to_vec();
        let (audio, inner_mel) = (inner(&whole), mel.slice(margin..margin + frames));
        if let Some(stft) = &self.stft {
            let mut stft = stft.clone();
            let (spectra, values) = (stft.encode(&mel, &whole), Domain::frame_values(&stft));
            let signal = spectra[margin * values..][..frames * values].to_vec();
            return Ok(Excerpt { audio, signal, mel: inner_mel, class });
        }
        let mut signal = whole;
        if let Some(filter) = &self.filter {
            filter.clone().whiten(&mel, &mut signal);
            // Where a frame's envelope misses a transient, the inverse makes a peak that no network should follow.
            signal.iter_mut().for_each(|value| *value = value.clamp(-WHITENED_PEAK, WHITENED_PEAK));
        }
        Ok(Excerpt { audio, signal: inner(&signal), mel: inner_mel, class })
    }
}
