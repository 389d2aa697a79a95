//! One mel frame from the samples under its window.

use super::spectrum::PowerSpectrum;
use super::{Compression, Dialect, FilterBank, Spectrum};
use crate::Result;

/// Computes the frames of one dialect, one at a time and without an allocation.
pub(super) struct Analysis {
    power: PowerSpectrum,
    spectrum: Spectrum,
    /// `1 / √Σw²`, which only [`Spectrum::MagnitudeUnitWindow`] reads.
    unit_window: f32,
    values: Vec<f32>,
    bank: FilterBank,
    compression: Compression,
    frame: Vec<f32>,
}

impl Analysis {
    /// # Errors
    /// What [`Dialect::validate`] finds.
    pub(super) fn new(dialect: &Dialect) -> Result<Self> {
        dialect.validate()?;
        let power = PowerSpectrum::new(dialect.n_fft, dialect.win);
        Ok(Self {
            unit_window: power.window_energy().sqrt().recip(),
            power,
            spectrum: dialect.spectrum,
            values: vec![0.0; dialect.n_fft / 2 + 1],
            bank: dialect.filter_bank(),
            compression: dialect.compression,
            frame: vec![0.0; dialect.n_mels],
        })
    }

    /// The mel frame, `[n_mels]`, of the `win` samples `head` followed by `tail`. Real-time.
    pub(super) fn frame(&mut self, head: &[f32], tail: &[f32]) -> &[f32] {
        let power = self.power.of(head, tail);
        for (value, &power) in self.values.iter_mut().zip(power) {
            *value = match self.spectrum {
                Spectrum::Magnitude => power.sqrt(),
                Spectrum::MagnitudeUnitWindow => power.sqrt() * self.unit_window,
                Spectrum::Power => power,
                Spectrum::MagnitudeEps => (power + 1e-9).sqrt(),
            };
        }
        self.bank.apply(&self.values, &mut self.frame);
        for band in &mut self.frame {
            *band = self.compression.compress(*band);
        }
        &self.frame
    }
}
