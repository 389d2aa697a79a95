//! The models that are built in.

use std::path::Path;

use super::file::ModelFile;
use crate::model::Model;

/// A model that is built into the library.
///
/// ```
/// use remel::checkpoint::Bundled;
///
/// for bundled in Bundled::ALL {
///     assert_eq!(bundled.model().header().card.name, bundled.name());
/// }
/// assert_eq!(Bundled::Tts.model().dialect()?.name, "hifigan");
/// # Ok::<(), remel::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bundled {
    /// BandWave, 64 channels × 12 layers, full band at 44 100 Hz: what is used where nothing else is named.
    #[default]
    Small,
    /// BandWave, 96 channels × 16 layers: three times the work.
    Large,
    /// BandWave at 22 050 Hz for the mel frames of HiFi-GAN and Tacotron.
    Tts,
}

impl Bundled {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Small, Self::Large, Self::Tts];

    /// Its name, by which it is asked for instead of a file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
            Self::Tts => "tts",
        }
    }

    /// The one that `path` names, if it is no path but a name.
    pub fn named(path: &Path) -> Option<Self> {
        Self::ALL.into_iter().find(|bundled| path.as_os_str() == bundled.name())
    }

    /// Its file.
    pub fn file(self) -> ModelFile {
        let bytes = match self {
            Self::Small => include_bytes!("../../assets/models/small.safetensors").as_slice(),
            Self::Large => include_bytes!("../../assets/models/large.safetensors").as_slice(),
            Self::Tts => include_bytes!("../../assets/models/tts.safetensors").as_slice(),
        };
        ModelFile::built_in(self.name(), bytes)
    }

    /// The model.
    pub fn model(self) -> Model {
        self.file().parse(None).expect("bundled models are valid")
    }
}
