//! The scale of the noise that suits a model: what has trained for minutes leaves noise behind, and less of it where
//! less went in.

use std::sync::Arc;

use super::data::Split;
use super::pairs::{Excerpt, Pairs};
use crate::Result;
use crate::mel::mel_of;
use crate::model::Model;
use crate::network::Backend;
use crate::render::Request;
use crate::vocoder::Vocoder;

/// The temperatures to choose from.
const CHOICES: [f32; 6] = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5];
/// Validation crops to choose by, and their length: a second at 22 050 Hz.
const CROPS: u64 = 4;
const FRAMES: usize = 86;

/// The temperature at which `model` comes nearest to the mel frames of validation crops, in mean absolute difference;
/// 1 for an unconditional model.
///
/// # Errors
/// Where the data cannot be read.
pub fn suited(model: &Model, pairs: &Pairs) -> Result<f32> {
    let model = model.clone().with_temperature(1.0)?;
    let Some(dialect) = model.header().dialect.clone() else { return Ok(1.0) };
    let mut vocoder = Vocoder::new(Arc::new(model), &Backend::Cpu)?;
    let mut distances = [0.0_f64; CHOICES.len()];
    for number in 0..CROPS {
        let Excerpt { mel, class, .. } = pairs.excerpt(Split::Validation, number, FRAMES)?;
        for (temperature, distance) in CHOICES.into_iter().zip(&mut distances) {
            // The network alone: coherent phases would say little of its noise.
            let request = Request { temperature, class, coherence: 0.0, ..Request::default() };
            let made = mel_of(&vocoder.synthesize(&mel, &[], &request, &mut |_, _| ())?, &dialect)?;
            let pairs = made.as_frames().iter().zip(mel.as_frames());
            *distance += pairs.map(|(a, b)| f64::from((a - b).abs())).sum::<f64>();
        }
    }
    let nearest = (0..CHOICES.len()).min_by(|a, b| distances[*a].total_cmp(&distances[*b]));
    Ok(CHOICES[nearest.unwrap_or(0)])
}
