//! Mel frames brought to one row per sample, by two transposed convolutions.

use std::sync::Arc;

use crate::mel::Mel;
use crate::network::Weights;
use crate::network::diffwave::config::{DiffWaveConfig, UPSAMPLER_KERNEL, UPSAMPLER_SLOPE, UPSAMPLER_STRIDE};
use crate::network::gpu::{Access, Device, Kernel, Recording, Storage, padded, push_padded};

/// What brings mel frames to the rate of samples.
pub(super) struct Conditioner {
    kernel: Arc<Kernel>,
    /// Of either convolution: its weights and its bias.
    weights: [Storage; 2],
    padding: [usize; 2],
    bands: usize,
}

impl Conditioner {
    /// That of a network with mel frames of `bands` bands.
    pub(super) fn new(device: &Device, config: &DiffWaveConfig, weights: &Weights, bands: usize) -> Self {
        let source = include_str!("upsampler.wgsl");
        let constants = [("STRIDE", UPSAMPLER_STRIDE as u32), ("TAPS", UPSAMPLER_KERNEL[1] as u32)];
        let accesses = [Access::Read, Access::Read, Access::Write];
        let convolution = |name: &str| {
            let values = |part: &str| weights.values(&format!("spectrogram_upsampler.{name}.{part}"));
            device.storage_of(&[values("weight"), values("bias")].concat())
        };
        Self {
            kernel: device.kernel("upsampler", source, &constants, &accesses),
            weights: ["conv1", "conv2"].map(convolution),
            padding: config.upsampler_padding(),
            bands,
        }
    }

    /// Records the conditioner of `samples` samples from sample `skip` of each of `mels`. `[mels.len() · samples, padded bands]`
    pub(super) fn record(
        &self,
        recording: &mut Recording,
        device: &Device,
        mels: &[&Mel],
        [skip, samples]: [usize; 2],
    ) -> Storage {
        let (windows, width) = (mels.len(), padded(self.bands));
        let frames = mels.first().map_or(0, |mel| mel.frames());
        let mut rows = Vec::with_capacity(windows * frames * width);
        mels.iter().for_each(|mel| push_padded(&mut rows, mel.as_frames(), self.bands));
        let mut input = device.storage_of(&rows);
        let mut input_rows = frames;
        for (stage, (weights, padding)) in self.weights.iter().zip(self.padding).enumerate() {
            let length = ((input_rows + 1) * UPSAMPLER_STRIDE).saturating_sub(2 * padding);
            let [first, window_rows] = if stage == 0 { [0, length] } else { [skip, samples] };
            let output = device.storage(windows * window_rows * width);
            let words = [window_rows, first, length, input_rows, self.bands, width, padding, windows];
            let mut words = words.map(|word| word as u32).to_vec();
            words.push(UPSAMPLER_SLOPE.to_bits());
            let values = windows * window_rows * width;
            recording.dispatch_items(&self.kernel, &[&input, weights, &output], &words, values);
            (input, input_rows) = (output, length);
        }
        input
    }
}
