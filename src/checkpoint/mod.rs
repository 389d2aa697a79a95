//! Model files: our own `.safetensors`, and checkpoints of other programs.

mod arguments;
mod bandwave;
mod bundled;
mod catalog;
mod diffwave;
mod family;
mod file;
mod import;
mod kind;
mod options;
mod params;
mod pickle;
mod prefix;
mod pytorch;
mod safetensors;
mod storages;
mod unet1d;
mod wavegrad;
mod weight_norm;

pub use arguments::Arguments;
pub use bundled::Bundled;
pub use family::Family;
pub use file::{ModelFile, read_array, read_header, read_tokens};
pub use options::ImportOptions;
pub use safetensors::{WeightType, save, save_as};

use std::path::Path;

use crate::Result;
use crate::mel::Dialect;
use crate::model::Model;

/// Reads a model: a bundled one by its name, a Remel file, a DiffWave or WaveGrad checkpoint of PyTorch or as safetensors, or the file of
/// BandWave's reference. What a file is, its first bytes tell, not its name.
///
/// `dialect` overrides what a foreign checkpoint was trained on, which its file does not say.
///
/// # Errors
/// One line that names the file, the field or tensor, what was found and what was expected.
///
/// ```
/// use std::path::Path;
///
/// use remel::checkpoint::{Bundled, load};
///
/// assert_eq!(load(Path::new("small"), None)?, Bundled::Small.model());
/// assert_eq!(load(Path::new("assets/models/large.safetensors"), None)?, Bundled::Large.model());
///
/// let refused = load(Path::new("assets/demo/voice.wav"), None).unwrap_err().to_string();
/// assert!(refused.starts_with("assets/demo/voice.wav: "), "{refused}");
/// # Ok::<(), remel::Error>(())
/// ```
pub fn load(path: &Path, dialect: Option<&Dialect>) -> Result<Model> {
    open(path)?.parse(dialect)
}

/// The file of a model, read whole: a bundled one by its name, or any that [`load`] takes.
///
/// # Errors
/// It is no model's, or the system refuses it.
pub fn open(path: &Path) -> Result<ModelFile> {
    Bundled::named(path).map_or_else(|| ModelFile::read(path), |bundled| Ok(bundled.file()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModelHeader;

    fn live() -> Model {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models/live.safetensors");
        load(&path, None).unwrap()
    }

    #[test]
    fn a_header_is_read_without_the_weights_and_a_checkpoint_has_none() {
        let models = Path::new(env!("CARGO_MANIFEST_DIR"));
        let live = models.join("assets/models/live.safetensors");
        assert_eq!(read_header(&live).unwrap().as_ref(), Some(load(&live, None).unwrap().header()));
        let weights = models.join("tests/fixtures/diffwave/lmnt_8x4x2/weights.pt");
        assert_eq!(read_header(&weights).unwrap(), None);
        assert!(read_header(&models.join("README.md")).is_err());
    }

    #[test]
    fn a_file_read_whole_is_the_model_that_was_there_then() {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diffwave/lmnt_8x4x2");
        let folder = tempfile::tempdir().unwrap();
        for name in ["weights.pt", "weights.safetensors"] {
            let path = folder.path().join(name);
            std::fs::copy(fixtures.join(name), &path).unwrap();
            let there = load(&path, None).unwrap();
            let file = ModelFile::read(&path).unwrap();
            std::fs::write(&path, "something else").unwrap();
            assert_eq!(file.parse(None).unwrap(), there);
            assert_eq!(file.path(), path);
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_read_whole_is_said_of_the_file() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bad/truncated.pt");
        let message = ModelFile::read(&path).unwrap().parse(None).unwrap_err().to_string();
        assert_eq!(message, load(&path, None).unwrap_err().to_string());
    }

    #[test]
    fn a_header_that_asks_for_more_than_any_model_needs_is_refused() {
        let bundled = live();
        let refusal = |change: fn(&mut ModelHeader)| {
            let mut header = bundled.header().clone();
            change(&mut header);
            Model::new("x.safetensors", header, bundled.weights().clone()).unwrap_err().to_string()
        };
        let faster = |header: &mut ModelHeader| {
            header.rate_hz = 4_000_000_000;
            header.dialect.as_mut().unwrap().rate_hz = header.rate_hz;
        };
        assert_eq!(refusal(faster), "x.safetensors: rate_hz: found 4000000000, expected 1000 to 384000");
        let longer = |header: &mut ModelHeader| header.inference_betas = vec![1e-6; 20_000];
        assert_eq!(refusal(longer), "x.safetensors: inference_betas: found 20000 steps, expected at most 1000");
    }
}
