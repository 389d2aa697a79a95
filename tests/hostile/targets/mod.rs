//! What is done with files that a stranger made, of any bytes: each is taken, or refused in one line that names it.
//!
//! The seeded tests around this folder and the targets of `fuzz/` both come here.

pub mod archive;
pub mod header;
mod pages;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use remel::audio::{self, Audio};
use remel::checkpoint;
use remel::model::Model;
use remel::network::Backend;
use remel::vocoder::{FileRequest, Vocoder};

/// Longest line of a refusal, beside the file's name.
const MOST_LINE: usize = 2000;
/// Most steps of a model that is tried out.
const MOST_STEPS: usize = 8;

/// A sound of any kind.
pub fn sound(bytes: &[u8]) {
    in_file(bytes, |path| {
        let mut told = Vec::new();
        let read = Audio::read_telling(path, &mut |sentence| told.push(sentence));
        for sentence in told {
            assert!(!sentence.contains(char::is_control), "{sentence:?}");
        }
        if let Some(audio) = answered(path, read) {
            assert!(audio.samples() > 0 && audio.rate_hz > 0);
            assert!(audio.channels.iter().all(|channel| channel.len() == audio.samples()));
            assert!(audio.channels.iter().flatten().all(|sample| sample.is_finite()));
        }
    });
}

/// An Ogg file whose pages have the checksums that they should have.
pub fn pages(bytes: &[u8]) {
    sound(&pages::checked(bytes));
}

/// A NumPy array.
pub fn array(bytes: &[u8]) {
    in_file(bytes, |path| {
        if let Some(array) = answered(path, audio::read_npy_unchecked(path)) {
            assert_eq!(array.shape.iter().product::<usize>(), array.data.len());
        }
        if let Some(array) = answered(path, audio::read_npy(path)) {
            assert!(array.data.iter().all(|value| value.is_finite()));
        }
    });
}

/// A model or an array in any of the containers that those come in.
pub fn checkpoint(bytes: &[u8]) {
    in_file(bytes, |path| {
        answered(path, checkpoint::load(path, None));
        if let Some(array) = answered(path, checkpoint::read_array(path)) {
            assert_eq!(array.shape.iter().product::<usize>(), array.data.len());
        }
    });
}

/// A pickle in an archive that is as it should be.
pub fn pickle(bytes: &[u8]) {
    checkpoint(&archive::around(bytes));
}

/// The JSON before the values of a safetensors file, which is as long as it says.
pub fn tensors(json: &[u8]) {
    checkpoint(&header::before_values(json));
}

/// The header of a model's file, around the weights of one: where it is taken, the model says something too.
pub fn model(json: &[u8]) {
    let Some(bytes) = header::around_weights(json) else { return };
    in_file(&bytes, |path| {
        if let Some(model) = answered(path, checkpoint::load(path, None)) {
            try_out(path, model);
        }
    });
}

/// A configuration of a training.
#[cfg(feature = "train")]
pub fn configuration(bytes: &[u8]) {
    in_file(bytes, |path| {
        answered(path, remel::train::config::TrainConfig::read(path));
    });
}

/// Vocodes a tenth of a second, as a stream's model and as a file's.
fn try_out(path: &Path, model: Model) {
    let header = model.header();
    let sigmas = header.diffusion.map(|diffusion| diffusion.steps);
    let steps = sigmas.or(header.angle_steps).unwrap_or(header.inference_betas.len());
    if steps > MOST_STEPS {
        return;
    }
    let sound = Audio::mono(22_050, (0..2205).map(|index| (index as f32 * 0.1).sin() * 0.5).collect());
    for model in [model.clone(), model.for_streams()] {
        let vocoder = Vocoder::with_threads(Arc::new(model), &Backend::Cpu, 1);
        let Some(mut vocoder) = answered(path, vocoder) else { continue };
        if let Ok(audio) = vocoder.vocode(&sound, None, None, &FileRequest::default(), &mut |_, _| ()) {
            assert_eq!(audio.samples(), sound.samples());
        }
    }
}

/// Has `work` read a file of these `bytes`.
fn in_file(bytes: &[u8], work: impl FnOnce(&Path)) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("room for it");
    work(file.path());
}

/// The answer for the file `path`; a refusal has to be a line that names it.
fn answered<T>(path: &Path, answer: remel::Result<T>) -> Option<T> {
    let refusal = match answer {
        Ok(answer) => return Some(answer),
        Err(refusal) => refusal.to_string(),
    };
    assert!(refusal.starts_with(&format!("{}: ", path.display())), "{refusal:?} does not name the file");
    assert!(!refusal.contains(char::is_control), "{refusal:?} is no line");
    assert!(refusal.len() < MOST_LINE + path.as_os_str().len(), "{refusal:?} is too long");
    None
}
