//! The vocoder under the stream: windows that arrive one by one.

use super::Vocoder;
use super::piece::Piece;
use crate::Result;
use crate::diffusion::{Sampler, SpanPlan};
use crate::model::ScheduleChoice;
use crate::network::DiffWaveConfig;
use crate::stream::{Format, Render, RenderSettings, Window};

/// Mel frames per chunk of the plugin's latency modes.
pub mod chunk_frames {
    /// The shortest latency, for the most work.
    pub const LIVE: usize = 4;
    /// Between the two.
    pub const BALANCED: usize = 12;
    /// The least work.
    pub const STUDIO: usize = 64;
}

/// Network calls whose full reach a live window covers. What more calls see beyond its edge hardly counts (seams of the
/// bundled model: see the README), and every frame is work, and to the right latency.
const LIVE_REACHES: usize = 2;

impl Vocoder {
    /// Frames of context before a live window.
    pub(super) fn left_frames(&self) -> usize {
        self.context(1, LIVE_REACHES).left_frames
    }

    /// What a window's settings mean for the sampler.
    fn live_sampler(&self, window: &Window) -> Result<Sampler> {
        let schedule = match window.settings.steps {
            0 => ScheduleChoice::Fast,
            steps => ScheduleChoice::Steps(steps as usize),
        };
        self.model.sampler(&schedule, strength(window))
    }
}

/// How far the window's carrier is noised; without one, sampling starts from pure noise.
fn strength(window: &Window) -> f64 {
    if window.carrier.is_empty() { 1.0 } else { f64::from(window.settings.strength) }
}

impl Render for Vocoder {
    fn format(&self) -> Format {
        let header = self.model.header();
        Format {
            rate_hz: header.rate_hz,
            hop: DiffWaveConfig::HOP,
            n_mels: header.network.n_mels.unwrap_or(0),
            causal: header.network.causal,
        }
    }

    fn plan(&self, chunk_frames: usize) -> SpanPlan {
        self.context(chunk_frames, LIVE_REACHES)
    }

    fn render(&mut self, windows: &[&Window], out: &mut [Vec<f32>]) -> Result<()> {
        let same = |a: &&Window, b: &&Window| {
            let key = |w: &Window| {
                let RenderSettings { steps, temperature, strength, seed: _, coherence: _ } = w.settings;
                (w.mel.frames(), w.carrier.is_empty(), steps, temperature, strength)
            };
            key(a) == key(b)
        };
        let mut out = &mut out[..];
        for group in windows.chunk_by(same) {
            let sampler = self.live_sampler(group[0])?;
            let pieces: Vec<Piece> = group
                .iter()
                .map(|window| Piece {
                    signal: Some(window.signal),
                    mel: &window.mel,
                    carrier: &window.carrier,
                    first_frame: window.first_frame,
                    output_frames: window.output_frames.clone(),
                    reach_frames: self.model.header().reach_frames(),
                    phase_frames: self.model.header().phase_frames(),
                    samples: window.mel.frames() * DiffWaveConfig::HOP,
                    seed: window.settings.seed,
                    temperature: window.settings.temperature,
                    strength: strength(window),
                    coherence: window.settings.coherence,
                    // A stream has no control for it: a model with classes is refused where windows are rendered.
                    class: None,
                    guidance: 1.0,
                })
                .collect();
            let (these, rest) = std::mem::take(&mut out).split_at_mut(pieces.len());
            self.render_pieces(&sampler, &pieces, these, &mut || ())?;
            out = rest;
        }
        Ok(())
    }

    fn forget(&mut self, signal: u64) {
        self.forget_signal(Some(signal));
    }
}
