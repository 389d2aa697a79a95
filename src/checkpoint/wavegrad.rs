//! What a WaveGrad checkpoint's weights, and arguments under its program's own names, say of its model.

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::options::Said;
use crate::diffusion::Schedule;
use crate::mel::Dialect;
use crate::model::{Card, ModelHeader};
use crate::network::WaveGradConfig;
use crate::network::wavegrad::names::Named;
use crate::network::wavegrad::{Formulation, SIX_ITERATIONS, TRAINING_BETAS};
use crate::{Error, Result};

/// What arguments are expected to be.
const COUNT: &str = "a whole number";
const COUNTS: &str = "a list of whole numbers";

/// ivanvovk/WaveGrad's way of saying a schedule.
#[derive(Deserialize)]
struct LinearSchedule {
    n_iter: usize,
    betas_range: [f64; 2],
}

/// The header of the network `named` in the file `path`, and what is assumed of it.
pub fn header(path: &Path, named: &Named, said: &Said) -> Result<(ModelHeader, Vec<String>)> {
    let place = path.display().to_string();
    let source = Source { said, place: &place };
    let mut assumed = Vec::new();
    let network = network(named, &source, &mut assumed)?;
    let dialect = dialect(&network, &source, &mut assumed)?;
    let training_betas = match source.training()? {
        Some(betas) => betas,
        None => {
            assumed.push("the published schedule of 1000 steps (--noise-schedule)".into());
            let (steps, first, last) = TRAINING_BETAS;
            Schedule::linear(steps, first, last)?.betas().to_vec()
        }
    };
    let inference_betas = said.params.inference_noise_schedule.clone().unwrap_or_else(|| {
        assumed.push("the usual schedule of six iterations (--inference-schedule)".into());
        SIX_ITERATIONS.to_vec()
    });
    let card = Card { trained_steps: said.params.trained_steps, ..Card::imported(path) };
    Ok((ModelHeader::wavegrad(network, dialect, [training_betas, inference_betas], card), assumed))
}

/// The network that the weights tell, with factors and dilations, which no tensor does.
fn network(named: &Named, source: &Source, assumed: &mut Vec<String>) -> Result<WaveGradConfig> {
    let read = &named.config;
    let mut network = read.clone();
    source.agrees("n_mels", read.n_mels)?;
    source.agrees("upsampling_preconv_out_channels", read.up_first)?;
    source.agrees("upsampling_out_channels", read.up_channels.clone())?;
    source.agrees("downsampling_preconv_out_channels", read.down_first)?;
    source.agrees("downsampling_out_channels", read.down_channels.clone())?;
    let factors = source.argument("factors", COUNTS)?;
    let up_dilations =
        source.argument("upsampling_dilations", "a list of four whole numbers for each factor")?;
    let down_dilations: Option<Vec<Vec<usize>>> =
        source.argument("downsampling_dilations", "a list of lists of whole numbers")?;
    // lmnt's blocks have the same dilations on the way down, whatever their sizes.
    let is_down_known = down_dilations.is_some() || read.formulation == Formulation::Lmnt;
    let is_known = named.is_base || factors.is_some() && up_dilations.is_some() && is_down_known;
    if !is_known && !named.has_rates {
        let expected =
            "a file with factors, upsampling_dilations and downsampling_dilations: no tensor says them";
        return Err(Error::invalid(source.place, "--config", "none, or not all of them", expected));
    }
    if !is_known {
        assumed
            .push("factors and dilations of the base network, as far as no file says them (--config)".into());
    }
    network.factors = factors.unwrap_or(network.factors);
    network.up_dilations = up_dilations.unwrap_or(network.up_dilations);
    let of_tensors = |dilations: &[Vec<usize>]| dilations.iter().map(Vec::len).collect::<Vec<_>>();
    if let Some(dilations) = down_dilations {
        let (found, expected) = (of_tensors(&dilations), of_tensors(&network.down_dilations));
        if found != expected {
            let found = format!("{found:?} convolutions");
            let expected = format!("{expected:?}, as its tensors have it");
            return Err(Error::invalid(source.arguments_place(), "downsampling_dilations", found, expected));
        }
        network.down_dilations = dilations;
    }
    network.validate(&source.arguments_place())?;
    Ok(network)
}

