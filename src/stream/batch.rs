//! Chunks of several streams, rendered as one batch.

use std::time::Duration;

use super::worker::Pending;
use super::{Format, Render, Window};
use crate::{Error, Result};

/// Chunks whose windows have one length and the same settings.
pub(super) struct Batch<'a> {
    chunks: &'a mut [Pending],
    /// Per chunk and channel, in this order: which of the distinct windows it is.
    slots: Vec<usize>,
    /// The first chunk and channel that hold each distinct window.
    distinct: Vec<(usize, usize)>,
}

impl<'a> Batch<'a> {
    /// Finds equal windows (the two channels of mono material, mostly): they are rendered once.
    pub fn new(chunks: &'a mut [Pending]) -> Self {
        let (mut slots, mut distinct) = (Vec::new(), Vec::<(usize, usize)>::new());
        let window = |(chunk, channel): (usize, usize)| -> &Window { &chunks[chunk].chunk.windows[channel] };
        for (chunk, pending) in chunks.iter().enumerate() {
            for channel in 0..pending.chunk.windows.len() {
                let place = (chunk, channel);
                let known = distinct.iter().position(|&other| same(window(other), window(place)));
                slots.push(known.unwrap_or(distinct.len()));
                if known.is_none() {
                    distinct.push(place);
                }
            }
        }
        Self { chunks, slots, distinct }
    }

    /// How long the sound lasts that one stream gets of the batch.
    pub fn duration(&self, format: Format) -> Duration {
        let frames = self
            .distinct
            .first()
            .map_or(0, |&(chunk, channel)| self.chunks[chunk].chunk.windows[channel].output_frames.len());
        Duration::from_secs_f64((frames * format.hop) as f64 / f64::from(format.rate_hz))
    }

    /// Renders the distinct windows and hands the sound to every chunk. On an error no chunk is marked as rendered.
    ///
    /// # Errors
    /// Those of the renderer, or it yields a wrong number of samples.
    pub fn render(&mut self, renderer: &mut dyn Render) -> Result<()> {
        let hop = renderer.format().hop;
        let mut rendered: Vec<Vec<f32>> = self
            .distinct
            .iter()
            .map(|&(chunk, channel)| std::mem::take(&mut self.chunks[chunk].chunk.samples[channel]))
            .collect();
        let windows: Vec<&Window> =
            self.distinct.iter().map(|&(chunk, channel)| &self.chunks[chunk].chunk.windows[channel]).collect();
        renderer.render(&windows, &mut rendered)?;
        for (window, samples) in windows.iter().zip(&rendered) {
            let expected = window.output_frames.len() * hop;
            if samples.len() != expected {
                let found = format!("{} samples", samples.len());
                return Err(Error::invalid("renderer", "window", found, format!("{expected} samples")));
            }
        }
        let mut slots = self.slots.iter();
        for (index, pending) in self.chunks.iter_mut().enumerate() {
            for (channel, (samples, &slot)) in pending.chunk.samples.iter_mut().zip(&mut slots).enumerate() {
                // The first that holds a window gets its vector back below, capacity and all.
                if self.distinct[slot] != (index, channel) {
                    samples.clone_from(&rendered[slot]);
                }
            }
            pending.chunk.rendered = true;
        }
        for (&(chunk, channel), samples) in self.distinct.iter().zip(rendered) {
            self.chunks[chunk].chunk.samples[channel] = samples;
        }
        Ok(())
    }
}

/// Whether two windows of one signal sound the same. The cheap comparisons come first.
fn same(a: &Window, b: &Window) -> bool {
    let cheap = |w: &Window| (w.signal, w.first_frame, w.output_frames.clone(), w.settings);
    cheap(a) == cheap(b) && a.mel == b.mel && a.carrier == b.carrier
}
