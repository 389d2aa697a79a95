//! What is written down while a model is trained: a table of figures, TensorBoard's event files, pictures.

mod events;
mod metrics;
mod picture;
mod protobuf;

pub use events::EventFile;
pub use metrics::Metrics;
pub use picture::{Picture, mel_picture};
