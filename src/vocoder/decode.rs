//! From what was sampled to what is heard: the domain's way back, and after it the phase reconstruction.

use super::pipeline::{Pipeline, strength};
use super::state::{LastOutput, SignalState};
use crate::domain::limit;
use crate::domain::phase::Source;
use crate::render::Window;

impl Pipeline {
    /// The sound of `window`, of which `x` has been sampled from its frame `first` on, and whose channel stands at `state`.
    pub(super) fn decode(
        &mut self,
        window: &Window,
        state: &mut SignalState,
        x: Vec<f32>,
        first: usize,
    ) -> Vec<f32> {
        let hop = self.layout.hop;
        let end = (first + x.len().div_ceil(self.layout.frame_values())).min(window.mel.frames());
        let decoded = first..end.max(first);
        let told = self.rendered_as(window);
        let audio = self.domain.decode(&told.slice(decoded), x);
        let last = ((window.output.end - first) * hop).min(audio.len());
        let mut sound = audio[((window.output.start - first) * hop).min(last)..last].to_vec();
        if let Some(leveller) = &self.leveller {
            leveller.apply(window, window.output.clone(), &mut sound);
        }
        let own = window.request.coherence;
        let [output, next_output] =
            [window.output.start, window.output.end].map(|frame| window.first_frame + frame as u64);
        let before = state.take_last_output(output);
        // A turned knob makes no step: what is heard begins as it was heard last.
        let begun = before.as_ref().map_or(own, |last| last.coherence);
        let reconstruction = before.and_then(|last| last.reconstruction);
        let mut last_output = LastOutput { next_output, coherence: own, reconstruction: None };
        if let Some(reconstructor) = self.reconstructor.as_mut().filter(|_| [begun, own] != [0.0; 2]) {
            // The audio's first frames want what the domain would have needed before them.
            let begins = state.from_beginning && state.first_frame == window.first_frame + first as u64;
            let unsound = if begins { 0 } else { self.domain.reach_frames() };
            let from = (first + unsound).min(window.output.start);
            // The more is left of a carrier, whose phases are true, the more they are trusted.
            let trust = 1.0 - strength(window) * (1.0 - reconstructor.phase().trust);
            let source = Source {
                first_frame: window.first_frame + from as u64,
                mel: &window.mel.slice(from..window.mel.frames()),
                told: &told.slice(from..window.mel.frames()),
                audio: audio.get((from - first) * hop..).unwrap_or_default(),
                trust,
            };
            let mut phases = reconstruction.unwrap_or_else(|| reconstructor.begin(source.first_frame));
            let mut coherent = Vec::with_capacity(sound.len());
            reconstructor.advance(&mut phases, &source, output..next_output, &mut coherent);
            limit(&mut coherent);
            blend(&mut sound, &coherent, begun, own);
            last_output.reconstruction = Some(phases);
        }
        state.last_output = Some(last_output);
        sound
    }
}

/// Blends `coherent` into `sound`, a share of it that goes from `before` to `own`.
fn blend(sound: &mut [f32], coherent: &[f32], before: f32, own: f32) {
    let step = (own - before) / coherent.len() as f32;
    // A network whose upsampler is short has no sound for the end of the last frame.
    for (index, (x, coherent)) in sound.iter_mut().zip(coherent).enumerate() {
        *x += (before + step * (index + 1) as f32) * (coherent - *x);
    }
}
