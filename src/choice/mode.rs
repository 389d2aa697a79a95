//! What a device is chosen for.

use crate::render::{Format, SpanPlan};
use crate::stream::LatencyMode;

/// Sound that is rendered of a file at a time where it is timed.
pub(super) const FILE_SECONDS: f64 = 2.0;

/// What a device is chosen for: it may be the fastest for one of them, and not for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Files.
    File,
    /// Streams of this latency mode.
    Stream(LatencyMode),
}

impl Mode {
    /// All of them, the streams by their latency.
    pub const ALL: [Self; 4] = [
        Self::Stream(LatencyMode::Live),
        Self::Stream(LatencyMode::Balanced),
        Self::Stream(LatencyMode::Studio),
        Self::File,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "Files",
            Self::Stream(mode) => mode.name(),
        }
    }

    /// How sound for a renderer of `format` is cut into windows.
    pub fn plan(self, format: &Format) -> SpanPlan {
        match self {
            Self::File => {
                let frames = FILE_SECONDS * f64::from(format.rate_hz) / format.hop as f64;
                SpanPlan::whole(frames.ceil() as usize)
            }
            Self::Stream(mode) => mode.plan(format),
        }
    }
}
