//! The engine and its renderers as the user sees them.

use std::fmt;
use std::sync::Arc;

/// The name that renderers are registered under: the same for instances that share a model and a device.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RendererKey(Arc<str>);

impl<T: Into<Arc<str>>> From<T> for RendererKey {
    fn from(name: T) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for RendererKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a renderer is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RendererState {
    /// It renders.
    Ready,
    /// It failed, and its fallback renders instead.
    OnFallback {
        /// What the renderer answered.
        error: String,
    },
    /// It failed, nothing renders instead, and its streams are on their underrun sound.
    Failed {
        /// What the renderer answered.
        error: String,
    },
}

/// One renderer as the user sees it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RendererStatus {
    /// The key it is registered under.
    pub key: RendererKey,
    /// How it is doing.
    pub state: RendererState,
    /// What it said of the latest request if it could not be met; the stream is on its underrun sound then.
    pub refusal: Option<String>,
    /// Time spent rendering over the audio time of one stream that it yields: at 1 it only just keeps up.
    pub load: f32,
}

/// The engine as the user sees it.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct EngineStatus {
    /// Whether the worker runs.
    pub running: bool,
    /// Streams that are attached.
    pub streams: usize,
    /// All renderers, in the order of their keys.
    pub renderers: Vec<RendererStatus>,
}
