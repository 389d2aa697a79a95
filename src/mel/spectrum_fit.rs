//! How spectra are brought to the mel frames that they were made for, as numbers that a device can follow.
//!
//! [`crate::domain::Domain::fit`] does it; this is what it takes.

use std::sync::Arc;

use super::{Dialect, FilterBank, Spectrum};

/// See [`FitBank::most`].
const MOST: f32 = 2.0;
/// What the mel of [`Spectrum::MagnitudeEps`] adds to powers.
const POWER_FLOOR: f32 = 1e-9;

/// What is the same for all spectra of a dialect that sums magnitudes.
#[derive(Debug)]
#[non_exhaustive]
pub struct FitBank {
    /// The dialect.
    pub dialect: Dialect,
    /// The filters.
    pub bank: FilterBank,
    /// The same, divided by the sum of all filters at each bin.
    pub shares: FilterBank,
    /// Bins of a spectrum.
    pub bins: usize,
    /// What is added to powers before their root is summed.
    pub power_floor: f32,
    /// Most by which a band is scaled, up or down: ln of its magnitude.
    pub most: f32,
}

impl FitBank {
    /// That of `dialect`.
    pub fn new(dialect: &Dialect) -> Self {
        let (bank, bins) = (dialect.filter_bank(), dialect.n_fft / 2 + 1);
        Self {
            shares: bank.shares(bins),
            bank,
            bins,
            power_floor: if dialect.spectrum == Spectrum::MagnitudeEps { POWER_FLOOR } else { 0.0 },
            most: MOST,
            dialect: dialect.clone(),
        }
    }

    /// ln of what a band that holds `found` is multiplied by where `wanted` is asked for, both compressed.
    pub fn gain(&self, share: f32, wanted: f32, found: f32) -> f32 {
        // What is diffused is squared in decoding.
        0.5 * share * (wanted - found).clamp(-self.most, self.most)
    }
}

/// A batch of spectra, and what they are to be brought to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SpectrumFit {
    /// What they have in common.
    pub bank: Arc<FitBank>,
    /// Deviation of each part of a bin, `[windows · frames, bins]`.
    pub deviations: Vec<f32>,
    /// Mel frames, `[windows · frames, n_mels]`.
    pub wanted: Vec<f32>,
    /// Of every window.
    pub windows: Vec<WindowFit>,
}

/// How a window is brought to its mel frames.
#[derive(Clone, Debug)]
pub struct WindowFit {
    /// Share of [`FitBank::gain`] that is taken.
    pub share: f32,
    /// One side of the Gaussian that what it holds is smoothed by, its middle first; empty where it is not smoothed.
    pub smoothing: Vec<f32>,
}
