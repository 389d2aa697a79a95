//! A renderer that counts, and whose sound is a pure function of the window.
#![allow(dead_code, reason = "every test binary takes what it needs")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use remel::mel::{Dialect, Mel, MelStream};
use remel::render::{Context, Format, Link, Render, Request, SpanPlan, Window};
use remel::stream::{Carrier, Controls, Engine, RendererKey, Stream, StreamConfig, StreamMonitor};
use remel::{Error, Result};

#[path = "../random/mod.rs"]
mod random;

use random::number;

/// What a fake counts, and what it is told to do.
#[derive(Default)]
pub struct Script {
    pub calls: AtomicUsize,
    pub windows: AtomicUsize,
    pub largest_batch: AtomicUsize,
    /// Renders nothing while set.
    pub held: AtomicBool,
    /// Whether the renderer is inside a call.
    pub inside: AtomicBool,
    /// Its device fails while set.
    pub fails: AtomicBool,
    /// It refuses requests with this seed.
    pub refuses_seed: AtomicU32,
    pub panics: AtomicBool,
    pub sleep_ms: AtomicU32,
    /// The batches that were rendered: of each window the signal and the first frame of its output.
    pub batches: Mutex<Vec<Vec<(u64, u64)>>>,
    /// The signals that it was told to forget.
    pub forgotten: Mutex<Vec<u64>>,
}

/// What comes out.
#[derive(Clone, Copy, PartialEq)]
pub enum Sound {
    /// A hash of the position, coloured by everything in the window.
    Hash,
    /// The carrier.
    Echo,
    /// A slow sine of the position.
    Sine,
}

pub struct Fake {
    pub script: Arc<Script>,
    pub format: Format,
    pub sound: Sound,
}

impl Render for Fake {
    fn format(&self) -> Format {
        self.format
    }

    fn render(&mut self, windows: &[&Window], out: &mut [Vec<f32>]) -> Result<()> {
        self.script.inside.store(true, Ordering::SeqCst);
        while self.script.held.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.script.inside.store(false, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(self.script.sleep_ms.load(Ordering::SeqCst).into()));
        self.script.calls.fetch_add(1, Ordering::SeqCst);
        self.script.windows.fetch_add(windows.len(), Ordering::SeqCst);
        self.script.largest_batch.fetch_max(windows.len(), Ordering::SeqCst);
        assert!(!self.script.panics.load(Ordering::SeqCst), "the device is lost");
        if self.script.fails.load(Ordering::SeqCst) {
            return Err(Error::Device { device: "fake".into(), reason: "told to fail".into() });
        }
        let refused = u64::from(self.script.refuses_seed.load(Ordering::SeqCst));
        if refused > 0 && windows.iter().any(|window| window.request.seed == refused) {
            return Err(Error::invalid("fake", "seed", refused, "another"));
        }
        let what = |window: &&Window| (window.signal, window.first_frame + window.output.start as u64);
        self.script.batches.lock().push(windows.iter().map(what).collect());
        for (window, out) in windows.iter().zip(out) {
            sound(self.sound, self.format, window, out);
        }
        Ok(())
    }

    fn forget(&mut self, signal: u64) {
        self.script.forgotten.lock().push(signal);
    }
}

pub fn sound(sound: Sound, format: Format, window: &Window, out: &mut Vec<f32>) {
    out.clear();
    let colour: f32 = window.mel.as_frames().iter().enumerate().map(|(i, v)| v * (i % 7) as f32).sum();
    for index in window.output.start * format.hop..window.output.end * format.hop {
        let position = window.first_frame * format.hop as u64 + index as u64;
        let carrier = window.carrier.get(index).copied().unwrap_or(0.0);
        let frame = window.mel.frame(index / format.hop);
        out.push(match sound {
            Sound::Hash => {
                let noise = 0.5 * number(window.request.seed, position) * window.request.temperature;
                noise + 0.1 * frame[index % frame.len()] + 0.01 * colour.sin() + 0.3 * carrier
            }
            Sound::Echo => carrier,
            Sound::Sine => (position as f32 * 0.01).sin() * 0.5,
        });
    }
}

/// A dialect small enough for many cases.
pub fn dialect(rate_hz: u32) -> Dialect {
    let mut dialect = Dialect::named("lmnt-diffwave").expect("a published name");
    (dialect.rate_hz, dialect.n_fft, dialect.win, dialect.hop, dialect.n_mels) = (rate_hz, 64, 64, 16, 6);
    dialect.fmax_hz = rate_hz as f32 / 2.0;
    dialect
}

pub fn format_of(dialect: &Dialect) -> Format {
    let context = Context { left_frames: 2, right_frames: 1, least_right_frames: 1, optional_right_frames: 0 };
    Format {
        rate_hz: dialect.rate_hz,
        hop: dialect.hop,
        n_mels: dialect.n_mels,
        context,
        quantum_frames: None,
        side_by_side: 1,
        chunk_frames: 4,
        tail_samples: 0,
    }
}

