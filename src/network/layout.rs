//! What the rest of the house knows of a network.

/// How a network lies on time: all that encoding, windows, streams and latency have to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Layout {
    /// Samples per mel frame.
    pub hop: usize,
    /// Whether x has a row per sample or a row per mel frame.
    pub rows: Rows,
    /// Values of a row of x.
    pub channels: usize,
    /// Rows before and after a value's own that one call of the network looks at.
    pub reach: [usize; 2],
    /// Whether a value depends on all of its window, and on nothing outside of it: normalization or attention goes along time.
    pub whole_windows: bool,
    /// What the network is conditioned on; none for an unconditional one.
    pub conditioner: Option<Conditioner>,
    /// Values that are missing at the end of what a window's mel frames condition.
    pub short_values: usize,
    /// Whether the network looks at no row after a value's own, so that a signal can be gone on with.
    pub causal: bool,
}

/// What a row of x is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rows {
    /// A sample.
    Samples,
    /// A mel frame.
    Frames,
}

/// Mel frames that a network is conditioned on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conditioner {
    /// Bands of a frame.
    pub n_mels: usize,
    /// Frames before and after a value's own that condition it.
    pub reach_frames: [usize; 2],
    /// How many of those after it can do without: look-ahead that is chosen when it renders.
    pub optional_frames: usize,
}

impl Layout {
    /// Values of a row of x, where it has several.
    pub fn row_values(&self) -> Option<usize> {
        (self.rows == Rows::Frames).then_some(self.channels)
    }

    /// The shape of `values` values of x: `[samples]`, of several channels `[channels, samples]`, or `[frames, values]`.
    pub fn window_shape(&self, values: usize) -> Vec<usize> {
        match (self.rows, self.channels) {
            (Rows::Samples, 1) => vec![values],
            (Rows::Samples, channels) => vec![channels, values / channels],
            (Rows::Frames, row) => vec![values / row, row],
        }
    }

    /// Values of x per mel frame.
    pub fn frame_values(&self) -> usize {
        match self.rows {
            Rows::Samples => self.hop * self.channels,
            Rows::Frames => self.channels,
        }
    }

    /// Values of x that `frames` mel frames condition.
    pub fn values(&self, frames: usize) -> usize {
        (frames * self.frame_values()).saturating_sub(self.short_values)
    }

    /// Samples that `frames` mel frames give.
    pub fn samples(&self, frames: usize) -> usize {
        self.values(frames) * self.hop / self.frame_values()
    }

    /// Bands of the mel frames; 0 without a conditioner.
    pub fn n_mels(&self) -> usize {
        self.conditioner.map_or(0, |conditioner| conditioner.n_mels)
    }

    /// Mel frames before and after a value's own that condition it.
    pub fn conditioner_frames(&self) -> [usize; 2] {
        self.conditioner.map_or([0; 2], |conditioner| conditioner.reach_frames)
    }

    /// How many of the frames after it can do without.
    pub fn optional_frames(&self) -> usize {
        self.conditioner.map_or(0, |conditioner| conditioner.optional_frames)
    }

    /// Samples that one of a sampling in `calls` calls depends on, itself among them: the receptive field of all calls together
    /// (DiffWave, appendix C). None where it is the whole window.
    pub fn field_samples(&self, calls: usize) -> Option<usize> {
        let rows = (self.reach[0] + self.reach[1]) * calls + 1;
        let samples = match self.rows {
            Rows::Samples => rows,
            Rows::Frames => rows * self.hop,
        };
        (!self.whole_windows).then_some(samples)
    }

    /// Mel frames before and after a value's own that `calls` calls of the network look at, without its conditioner's.
    pub fn reach_frames(&self, calls: usize) -> [usize; 2] {
        self.reach.map(|rows| match self.rows {
            Rows::Samples => (rows * calls).div_ceil(self.hop),
            Rows::Frames => rows * calls,
        })
    }
}
