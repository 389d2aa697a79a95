//! What is found in a container.

use super::mpeg4::Edit;
use crate::audio::pcm::Pcm;

/// What a file holds.
pub(in crate::audio) enum Contents {
    /// Plain samples.
    Pcm(Pcm),
    /// Files for a decoder's own reader, which are heard one after the other.
    Row(Vec<Vec<u8>>),
    /// Bytes for a decoder's own reader, and what of the sound is meant to be heard. Where they have `gaps`, what follows one is a
    /// stream of its own, which says when it is to be heard.
    Coded { bytes: Vec<u8>, edit: Option<Edit>, gaps: bool },
}