pub fn fake(dialect: &Dialect, sound: Sound) -> (Box<Fake>, Arc<Script>) {
    let script = Arc::new(Script::default());
    (Box::new(Fake { script: Arc::clone(&script), format: format_of(dialect), sound }), script)
}

/// An engine with one renderer under the key `fake`.
pub fn engine(dialect: &Dialect, sound: Sound) -> (Engine, RendererKey, Arc<Script>) {
    let engine = Engine::start(|| {}).expect("a thread");
    let (renderer, script) = fake(dialect, sound);
    let key = RendererKey::from("fake");
    engine.register(key.clone(), renderer, None).expect("a new key");
    (engine, key, script)
}

pub fn config(host_rate_hz: u32, dialect: &Dialect, plan: SpanPlan) -> StreamConfig {
    StreamConfig {
        host_rate_hz,
        channels: 1,
        max_block_frames: 128,
        dialect: dialect.clone(),
        plan,
        budget_ms: 5.0,
        offline: true,
    }
}

pub const PLAN: SpanPlan = SpanPlan { chunk_frames: 3, left_frames: 2, right_frames: 1 };

pub fn open(config: &StreamConfig, engine: &Engine, key: &RendererKey) -> (Stream, StreamMonitor) {
    Stream::open(config, engine, key).expect("a good configuration")
}

/// Runs planar `input` through `stream` in blocks of the given lengths, over and over.
pub fn run(
    stream: &mut Stream,
    input: &[Vec<f32>],
    side: Option<&[Vec<f32>]>,
    blocks: &[usize],
    controls: &Controls,
) -> Vec<Vec<f32>> {
    let mut output = input.to_vec();
    let (total, mut start) = (input[0].len(), 0);
    for block in blocks.iter().cycle() {
        if start == total {
            break;
        }
        let end = (start + block).min(total);
        let mut main: Vec<&mut [f32]> = output.iter_mut().map(|channel| &mut channel[start..end]).collect();
        let side: Option<Vec<&[f32]>> =
            side.map(|side| side.iter().map(|channel| &channel[start..end]).collect());
        stream.process(&mut main, side.as_deref(), controls);
        start = end;
    }
    output
}

/// Something that is not silent, and different for every seed.
pub fn noise(samples: usize, seed: u64) -> Vec<f32> {
    (0..samples).map(|index| 0.5 * number(seed.wrapping_mul(77_777), index as u64)).collect()
}

/// What a renderer of `sound` makes of a whole signal at the model's rate, chunk by chunk of `plan`: the sound at
/// positions 0.., as far as chunks are complete. Where a window is silent nothing sounds, and what follows begins anew.
pub fn offline(
    sound_of: Sound,
    dialect: &Dialect,
    plan: SpanPlan,
    mel_of: &[f32],
    carrier: Option<&[f32]>,
    request: &Request,
) -> Vec<f32> {
    let mut mel = Mel::new(dialect.n_mels);
    MelStream::new(dialect).expect("a good dialect").push(mel_of, |frame| mel.push(frame));
    let (mut heard, mut window_sound, mut begin) = (Vec::new(), Vec::new(), 0);
    for index in 0.. {
        let span = plan.span(index);
        let samples = span.window.start * dialect.hop..span.window.end * dialect.hop;
        if span.window.end > mel.frames() || samples.end > mel_of.len() {
            break;
        }
        let silent = |carrier: &[f32]| carrier[samples.clone()].iter().all(|sample| *sample == 0.0);
        if span.window.clone().all(|frame| dialect.is_silent(mel.frame(frame))) && carrier.is_none_or(silent) {
            begin = span.output.end;
            heard.resize(begin * dialect.hop, 0.0);
            continue;
        }
        let span = span.after(begin);
        let samples = span.window.start * dialect.hop..span.window.end * dialect.hop;
        let window = Window {
            signal: 0,
            channel: 0,
            first_frame: span.window.start as u64,
            mel: mel.slice(span.window.clone()),
            output: span.output_in_window(),
            carrier: carrier.map_or(Vec::new(), |carrier| carrier[samples].to_vec()),
            link: Link::default(),
            request: Request {
                strength: if carrier.is_some() { request.strength } else { 1.0 },
                ..request.clone()
            },
        };
        sound(sound_of, format_of(dialect), &window, &mut window_sound);
        heard.extend_from_slice(&window_sound);
    }
    heard
}

/// Controls whose carrier is what makes the sound.
pub fn echo() -> Controls {
    Controls {
        carrier: Carrier::Main,
        request: Request { strength: 0.5, ..Request::default() },
        ..Controls::default()
    }
}

/// Waits until `condition` holds; a test that waits forever has failed.
pub fn until(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}: never came");
        std::thread::sleep(Duration::from_millis(1));
    }
}
