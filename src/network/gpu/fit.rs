//! Predicted spectra brought to their mel frames on the device.

use std::sync::Arc;

use super::device::Device;
use super::kernel::{Access, Kernel};
use super::recording::Recording;
use super::storage::Storage;
use crate::mel::{Compression, FilterBank, FitBank, SpectrumFit, WindowFit};

/// The kernel that finds out what bands are to be scaled by, and the filters as kernels want them.
pub(super) struct Fit {
    bank: Arc<FitBank>,
    kernel: Arc<Kernel>,
    bands: Storage,
    weights: Storage,
    /// Of every bin the two bands that hold it, and their shares.
    pub(super) holders: [Storage; 2],
}

/// A batch on the device.
pub(super) struct Batch {
    words: [u32; 7],
    frames: usize,
    deviations: Storage,
    wanted: Storage,
    windows: Storage,
    gains: Storage,
}

impl Fit {
    /// For spectra of `bank`.
    pub(super) fn new(device: &Device, bank: &Arc<FitBank>) -> Self {
        let [compression, _] = compression(bank.dialect.compression);
        let constants = [("BANDS", bank.bank.n_mels() as u32), ("COMPRESSION", compression)];
        let mut accesses = [Access::Read; 7];
        accesses[6] = Access::Write;
        let (mut table, mut weights) = (Vec::new(), Vec::new());
        for band in 0..bank.bank.n_mels() {
            let (start, of_band) = bank.bank.band(band);
            table.extend([start, of_band.len(), weights.len(), 0].map(|word| word as u32));
            weights.extend_from_slice(of_band);
        }
        let (holders, shares) = holders(&bank.shares, bank.bins);
        Self {
            kernel: device.kernel("fit", include_str!("fit.wgsl"), &constants, &accesses),
            bands: device.storage_of_words(&table),
            weights: device.storage_of(&weights),
            holders: [device.storage_of_words(&holders), device.storage_of(&shares)],
            bank: Arc::clone(bank),
        }
    }

    /// Whether it is for spectra of `bank`.
    pub(super) fn is_of(&self, bank: &FitBank) -> bool {
        self.bank.dialect == bank.dialect
    }

    /// Bins of a spectrum, and its bands.
    pub(super) fn shape(&self) -> [usize; 2] {
        [self.bank.bins, self.bank.bank.n_mels()]
    }

    /// A batch that is `fit`.
    pub(super) fn batch(&self, device: &Device, fit: &SpectrumFit) -> Batch {
        let [bins, bands] = self.shape();
        let frames = fit.deviations.len() / bins;
        let reach = fit.windows.iter().map(|window| window.smoothing.len()).max().unwrap_or(0);
        let mut windows = Vec::with_capacity(fit.windows.len() * (2 + reach));
        for WindowFit { share, smoothing } in &fit.windows {
            windows.extend([*share, smoothing.len() as f32]);
            windows.extend_from_slice(smoothing);
            windows.resize(windows.len() + reach - smoothing.len(), 0.0);
        }
        let [_, compression_floor] = compression(self.bank.dialect.compression);
        let [frames_word, window_frames, bins_word, window_values] =
            [frames, frames / fit.windows.len().max(1), bins, 2 + reach].map(|word| word as u32);
        let [power_floor, most] = [self.bank.power_floor, self.bank.most].map(f32::to_bits);
        Batch {
            words: [frames_word, window_frames, bins_word, window_values, power_floor, compression_floor, most],
            frames,
            deviations: device.storage_of(&fit.deviations),
            wanted: device.storage_of(&fit.wanted),
            windows: device.storage_of(&windows),
            gains: device.storage(frames * bands),
        }
    }

    /// Records what the bands of `predicted` are to be scaled by: ln of it, `[frames, bands]`.
    pub(super) fn record<'b>(
        &self,
        recording: &mut Recording,
        batch: &'b Batch,
        predicted: &Storage,
    ) -> &'b Storage {
        let Batch { words, frames, deviations, wanted, windows, gains } = batch;
        let storages = [predicted, deviations, &self.bands, &self.weights, wanted, windows, gains];
        recording.dispatch(&self.kernel, &storages, words, *frames);
        gains
    }
}

/// What kernels call a compression, and the bits of its floor.
fn compression(compression: Compression) -> [u32; 2] {
    match compression {
        Compression::UnitDecibels => [0, 0],
        Compression::Log10 => [1, 0],
        Compression::Ln { floor } => [2, floor.to_bits()],
    }
}

/// Of every bin the two bands that hold it, and the shares of these: triangles that meet at their centres are never three.
fn holders(shares: &FilterBank, bins: usize) -> (Vec<u32>, Vec<f32>) {
    let (mut holders, mut values, mut found) = (vec![0; 2 * bins], vec![0.0; 2 * bins], vec![0; bins]);
    for band in 0..shares.n_mels() {
        let (start, of_band) = shares.band(band);
        for (bin, share) in (start..).zip(of_band) {
            let at = 2 * bin + found[bin];
            (holders[at], values[at]) = (band as u32, *share);
            found[bin] += 1;
        }
    }
    (holders, values)
}
