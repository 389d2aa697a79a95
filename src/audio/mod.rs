//! Audio and array files in and out.
//!
//! A file's bytes (`source`) are looked into (`container`), decoded (`decode`, `pcm`) and put together (`gather`); `limits`
//! says what may come out of it.

mod container;
mod decode;
mod gather;
mod identity;
mod limits;
mod npy;
mod number;
mod pcm;
mod planar;
mod read;
mod resample;
mod ring;
mod source;
mod target;
mod temporary;
mod write;

pub use decode::is_decoding;
pub use identity::FileIdentity;
pub use npy::{Array, read_npy, read_npy_unchecked, write_npy};
pub(crate) use number::{Number, row_major, strides};
pub use planar::Audio;
pub use resample::resample;
pub(crate) use ring::Ring;
pub use target::{STANDARD, check_output, is_stream, names_folder, output_name};
pub use temporary::abandon_writes;
pub use write::{WriteSeek, write_whole, write_whole_and_sync};
