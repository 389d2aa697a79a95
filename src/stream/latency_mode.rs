//! Latency modes: how long a chunk is, and how far a network may look ahead.

use crate::render::{Format, SpanPlan};

/// What is traded for latency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LatencyMode {
    /// As little as the model allows.
    Live,
    /// Longer chunks, less work.
    #[default]
    Balanced,
    /// The model's full context.
    Studio,
}

impl LatencyMode {
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::Live, Self::Balanced, Self::Studio];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "Live",
            Self::Balanced => "Balanced",
            Self::Studio => "Studio",
        }
    }

    /// How a stream to a renderer of `format` is cut into windows. A network that looks far ahead is cut short, but never
    /// what a renderer cannot do without; of look-ahead that is optional, the shortest mode has none and the longest all.
    pub fn plan(self, format: &Format) -> SpanPlan {
        let (chunks, most_right, most_optional) = match self {
            Self::Live => (1, 4, 0),
            Self::Balanced => (3, 8, 2),
            Self::Studio => (16, usize::MAX, usize::MAX),
        };
        let context = format.context;
        let most_right = context.least_right_frames.saturating_add(most_right);
        let needed = context.right_frames - context.optional_right_frames;
        SpanPlan {
            chunk_frames: chunks * format.chunk_frames,
            left_frames: context.left_frames,
            right_frames: needed.min(most_right) + context.optional_right_frames.min(most_optional),
        }
    }

    /// The time that a chunk of `plan` has from the moment it is complete to the moment it is heard: a renderer that keeps
    /// up needs no longer for it than it lasts.
    pub fn budget_ms(plan: &SpanPlan, format: &Format) -> f64 {
        1e3 * (plan.chunk_frames * format.hop) as f64 / f64::from(format.rate_hz)
    }
}
