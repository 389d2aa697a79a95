//! Audio and array files in and out.

mod au;
mod decode;
mod npy;
mod planar;
mod read;
mod resample;
mod ring;
mod write;

pub use npy::{Array, read_npy, read_npy_unchecked, write_npy};
pub use planar::Audio;
pub use resample::resample;
pub(crate) use ring::Ring;
pub use write::write_whole;
