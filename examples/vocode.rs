//! A file to mel frames and back, synthesized from noise:
//!
//!     cargo run --release --example vocode -- assets/demo/voice.wav out.wav

use std::path::PathBuf;
use std::sync::Arc;

use remel::audio::Audio;
use remel::checkpoint::Bundled;
use remel::network::Backend;
use remel::vocoder::{FileRequest, Vocoder};

fn main() -> remel::Result<()> {
    let mut paths = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(input), Some(output)) = (paths.next(), paths.next()) else {
        eprintln!("usage: vocode IN.wav OUT.wav");
        std::process::exit(2);
    };
    let mut vocoder = Vocoder::new(Arc::new(Bundled::Small.model()), &Backend::Cpu)?;
    let audio = Audio::read(&input)?;
    let request = FileRequest::default();
    let mut show = |done, all| eprint!("\r{done} of {all} network calls");
    // The second and third sound would be a carrier, and what is vocoded in place of the first.
    let made = vocoder.vocode(&audio, None, None, &request, &mut show)?;
    eprintln!();
    made.write_wav(&output)
}