/// The dialect asked for, or that of the formulation with whatever is said of it.
fn dialect(network: &WaveGradConfig, source: &Source, assumed: &mut Vec<String>) -> Result<Dialect> {
    if let Some(dialect) = &source.said.dialect {
        return Ok(dialect.clone());
    }
    let params = &source.said.params;
    let rate_hz: Option<u32> = source.argument("sample_rate", COUNT)?;
    let rate_hz = params.sample_rate.or(rate_hz);
    let hop = source.argument("hop_length", COUNT)?.or(source.argument("hop_samples", COUNT)?);
    if let Some(found) = params.hop_samples.or(hop).filter(|hop| *hop != network.hop()) {
        let expected = format!("{}, the product of its factors", network.hop());
        return Err(Error::invalid(source.arguments_place(), "hop", found, expected));
    }
    let mut dialect = Dialect::named(match network.formulation {
        Formulation::Lmnt => "lmnt-wavegrad",
        Formulation::Ivanvovk => "ivanvovk-wavegrad",
    })?;
    if rate_hz.is_none() {
        assumed.push(format!("{} Hz (--sample-rate)", dialect.rate_hz));
    }
    dialect.rate_hz = rate_hz.unwrap_or(dialect.rate_hz);
    (dialect.hop, dialect.n_mels) = (network.hop(), network.n_mels);
    match network.formulation {
        // preprocess.py has no other arguments.
        Formulation::Lmnt => {
            dialect.win = 4 * dialect.hop;
            dialect.n_fft = dialect.win.next_power_of_two();
            dialect.fmax_hz = dialect.rate_hz as f32 / 2.0;
        }
        Formulation::Ivanvovk => {
            let known = [
                source.argument("f_min", "a frequency in Hz")?,
                source.argument("f_max", "a frequency in Hz")?,
            ];
            if known.iter().any(Option::is_none) {
                assumed.push(format!("the mel dialect {} (--dialect or --config)", dialect.name));
            }
            dialect.fmin_hz = known[0].unwrap_or(dialect.fmin_hz);
            dialect.fmax_hz = known[1].unwrap_or(dialect.fmax_hz);
            dialect.n_fft = source.argument("n_fft", COUNT)?.unwrap_or(dialect.n_fft);
            dialect.win = source.argument("win_length", COUNT)?.unwrap_or(dialect.n_fft);
        }
    }
    let place = source.arguments_place();
    dialect.validate().map_err(|e| Error::invalid(place, "mel", e, "a mel dialect that can be computed"))?;
    Ok(dialect)
}

/// What is said of a model, and the file that it is in.
struct Source<'a> {
    said: &'a Said,
    place: &'a str,
}

impl Source<'_> {
    fn argument<T: DeserializeOwned>(&self, name: &str, expected: &str) -> Result<Option<T>> {
        self.said.arguments.as_ref().map_or(Ok(None), |arguments| arguments.one(name, expected))
    }

    /// Where arguments are, if there are any.
    fn arguments_place(&self) -> String {
        self.said.arguments.as_ref().map_or(self.place, |arguments| &arguments.place).to_owned()
    }

    /// Refuses an argument that is not what the tensors have.
    fn agrees<T: DeserializeOwned + PartialEq + std::fmt::Debug>(
        &self,
        name: &str,
        of_tensors: T,
    ) -> Result<()> {
        match self
            .argument::<T>(name, "a whole number, or a list of them")?
            .filter(|found| *found != of_tensors)
        {
            None => Ok(()),
            Some(found) => {
                let expected = format!("{of_tensors:?}, as its tensors have it");
                Err(Error::invalid(self.arguments_place(), name, format!("{found:?}"), expected))
            }
        }
    }

    /// β of every training step, if anybody says them.
    fn training(&self) -> Result<Option<Vec<f64>>> {
        if let Some(betas) = &self.said.params.noise_schedule {
            return Ok(Some(betas.clone()));
        }
        let expected = "an object of n_iter and betas_range";
        let mut found: Option<LinearSchedule> = self.argument("training_noise_schedule", expected)?;
        if found.is_none() {
            found = self.argument("noise_schedule", expected)?;
        }
        let Some(LinearSchedule { n_iter, betas_range: [first, last] }) = found else { return Ok(None) };
        if !(1..=100_000).contains(&n_iter) {
            return Err(Error::invalid(self.arguments_place(), "n_iter", n_iter, "1 to 100000"));
        }
        Ok(Some(Schedule::linear(n_iter, first, last)?.betas().to_vec()))
    }
}
