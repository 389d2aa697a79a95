//! What a network learns from: crops with their mel frames.

use super::data::{Crop, DataConfig, DataSet, Split};
use crate::checkpoint::read_tokens;
use crate::diffusion::Condition;
use crate::domain::{Domain, SpectralFilter, Stft};
use crate::mel::{Mel, mel_of};
use crate::model::ModelHeader;
use crate::network::Network;
use crate::{Error, Result};

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
    /// What a network without mel is told of it: the tokens of its class, none where that is not to be known, or the same sound at
    /// a lower rate. What an autoencoder's encoder makes of it is not among that.
    pub condition: Condition,
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
    /// The tokens of every class, of a network that is told of them so.
    tokens: Vec<Vec<f32>>,
}

impl Pairs {
    /// Crops of `data` for the model that `header` describes, whose network is told of classes by [`tokens`], if it is.
    pub fn new(data: DataSet, header: ModelHeader, tokens: Vec<Vec<f32>>) -> Self {
        let free = header.dialect.as_ref().filter(|_| header.frames_are_free());
        Self { filter: header.filter(), stft: free.map(Stft::new), data, header, tokens }
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
            let condition = self.condition(number, &audio, class);
            return Ok(Excerpt { signal: audio.clone(), audio, class, condition, ..Excerpt::default() });
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
            return Ok(Excerpt { audio, signal, mel: inner_mel, class, ..Excerpt::default() });
        }
        let mut signal = whole;
        if let Some(filter) = &self.filter {
            filter.clone().whiten(&mel, &mut signal);
            // Where a frame's envelope misses a transient, the inverse makes a peak that no network should follow.
            signal.iter_mut().for_each(|value| *value = value.clamp(-WHITENED_PEAK, WHITENED_PEAK));
        }
        Ok(Excerpt { audio, signal: inner(&signal), mel: inner_mel, class, ..Excerpt::default() })
    }

    /// What a network without mel is told of crop `number`, of a class: an upsampler one factor after another.
    fn condition(&self, number: u64, audio: &[f32], class: Option<usize>) -> Condition {
        match &self.header.network {
            Network::UNet1d(network) if !network.factor.is_empty() => {
                let factor = network.factor[(number % network.factor.len() as u64) as usize];
                network.reupsampled_condition(audio, factor)
            }
            _ => {
                let tokens = class.and_then(|class| self.tokens.get(class)).cloned();
                Condition { embedding: tokens.unwrap_or_default(), ..Condition::default() }
            }
        }
    }
}

/// The tokens of every class, as many of each; none of a network that is told of no class so.
///
/// # Errors
/// Where the file of a class's tokens cannot be read, or has no such tokens as the network is told.
pub fn tokens(data: &DataConfig, network: &Network) -> Result<Vec<Vec<f32>>> {
    let (Some(folder), Network::UNet1d(network)) = (&data.embeddings, network) else { return Ok(Vec::new()) };
    let Some(features) = network.context_embedding_features else { return Ok(Vec::new()) };
    let of_class = |class: &String| {
        let path = folder.join(format!("{class}.npy"));
        let tokens = read_tokens(&path, features)?;
        network
            .check_condition(&Condition { embedding: tokens.clone(), ..Condition::default() })
            .map_err(|error| Error::unreadable(&path, error))?;
        Ok((path, tokens))
    };
    let all = data.classes.iter().map(of_class).collect::<Result<Vec<_>>>()?;
    let length = all.first().map_or(0, |(_, tokens)| tokens.len());
    if let Some((path, other)) = all.iter().find(|(_, tokens)| tokens.len() != length) {
        let expected = format!("{}, as the first class has", length / features);
        return Err(Error::invalid(path.display(), "tokens", other.len() / features, expected));
    }
    Ok(all.into_iter().map(|(_, tokens)| tokens).collect())
}
