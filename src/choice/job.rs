//! What is timed: a little sound, cut into windows as the mode cuts it.

use super::Mode;
use super::mode::FILE_SECONDS;
use crate::mel::Mel;
use crate::render::{Format, Link, Render, Request, SpanPlan, Window};
use crate::vocoder::Vocoder;
use crate::{Error, Result};

/// The shortest sound that is rendered at a time: single chunks of a short mode are over too soon to be timed.
const LEAST_SECONDS: f64 = 0.1;

/// A stretch of sound to be rendered again and again.
pub struct Job {
    /// How long it is.
    pub seconds: f64,
    /// Renders the next.
    pub render: Box<dyn FnMut() -> Result<()>>,
}

impl Job {
    /// The work of `renderer` in `mode`: a whole window of a file, or chunks of a stream that has begun, in the quanta that
    /// the engine asks for. All windows have the shape that those of a long signal have.
    pub fn of_windows(renderer: Box<dyn Render>, mode: Mode, request: &Request) -> Self {
        let format = renderer.format();
        let plan = mode.plan(&format);
        let chunk_seconds = (plan.chunk_frames * format.hop) as f64 / f64::from(format.rate_hz);
        let look_ahead_frames =
            request.look_ahead_frames.min(format.context.look_ahead_frames(plan.right_frames));
        let request = Request { look_ahead_frames, ..request.clone() };
        let chunks = match mode {
            Mode::File => 1,
            Mode::Stream(_) => (LEAST_SECONDS / chunk_seconds).ceil().max(1.0) as usize,
        };
        let mut signal =
            Signal { renderer, format, plan, request, number: 0, chunk: 0, rendered: [Vec::new()] };
        signal.begin();
        let render = move || {
            if mode == Mode::File {
                // Every file is a signal of its own.
                signal.renderer.forget(signal.number);
                signal.number += 1;
                signal.begin();
                return signal.next(usize::MAX);
            }
            let quantum_frames = signal.format.quantum_frames.unwrap_or(usize::MAX);
            (0..chunks).try_for_each(|_| signal.next(quantum_frames))
        };
        Self { seconds: chunks as f64 * chunk_seconds, render: Box::new(render) }
    }

    /// The work of a `vocoder` whose model reads no mel frames: a window of its own.
    ///
    /// # Errors
    /// The network is not told what it wants.
    pub fn of_sound(mut vocoder: Vocoder, request: Request) -> Result<Self> {
        let header = vocoder.model().header();
        let (layout, rate_hz) = (header.network.layout(), f64::from(header.rate_hz));
        let samples = (FILE_SECONDS * rate_hz).ceil() as usize;
        let condition = header.network.some_condition();
        vocoder.tell(&condition)?;
        let values = samples * layout.channels;
        let render = move || vocoder.generate(values, &request, &mut |_, _| ()).map(drop);
        Ok(Self { seconds: samples as f64 / rate_hz, render: Box::new(render) })
    }
}

/// A signal in the middle of being rendered.
struct Signal {
    renderer: Box<dyn Render>,
    format: Format,
    plan: SpanPlan,
    request: Request,
    number: u64,
    /// The chunk that comes next.
    chunk: usize,
    rendered: [Vec<f32>; 1],
}

impl Signal {
    /// Goes to the first chunk with all of its context before it.
    fn begin(&mut self) {
        self.chunk = self.plan.left_frames.div_ceil(self.plan.chunk_frames);
    }

    /// Renders the next chunk, so many frames at a time.
    fn next(&mut self, quantum_frames: usize) -> Result<()> {
        let span = self.plan.span(self.chunk);
        self.chunk += 1;
        let wanted = span.output_in_window();
        let mut window = Window {
            signal: self.number,
            channel: 0,
            first_frame: span.window.start as u64,
            mel: moving_mel(self.format.n_mels, span.window.start, span.window.len()),
            output: wanted.clone(),
            carrier: Vec::new(),
            link: Link::default(),
            request: self.request.clone(),
        };
        for start in wanted.clone().step_by(quantum_frames.min(wanted.len()).max(1)) {
            window.output = start..start.saturating_add(quantum_frames).min(wanted.end);
            self.renderer.render(&[&window], &mut self.rendered)?;
            let (found, expected) = (self.rendered[0].len(), window.output.len() * self.format.hop);
            if found != expected {
                return Err(Error::invalid("renderer", "samples of a window", found, expected));
            }
        }
        Ok(())
    }
}

/// Frames that move through all `n_mels` bands, from frame `first` on, to be timed: what is rendered does not change how long it
/// takes.
pub fn moving_mel(n_mels: usize, first: usize, frames: usize) -> Mel {
    let value = |i: usize| 0.5 + 0.4 * ((i % n_mels) as f32 * 0.3 + (first + i / n_mels) as f32 * 0.1).sin();
    Mel::from_frames(n_mels, (0..n_mels * frames).map(value).collect())
}
