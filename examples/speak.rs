//! Mel frames that another program made, such as a text-to-speech model, to sound. The bundled model `tts` takes those of HiFi-GAN,
//! `[80, frames]`:
//!
//!     cargo run --release -- mel assets/demo/voice.wav --model tts -o mel.npy
//!     cargo run --release --example speak -- mel.npy out.wav

use std::path::PathBuf;
use std::sync::Arc;

use remel::Error;
use remel::audio::{Audio, read_npy};
use remel::checkpoint::Bundled;
use remel::mel::Mel;
use remel::network::Backend;
use remel::render::Request;
use remel::vocoder::Vocoder;

fn main() -> remel::Result<()> {
    let mut paths = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(input), Some(output)) = (paths.next(), paths.next()) else {
        eprintln!("usage: speak MEL.npy OUT.wav");
        std::process::exit(2);
    };
    let model = Arc::new(Bundled::Tts.model());
    let dialect = model.dialect()?;
    let array = read_npy(&input)?;
    if array.shape.len() != 2 || array.shape[0] != dialect.n_mels {
        let expected = format!("[{}, frames]", dialect.n_mels);
        return Err(Error::invalid(input.display(), "shape", format!("{:?}", array.shape), expected));
    }
    let mel = Mel::from_bands(dialect.n_mels, &array.data);
    let rate_hz = dialect.rate_hz;
    let mut vocoder = Vocoder::new(model, &Backend::Cpu)?;
    let samples = vocoder.synthesize(&mel, &[], &Request::default(), &mut |_, _| ())?;
    Audio::mono(rate_hz, samples).write_wav(&output)
}
