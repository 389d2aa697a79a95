//! `remel compare REF.wav TEST.wav`

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use remel::Error;
use remel::audio::Audio;
use remel::compare::compare;

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
        let reference = Audio::read(&self.reference)?;
        let test = Audio::read(&self.test)?;
        if reference.rate_hz != test.rate_hz {
            let found = format!("{} Hz", test.rate_hz);
            let expected = format!("{} Hz, the reference's", reference.rate_hz);
            return Err(Error::invalid(self.test.display(), "sample rate", found, expected).into());
        }
        let result = compare(&reference.to_mono(), &test.to_mono(), reference.rate_hz)?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&result)?);
            return Ok(());
        }
        let rate_hz = f64::from(reference.rate_hz);
        println!("mel L1                        {:8.3} dB", result.mel_l1_db);
        println!("mel-cepstral distortion       {:8.3} dB", result.mel_cepstral_distortion_db);
        println!("log-spectral distance         {:8.3} dB", result.log_spectral_distance_db);
        println!("multi-resolution STFT         {:8.3}", result.multi_resolution_stft());
        println!("  spectral convergence        {:8.3}", result.spectral_convergence);
        println!("  log magnitude               {:8.3}", result.log_magnitude);
        println!("compared                      {:8.3} s", result.compared_samples as f64 / rate_hz);
        if result.ignored_samples > 0 {
            println!("left out (lengths differ)     {:8.3} s", result.ignored_samples as f64 / rate_hz);
        }
        Ok(())
    }
}
