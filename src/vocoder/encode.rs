//! From a window to what sampling takes of it.

use super::input::Encoded;
use super::pipeline::{Pipeline, Task};
use crate::diffusion::SamplingPlan;

impl Pipeline {
    /// The mel frames of what is sampled of `task`, what conditions it, and its carrier in the network's domain, if it counts.
    pub(super) fn encoded(&mut self, task: &Task, plan: &SamplingPlan) -> Encoded {
        let Task { window, from, end, context, .. } = task;
        let frames = window.mel.frames();
        let after = self.layout.conditioner_frames()[1];
        let conditioning = from - context..(end + after).min(frames);
        let mel = window.mel.slice(conditioning.clone());
        let told = (window.link.told.frames() == frames).then(|| window.link.told.slice(conditioning));
        if window.carrier.is_empty() || plan.start.carrier_scale == 0.0 {
            return Encoded { told, mel, carrier: Vec::new() };
        }
        let reach = self.domain.reach_frames();
        let (first, last) = (from.saturating_sub(reach), (end + reach).min(frames));
        let (hop, frame_values) = (self.layout.hop, self.layout.frame_values());
        // After the last frame lies what its mel frame was made of beside its own hop.
        let under = (last * hop + self.tail_samples).min(window.carrier.len());
        let carrier = &window.carrier[first * hop..under];
        let mut x = self.domain.encode(&window.mel.slice(first..last), carrier);
        x.truncate((end - first) * frame_values);
        Encoded { told, mel, carrier: x.split_off((from - first) * frame_values) }
    }
}
