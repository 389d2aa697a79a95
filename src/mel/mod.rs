//! Mel spectrograms: the dialects that networks were trained on, computed from whole files and from streams.

mod analysis;
mod channels;
mod compression;
mod conversion;
mod dialect;
mod edit;
mod edit_settings;
mod envelope;
mod filter_bank;
mod framing;
mod loudness;
mod picture;
mod published;
mod received;
mod scale;
mod smoothing;
mod spectrum;
mod spectrum_fit;
mod stream;
mod transform;
mod whole;

pub use channels::ChannelPair;
pub use compression::Compression;
pub use conversion::Conversion;
pub use dialect::Dialect;
pub use edit::MelEdit;
pub use edit_settings::MelEditSettings;
pub use filter_bank::FilterBank;
pub use framing::Framing;
pub use picture::colour;
pub use received::ReceivedMel;
pub use scale::Scale;
pub use smoothing::BandSmoothing;
pub use spectrum::Spectrum;
pub use spectrum_fit::{FitBank, SpectrumFit, WindowFit};
pub use stream::MelStream;
pub use whole::mel_of;

pub(crate) use envelope::SpectralEnvelope;
pub(crate) use framing::Windows;
pub(crate) use loudness::LoudnessLimit;
pub(crate) use spectrum::PowerSpectrum;
pub(crate) use transform::{WindowedTransform, hann};
pub(crate) use whole::require_finite;

/// A mel spectrogram: `frames` frames of `n_mels` bands, stored frame by frame.
///
/// ```
/// use remel::mel::Mel;
///
/// let mut mel = Mel::from_frames(2, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// assert_eq!((mel.frames(), mel.frame(1)), (3, [3.0, 4.0].as_slice()));
/// assert_eq!(mel.to_bands(), [1.0, 3.0, 5.0, 2.0, 4.0, 6.0]);
/// mel.push(&[7.0, 8.0]);
/// assert_eq!(mel.slice(2..4), Mel::from_bands(2, &[5.0, 7.0, 6.0, 8.0]));
/// ```
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Mel {
    n_mels: usize,
    data: Vec<f32>,
}

impl Mel {
    /// An empty spectrogram of `n_mels` bands.
    pub fn new(n_mels: usize) -> Self {
        Self { n_mels, data: Vec::new() }
    }

    /// An empty spectrogram of `n_mels` bands that takes `frames` frames without allocating.
    pub fn with_capacity(n_mels: usize, frames: usize) -> Self {
        Self { n_mels, data: Vec::with_capacity(n_mels * frames) }
    }

    /// Wraps `data`, `[frames, n_mels]` row-major (one frame after the other).
    ///
    /// # Panics
    /// Where `data` is no whole number of frames.
    pub fn from_frames(n_mels: usize, data: Vec<f32>) -> Self {
        assert!(n_mels > 0 && data.len().is_multiple_of(n_mels), "no whole number of mel frames");
        Self { n_mels, data }
    }

    /// Wraps `bands`, `[n_mels, frames]` row-major (one band after the other), as arrays in files have it.
    ///
    /// # Panics
    /// Where `bands` is no whole number of mel frames.
    pub fn from_bands(n_mels: usize, bands: &[f32]) -> Self {
        assert!(n_mels > 0 && bands.len().is_multiple_of(n_mels), "no whole number of mel frames");
        let frames = bands.len() / n_mels;
        Self { n_mels, data: (0..bands.len()).map(|i| bands[i % n_mels * frames + i / n_mels]).collect() }
    }

    /// All values, `[n_mels, frames]` row-major (one band after the other).
    pub fn to_bands(&self) -> Vec<f32> {
        let frames = self.frames();
        (0..self.data.len()).map(|i| self.data[i % frames * self.n_mels + i / frames]).collect()
    }

    /// Bands per frame.
    pub fn n_mels(&self) -> usize {
        self.n_mels
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.data.len().checked_div(self.n_mels).unwrap_or(0)
    }

    /// Frame `index`, `[n_mels]`.
    pub fn frame(&self, index: usize) -> &[f32] {
        &self.data[index * self.n_mels..(index + 1) * self.n_mels]
    }

    /// Frame `index`, `[n_mels]`, to be changed.
    pub fn frame_mut(&mut self, index: usize) -> &mut [f32] {
        &mut self.data[index * self.n_mels..(index + 1) * self.n_mels]
    }

    /// All frames, `[frames, n_mels]` row-major.
    pub fn as_frames(&self) -> &[f32] {
        &self.data
    }

    /// Appends one frame, `[n_mels]`.
    pub fn push(&mut self, frame: &[f32]) {
        debug_assert_eq!(frame.len(), self.n_mels);
        self.data.extend_from_slice(frame);
    }

    /// Appends frames, `[frames, n_mels]` row-major.
    pub fn extend(&mut self, frames: &[f32]) {
        debug_assert!(frames.len().is_multiple_of(self.n_mels.max(1)));
        self.data.extend_from_slice(frames);
    }

    /// Removes all frames and keeps the memory.
    pub fn clear(&mut self) {
        self.data.clear();
    }

    /// The frames `range` as a spectrogram of their own.
    pub fn slice(&self, range: std::ops::Range<usize>) -> Self {
        let (start, end) = (range.start * self.n_mels, range.end * self.n_mels);
        Self { n_mels: self.n_mels, data: self.data[start..end].to_vec() }
    }
}
