//! What is written down while a model is trained: a table of figures, and TensorBoard's event files.

mod events;
mod metrics;
mod protobuf;

pub use events::EventFile;
pub use metrics::Metrics;
