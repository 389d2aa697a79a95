//! How strong noise of a mel frame's envelope is at every bin.

use crate::kernel::Recent;
use crate::mel::{Dialect, SpectralEnvelope};

/// Frames whose deviations are kept: those that a window is decoded with, each of which every evaluation of a sampling has
/// asked for before.
const KEPT: usize = 12;

/// σ, the deviation of each part of a bin, of the mel frames seen last.
#[derive(Clone)]
pub(super) struct Deviations {
    envelope: SpectralEnvelope,
    /// σ for a density of 1.
    scale: f32,
    kept: Recent,
}

impl Deviations {
    /// Those of frames of `dialect`, `scale` for a density of 1.
    pub(super) fn new(dialect: &Dialect, scale: f32) -> Self {
        let envelope = SpectralEnvelope::of_spectra(dialect);
        Self { kept: Recent::new(KEPT, dialect.n_mels, envelope.bins()), envelope, scale }
    }

    /// σ of a mel frame, `[bins]`.
    pub(super) fn of(&mut self, frame: &[f32]) -> &[f32] {
        let Self { envelope, scale, kept } = self;
        kept.of(frame, |deviations| {
            for (deviation, log_density) in deviations.iter_mut().zip(envelope.log_densities(frame)) {
                *deviation = log_density.exp() * *scale;
            }
        })
    }
}
