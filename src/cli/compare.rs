//! `remel compare REF.wav TEST.wav`

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use remel::Error;
use remel::compare::{compare, decibels};
use remel::mel::Mel;
use remel::spectrogram::Picture;

use super::input::read_audio;
use super::output;
use super::print::print_line;

/// Arguments of `remel compare`.
#[derive(Args)]
pub struct Compare {
    /// Reference audio; channels are averaged
    reference: PathBuf,
    /// Audio to measure; a longer file's end is left out
    test: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Draw mel spectrograms of both and, below them, how far they are apart: black for equal, brightest for 20 dB and more
    #[arg(long, value_name = "PICTURE.png")]
    png: Option<PathBuf>,
}

/// Decibels from the loudest value of a picture to its black.
const RANGE_DB: f32 = 80.0;
/// Difference that is brightest.
const BRIGHTEST_DB: f32 = 20.0;

impl Compare {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        if let Some(png) = &self.png {
            output::check(png, &["png"], &[Some(&self.reference), Some(&self.test)])?;
        }
        let reference = read_audio(&self.reference)?;
        let test = read_audio(&self.test)?;
        if reference.rate_hz != test.rate_hz {
            let found = format!("{} Hz", test.rate_hz);
            let expected = format!("{} Hz, the reference's", reference.rate_hz);
            return Err(Error::invalid(self.test.display(), "sample rate", found, expected).into());
        }
        let [reference_mono, test_mono] = [reference.to_mono(), test.to_mono()];
        let result = compare(&reference_mono, &test_mono, reference.rate_hz)?;
        if let Some(png) = &self.png {
            let both = [&reference_mono, &test_mono].map(|mono| &mono[..result.compared_samples]);
            draw(both, reference.rate_hz, png)?;
        }
        if self.json {
            print_line!("{}", serde_json::to_string_pretty(&result)?)?;
            return Ok(());
        }
        let rate_hz = f64::from(reference.rate_hz);
        print_line!("mel L1                        {:8.3} dB", result.mel_l1_db)?;
        print_line!("mel-cepstral distortion       {:8.3} dB", result.mel_cepstral_distortion_db)?;
        print_line!("log-spectral distance         {:8.3} dB", result.log_spectral_distance_db)?;
        print_line!("multi-resolution STFT         {:8.3}", result.multi_resolution_stft())?;
        print_line!("  spectral convergence        {:8.3}", result.spectral_convergence)?;
        print_line!("  log magnitude               {:8.3}", result.log_magnitude)?;
        print_line!("compared                      {:8.3} s", result.compared_samples as f64 / rate_hz)?;
        if result.ignored_samples > 0 {
            print_line!("left out (lengths differ)     {:8.3} s", result.ignored_samples as f64 / rate_hz)?;
        }
        Ok(())
    }
}

/// Draws both signals and their difference.
fn draw([reference, test]: [&[f32]; 2], rate_hz: u32, path: &Path) -> Result<()> {
    let [reference, test] = [decibels(reference, rate_hz)?, decibels(test, rate_hz)?];
    let pairs = reference.as_frames().iter().zip(test.as_frames());
    let apart = Mel::from_frames(reference.n_mels(), pairs.map(|(a, b)| (a - b).abs()).collect());
    let loudest =
        reference.as_frames().iter().chain(test.as_frames()).fold(f32::MIN, |most, value| most.max(*value));
    let range = [loudest - RANGE_DB, loudest];
    let panels = [(&reference, range), (&test, range), (&apart, [0.0, BRIGHTEST_DB])];
    Ok(Picture::of_panels(&panels).write(path)?)
}
