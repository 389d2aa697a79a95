//! `remel compare REF.wav TEST.wav`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use remel::Error;
use remel::compare::compare;

use super::input::read_audio;
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
}

impl Compare {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let reference = read_audio(&self.reference)?;
        let test = read_audio(&self.test)?;
        if reference.rate_hz != test.rate_hz {
            let found = format!("{} Hz", test.rate_hz);
            let expected = format!("{} Hz, the reference's", reference.rate_hz);
            return Err(Error::invalid(self.test.display(), "sample rate", found, expected).into());
        }
        let result = compare(&reference.to_mono(), &test.to_mono(), reference.rate_hz)?;
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
