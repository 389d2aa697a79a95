//! Renders in one window: what has no mel, and what is to be compared with other implementations.

use super::Vocoder;
use super::input::Input;
use super::state::SignalState;
use crate::diffusion::{Noise, NoiseSource};
use crate::mel::Mel;
use crate::render::{Request, Window};
use crate::{Error, Result};

impl Vocoder {
    /// Generates `values` values, `[channels, samples]`, from noise with a network without mel, in one window: what has no
    /// conditioner has nothing else to hold it together.
    ///
    /// # Errors
    /// Where the request cannot be met, or the device fails.
    pub fn generate(
        &mut self,
        values: usize,
        request: &Request,
        on_evaluation: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f32>> {
        let noise = NoiseSource::Positional { noise: Noise::new(request.seed), channel: 0, start: 0 };
        self.one_window(&Mel::default(), noise, values, request, on_evaluation)
    }

    /// Synthesizes `mel` in one window with every Gaussian given: `[rows, values]`, row 0 being x_T and row k what the k-th
    /// draw gives.
    ///
    /// # Errors
    /// Where the request cannot be met, or the device fails.
    pub fn synthesize_with_noise(&mut self, mel: &Mel, noise: &[f32], request: &Request) -> Result<Vec<f32>> {
        let rows = self.pipeline.model.sampling(request, 1.0)?.rows();
        let values = noise.len() / rows.max(1);
        self.one_window(mel, NoiseSource::Given(noise), values, request, &mut |_, _| ())
    }

    /// Renders one window of `values` values, from noise, at the start of a signal of its own.
    fn one_window(
        &mut self,
        mel: &Mel,
        noise: NoiseSource,
        values: usize,
        request: &Request,
        on_evaluation: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<f32>> {
        self.pipeline.model.header().check_request(request.class, request.guidance)?;
        let plan = self.pipeline.model.sampling(request, 1.0)?;
        let (mut done, all) = (0, plan.sampler.evaluations().len());
        let x = self.pipeline.sample(&plan, vec![Input::new(mel, noise, request)], values, &mut || {
            done += 1;
            on_evaluation(done, all);
        })?;
        let x = x.to_vec();
        if self.pipeline.layout.conditioner.is_none() {
            // Without mel, x is the sound, of however many channels.
            return Ok(x);
        }
        let window = Window {
            output: 0..values.div_ceil(self.pipeline.layout.frame_values()),
            ..self.own_window(mel.clone(), 0, request)
        };
        Ok(self.pipeline.decode(&window, &mut SignalState::new(0, true), x, 0))
    }
}

/// Refuses noise that is not `rows` of x: `[rows, values]`, or `[rows, frames, row_values]` where x has rows of several values.
///
/// # Errors
/// Names `place` and both shapes.
pub fn check_noise(
    place: &str,
    shape: &[usize],
    rows: usize,
    values: usize,
    row_values: Option<usize>,
) -> Result<()> {
    let of_rows = row_values.map(|row_values| [rows, values / row_values, row_values]);
    if of_rows.is_some_and(|axes| shape == axes) || shape == [rows, values] || (rows == 1 && shape == [values])
    {
        return Ok(());
    }
    let expected = match of_rows {
        Some(axes) => format!("{axes:?} (rows, frames, values)"),
        None => format!("[{rows}, {values}] (rows, samples)"),
    };
    Err(Error::invalid(place, "shape", format!("{shape:?}"), expected))
}
