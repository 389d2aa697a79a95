//! What conditions a frame beside its noised spectrum: the envelope, and the mels around it.

use std::f32::consts::LN_2;
use std::ops::Range;

use super::config::BandWaveConfig;
use crate::mel::{Dialect, Mel, SpectralEnvelope};

/// What conditions the frames that were taken, in the network's own scale: about unit variance.
#[derive(Clone)]
pub(crate) struct Conditioning {
    look_ahead: usize,
    envelope: SpectralEnvelope,
    /// ln of the deviations, `[frames, bins]`.
    pub(crate) log_envelopes: Vec<f32>,
    /// What is known of each frame's mels, `[frames, condition_values]`.
    pub(crate) rows: Vec<f32>,
}

impl Conditioning {
    /// Nothing yet of frames of `dialect`.
    pub(crate) fn new(config: &BandWaveConfig, dialect: &Dialect) -> Self {
        Self {
            look_ahead: config.look_ahead,
            envelope: SpectralEnvelope::of_spectra(dialect),
            log_envelopes: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Forgets all frames.
    pub(crate) fn clear(&mut self) {
        self.log_envelopes.clear();
        self.rows.clear();
    }

    /// Takes the frames `frames` of `mel`, told up to `look_ahead` frames ahead.
    pub(crate) fn take(&mut self, mel: &Mel, frames: Range<usize>, look_ahead: usize) {
        for frame in frames {
            // The density of white noise to the deviation of one part of a bin, less the window's norm.
            let log_densities = self.envelope.log_densities(mel.frame(frame));
            self.log_envelopes.extend(log_densities.map(|ln| (ln - LN_2 / 2.0) / 3.0 + 1.5));
            push_row(&mut self.rows, mel, frame, self.look_ahead, look_ahead);
        }
    }
}

/// The mel frames before, at and after `frame`, and which of those after it are known: one that is not is zeros, as is one
/// beyond an end.
fn push_row(rows: &mut Vec<f32>, mel: &Mel, frame: usize, most: usize, known: usize) {
    let n_mels = mel.n_mels();
    let mut push = |at: Option<usize>| match at.filter(|at| *at < mel.frames()) {
        Some(at) => rows.extend(mel.frame(at).iter().map(|value| (value + 4.0) / 3.0)),
        None => rows.resize(rows.len() + n_mels, 0.0),
    };
    push(frame.checked_sub(1));
    push(Some(frame));
    (0..most).for_each(|ahead| push((ahead < known).then_some(frame + 1 + ahead)));
    rows.extend((0..most).map(|ahead| if ahead < known { 1.0 } else { 0.0 }));
}
