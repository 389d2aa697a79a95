//! The table of the published dialects.

use super::{Compression, Dialect, Framing, Scale, Spectrum};
use crate::{Error, Result};

/// The published dialects' names, in the order of [`published`].
const NAMES: &[&str] = &[
    "lmnt-diffwave",
    "lmnt-wavegrad",
    "ivanvovk-wavegrad",
    "tacotron2",
    "hifigan",
    "bigvgan-24k",
    "bigvgan2-44k",
    "vocos-24k",
];

impl Dialect {
    /// The names that [`Dialect::named`] knows.
    pub fn names() -> &'static [&'static str] {
        NAMES
    }

    /// A published dialect by its name.
    ///
    /// # Errors
    /// An unknown name; the message lists the known ones.
    pub fn named(name: &str) -> Result<Self> {
        published(name)
            .ok_or_else(|| Error::invalid("mel dialect", "name", name, format!("one of {}", NAMES.join(", "))))
    }
}

/// The published dialect of that name.
fn published(name: &str) -> Option<Dialect> {
    let lmnt = Dialect {
        name: name.to_owned(),
        rate_hz: 22050,
        n_fft: 1024,
        hop: 256,
        win: 1024,
        n_mels: 80,
        fmin_hz: 20.0,
        fmax_hz: 11025.0,
        scale: Scale::Htk,
        spectrum: Spectrum::MagnitudeUnitWindow,
        compression: Compression::UnitDecibels,
        framing: Framing::Centred,
    };
    let hifigan = Dialect {
        fmin_hz: 0.0,
        fmax_hz: 8000.0,
        scale: Scale::Slaney,
        spectrum: Spectrum::MagnitudeEps,
        compression: Compression::Ln { floor: 1e-5 },
        framing: Framing::MidHop,
        ..lmnt.clone()
    };
    Some(match name {
        // lmnt-com/diffwave, preprocess.py
        "lmnt-diffwave" => lmnt,
        // lmnt-com/wavegrad, preprocess.py
        "lmnt-wavegrad" => Dialect { n_fft: 2048, hop: 300, win: 1200, n_mels: 128, ..lmnt },
        // ivanvovk/WaveGrad, data.py
        "ivanvovk-wavegrad" => Dialect {
            hop: 300,
            fmin_hz: 80.0,
            fmax_hz: 8000.0,
            spectrum: Spectrum::Power,
            compression: Compression::Log10,
            framing: Framing::CentredDropLast,
            ..lmnt
        },
        // NVIDIA/tacotron2, layers.py
        "tacotron2" => Dialect { spectrum: Spectrum::Magnitude, framing: Framing::Centred, ..hifigan },
        // jik876/hifi-gan, meldataset.py
        "hifigan" => hifigan,
        // NVIDIA/BigVGAN, meldataset.py
        "bigvgan-24k" => Dialect { rate_hz: 24000, n_mels: 100, fmax_hz: 12000.0, ..hifigan },
        "bigvgan2-44k" => Dialect {
            rate_hz: 44100,
            n_fft: 2048,
            hop: 512,
            win: 2048,
            n_mels: 128,
            fmax_hz: 22050.0,
            ..hifigan
        },
        // gemelo-ai/vocos, feature_extractors.py
        "vocos-24k" => Dialect {
            rate_hz: 24000,
            n_mels: 100,
            fmin_hz: 0.0,
            fmax_hz: 12000.0,
            spectrum: Spectrum::Magnitude,
            compression: Compression::Ln { floor: 1e-7 },
            ..lmnt
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_known_and_valid_and_survives_json() {
        for &name in Dialect::names() {
            let dialect = Dialect::named(name).unwrap();
            assert_eq!(dialect.name, name);
            dialect.validate().unwrap();
            let json = serde_json::to_string(&dialect).unwrap();
            assert_eq!(serde_json::from_str::<Dialect>(&json).unwrap(), dialect);
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let message = Dialect::named("mp3").unwrap_err().to_string();
        assert!(message.contains("mp3") && NAMES.iter().all(|name| message.contains(name)), "{message}");
    }
}
