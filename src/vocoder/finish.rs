//! From what was sampled to what is heard.

use super::piece::Piece;
use super::{Vocoder, strength};
use crate::mel::Mel;
use crate::network::DiffWaveConfig;
use crate::phase::Source;

impl Vocoder {
    /// Turns what was sampled for the frames of `mel` into audio, where the model's prior has sampled something else.
    fn shape(&mut self, mel: &Mel, sampled: &mut [f32]) {
        if let Some(filter) = &mut self.filter {
            filter.shape(mel, sampled);
            limit(sampled);
        }
    }

    /// Makes the sound of `piece` from what was `sampled` from frame `from` of its window on.
    pub(super) fn finish(&mut self, piece: &Piece, sampled: &mut [f32], from: usize, out: &mut Vec<f32>) {
        let frames = sampled.len().div_ceil(DiffWaveConfig::HOP);
        self.shape(&piece.mel.slice(from..(from + frames).min(piece.mel.frames())), sampled);
        piece.cut(sampled, from, out);
        let coherence = self.reconstructions.coherence(piece);
        if coherence != [0.0; 2] {
            self.reconstruct(piece, sampled, from, coherence, out);
        }
    }

    /// Reconstructs the phases of `piece`, whose sound is `out`, from the `audio` from frame `from` of its window on. The
    /// share of that in the sound goes from the first to the second `coherence`.
    fn reconstruct(
        &mut self,
        piece: &Piece,
        audio: &[f32],
        from: usize,
        [before, own]: [f32; 2],
        out: &mut [f32],
    ) {
        let Some(reconstructor) = &mut self.reconstructor else { return };
        let hop = DiffWaveConfig::HOP;
        // The more is left of a carrier, whose phases are true, the more they are trusted.
        let trust = 1.0 - strength(piece.request, piece.carrier) as f32 * (1.0 - reconstructor.phase().trust);
        // The audio's first frames want what the prior's filter would have needed before them.
        let begins = piece.first_frame + from as u64 == 0;
        let unsound = if begins { 0 } else { piece.reach_frames - piece.phase_frames };
        let first = (from + unsound).min(piece.output_frames.start);
        let source = Source {
            first_frame: piece.first_frame + first as u64,
            mel: &piece.mel.slice(first..piece.mel.frames()),
            audio: audio.get((first - from) * hop..).unwrap_or_default(),
            trust,
        };
        let [output, next_output] = piece.output();
        let known = self.reconstructions.find(piece);
        let mut state = known.unwrap_or_else(|| reconstructor.begin(source.first_frame));
        let mut coherent = Vec::with_capacity(out.len());
        reconstructor.advance(&mut state, &source, output..next_output, &mut coherent);
        limit(&mut coherent);
        self.reconstructions.keep(state, piece);
        let step = (own - before) / coherent.len() as f32;
        // A network whose upsampler is short has no sound for the end of the last frame.
        for (index, (x, coherent)) in out.iter_mut().zip(coherent).enumerate() {
            *x += (before + step * (index + 1) as f32) * (coherent - *x);
        }
    }
}

/// Limits samples to full scale.
fn limit(samples: &mut [f32]) {
    samples.iter_mut().for_each(|x| *x = x.clamp(-1.0, 1.0));
}
