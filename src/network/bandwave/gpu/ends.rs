//! The ways from spectra to tokens and back.

use std::sync::Arc;

use crate::network::Weights;
use crate::network::bandwave::config::BandWaveConfig;
use crate::network::gpu::{Access, Device, Kernel, Recording, Storage, padded, push_padded};

/// Both ways.
pub(super) struct Ends {
    encode: Arc<Kernel>,
    decode: Arc<Kernel>,
    /// Where bands lie, and bins.
    tables: [Storage; 2],
    weights: [Storage; 2],
    tokens: usize,
    bins: usize,
}

impl Ends {
    /// Those of a network with these (validated) weights.
    pub(super) fn new(device: &Device, config: &BandWaveConfig, weights: &Weights) -> Self {
        let channels = [("CHANNELS", config.channels as u32), ("PADDED", padded(config.channels) as u32)];
        let mut accesses = [Access::Read; 6];
        (accesses[4], accesses[5]) = (Access::Write, Access::Write);
        let encode = device.kernel("encode", include_str!("encode.wgsl"), &channels, &accesses);
        let decode = device.kernel("decode", include_str!("decode.wgsl"), &channels[1..], &accesses[..5]);
        let [(bands, encoding), (bins, decoding)] = [encoding(config, weights), decoding(config, weights)];
        Self {
            encode,
            decode,
            tables: [device.storage_of_words(&bands), device.storage_of_words(&bins)],
            weights: [device.storage_of(&encoding), device.storage_of(&decoding)],
            tokens: config.tokens(),
            bins: config.bins,
        }
    }

    /// Records the tokens of `frames` frames of `x` under `envelope`, and their scales.
    pub(super) fn encode(
        &self,
        recording: &mut Recording,
        frames: usize,
        [x, envelope]: [&Storage; 2],
        [tokens, scales]: [&Storage; 2],
    ) {
        let storages = [x, envelope, &self.tables[0], &self.weights[0], tokens, scales];
        let words = [self.tokens as u32, self.bins as u32];
        recording.dispatch(&self.encode, &storages, &words, frames * self.tokens);
    }

    /// Records the spectra of the tokens of `frames` frames, whose scales begin at `at`.
    pub(super) fn decode(
        &self,
        recording: &mut Recording,
        frames: usize,
        [tokens, scales]: [&Storage; 2],
        at: usize,
        spectra: &Storage,
    ) {
        let storages = [tokens, scales, &self.tables[1], &self.weights[1], spectra];
        let words = [frames, self.tokens, self.bins, at].map(|word| word as u32);
        recording.dispatch_items(&self.decode, &storages, &words, frames * self.bins);
    }
}

/// The table of bands, and the weights of the way to tokens: of every group with its inputs first, then the places.
fn encoding(config: &BandWaveConfig, weights: &Weights) -> (Vec<u32>, Vec<f32>) {
    let (channels, width) = (config.channels, padded(config.channels));
    let (mut packed, mut starts) = (Vec::new(), Vec::new());
    for (index, group) in config.bands.iter().enumerate() {
        starts.push(packed.len());
        let [weight, bias] = ["weight", "bias"].map(|part| weights.values(&format!("encode.{index}.{part}")));
        let inputs = 3 * group.width;
        for input in 0..inputs {
            packed.extend((0..channels).map(|channel| weight[channel * inputs + input]));
            packed.resize(packed.len().next_multiple_of(width), 0.0);
        }
        push_padded(&mut packed, bias, channels);
    }
    let places = packed.len();
    push_padded(&mut packed, weights.values("place"), channels);
    let (mut table, mut bin, mut token) = (Vec::new(), 0, 0);
    for (group, start) in config.bands.iter().zip(starts) {
        for _ in 0..group.bands {
            table.extend([bin, group.width, start, places + token * width].map(|word| word as u32));
            bin += group.width;
            token += 1;
        }
    }
    (table, packed)
}

/// The table of bins, and the weights of the way back: of every group with its inputs first.
fn decoding(config: &BandWaveConfig, weights: &Weights) -> (Vec<u32>, Vec<f32>) {
    let (channels, width) = (config.channels, padded(config.channels));
    let (mut packed, mut table, mut band) = (Vec::new(), Vec::new(), 0);
    for (index, group) in config.bands.iter().enumerate() {
        let (start, outputs) = (packed.len(), 2 * group.width);
        let [weight, bias] = ["weight", "bias"].map(|part| weights.values(&format!("decode.{index}.{part}")));
        for channel in 0..width {
            let value =
                |output: usize| if channel < channels { weight[output * channels + channel] } else { 0.0 };
            packed.extend((0..outputs).map(value));
        }
        packed.extend_from_slice(bias);
        for _ in 0..group.bands {
            for place in 0..group.width {
                table.extend([band, place, group.width, start].map(|word| word as u32));
            }
            band += 1;
        }
    }
    (table, packed)
}
