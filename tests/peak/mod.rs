//! How loud a file is that a program has made of another.

use std::path::Path;

use remel::audio::Audio;

/// The loudest sample of a file that lasts as long as `like`.
#[track_caller]
pub fn peak(path: &Path, like: &Audio) -> f32 {
    let audio = Audio::read(path).unwrap();
    assert!((audio.seconds() - like.seconds()).abs() < 0.05, "{} s", audio.seconds());
    audio.channels[0].iter().fold(0.0, |peak, sample| sample.abs().max(peak))
}
