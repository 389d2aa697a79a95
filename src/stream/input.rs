//! What a host hands over: the main input and the side chain, whatever of them is there.

/// The side chain of one call, `start` samples behind the main input's. Without channels it is silent, with too few the
/// last one serves the others too.
#[derive(Clone, Copy)]
pub(super) struct SideChain<'a> {
    pub channels: &'a [&'a [f32]],
    pub start: usize,
}

impl SideChain<'_> {
    pub fn sample(&self, channel: usize, index: usize) -> f32 {
        let there = channel.min(self.channels.len().saturating_sub(1));
        sample(self.channels.get(there).copied(), self.start + index)
    }
}

/// Whether any of `channels` sounds at `index`, in the main input or the side chain.
pub fn sounds(channels: usize, main: &[&mut [f32]], side: SideChain, index: usize) -> bool {
    (0..channels).any(|channel| {
        let main = sample(main.get(channel).map(|main| &**main), index);
        main != 0.0 || side.sample(channel, index) != 0.0
    })
}

/// Sample `index` of a channel; silence beyond its end, where there is no channel, and where it is not finite.
pub fn sample(channel: Option<&[f32]>, index: usize) -> f32 {
    channel.and_then(|channel| channel.get(index)).copied().filter(|sample| sample.is_finite()).unwrap_or(0.0)
}
