//! From a window to what sampling takes of it.

use super::input::Encoded;
use super::leveller::Leveller;
use super::pipeline::{Pipeline, Task};
use crate::diffusion::SamplingPlan;
use crate::mel::Mel;
use crate::render::Window;

impl Pipeline {
    /// The mel frames of what is sampled of `task`, what conditions it, and its carrier in the network's domain, if it counts.
    pub(super) fn encoded(&mut self, task: &Task, plan: &SamplingPlan) -> Encoded {
        let Task { window, from, end, context, .. } = task;
        let frames = window.mel.frames();
        let after = self.layout.conditioner_frames()[1];
        let conditioning = from - context..(end + after).min(frames);
        let heard = self.rendered_as(window);
        let mel = heard.slice(conditioning.clone());
        let told = Leveller::mel(window);
        let told = (!std::ptr::eq(told, heard)).then(|| told.slice(conditioning));
        if window.carrier.is_empty() || plan.start.carrier_scale == 0.0 {
            return Encoded { told, mel, carrier: Vec::new() };
        }
        let reach = self.domain.reach_frames();
        let (first, last) = (from.saturating_sub(reach), (end + reach).min(frames));
        let (hop, frame_values) = (self.layout.hop, self.layout.frame_values());
        // After the last frame lies what its mel frame was made of beside its own hop.
        let under = (last * hop + self.tail_samples).min(window.carrier.len());
        let mut carrier = window.carrier[first * hop..under].to_vec();
        if let Some(leveller) = &self.leveller {
            leveller.undo(window, first..last, &mut carrier);
        }
        let mut x = self.domain.encode(&heard.slice(first..last), &carrier);
        x.truncate((end - first) * frame_values);
        Encoded { told, mel, carrier: x.split_off((from - first) * frame_values) }
    }

    /// The mel frames that the sound of `window` is rendered as: its own, or what the network is told.
    pub(super) fn rendered_as<'w>(&self, window: &'w Window) -> &'w Mel {
        if self.leveller.is_some() { Leveller::mel(window) } else { &window.mel }
    }
}
