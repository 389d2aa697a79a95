//! The vocoder under the stream: windows that arrive one by one.

use super::piece::Piece;
use super::{Request, Vocoder};
use crate::Result;
use crate::diffusion::SpanPlan;
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
}

impl From<RenderSettings> for Request {
    /// A stream has no control for classes: a model with any is refused where windows are rendered.
    fn from(settings: RenderSettings) -> Self {
        let RenderSettings { steps, temperature, strength, seed, coherence } = settings;
        let schedule = match steps {
            0 => ScheduleChoice::Fast,
            steps => ScheduleChoice::Steps(steps as usize),
        };
        let strength = f64::from(strength);
        Self { schedule, strength, temperature, seed, coherence, ..Self::default() }
    }
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
            let requests: Vec<Request> = group.iter().map(|window| window.settings.into()).collect();
            let sampler = self.sampler(&requests[0], &group[0].carrier)?;
            let pieces: Vec<Piece> = group
                .iter()
                .zip(&requests)
                .map(|(window, request)| Piece {
                    signal: Some(window.signal),
                    carrier: &window.carrier,
                    first_frame: window.first_frame,
                    output_frames: window.output_frames.clone(),
                    samples: window.mel.frames() * DiffWaveConfig::HOP,
                    ..self.piece(&window.mel, request)
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
