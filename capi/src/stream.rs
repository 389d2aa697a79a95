//! Vocoding under an audio callback.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::slice;

use remel::live::{LiveSettings, LiveVocoder};
use remel::stream::{Stream, StreamMonitor};

use crate::errors::given;
use crate::model::RemelModel;
use crate::settings::{RemelBackend, RemelLatencyMode, RemelSettings};
use crate::text;

/// A stream of one or two channels, which a worker thread of its own renders for.
pub struct RemelStream {
    // Dropped before the engine that renders for it.
    stream: Stream,
    monitor: StreamMonitor,
    channels: usize,
    _engine: LiveVocoder,
}

/// Opens a stream: `channels` (1 or 2) at `rate_hz` in blocks of up to `max_block_frames`. With `offline`, `remel_stream_process` waits
/// for sound; under a callback it must not. `remel_stream_free` frees it; NULL where it cannot be opened. Not for the audio thread.
///
/// # Safety
/// `model` is NULL or a model.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_stream_open(
    model: *const RemelModel,
    backend: RemelBackend,
    threads: usize,
    rate_hz: u32,
    channels: usize,
    max_block_frames: usize,
    mode: RemelLatencyMode,
    offline: bool,
) -> *mut RemelStream {
    let stream = given(|| {
        // SAFETY: as this function's.
        let model = unsafe { model.as_ref() }.ok_or_else(|| text::null("model"))?.model.clone();
        let engine = LiveVocoder::start(model, &backend.found()?, threads)?;
        let (host_rate_hz, latency_mode) = (rate_hz, mode.of_stream());
        let settings = LiveSettings { host_rate_hz, channels, max_block_frames, latency_mode, offline };
        let (stream, monitor) = engine.open(&settings)?;
        Ok(RemelStream { stream, monitor, channels, _engine: engine })
    });
    stream.map_or(null_mut(), |stream| Box::into_raw(Box::new(stream)))
}

/// Closes a stream. Not for the audio thread.
///
/// # Safety
/// `stream` is NULL or of this library, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_stream_free(stream: *mut RemelStream) {
    if !stream.is_null() {
        // SAFETY: made by `remel_stream_open`, and the caller says that it is used no more.
        drop(unsafe { Box::from_raw(stream) });
    }
}

/// The samples by which sound comes later than it went in; 0 without a stream.
///
/// # Safety
/// `stream` is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_stream_latency(stream: *const RemelStream) -> usize {
    // SAFETY: as this function's.
    unsafe { stream.as_ref() }.map_or(0, |stream| stream.stream.latency().total_host_samples)
}

/// How often sound was late; 0 without a stream.
///
/// # Safety
/// `stream` is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_stream_underruns(stream: *const RemelStream) -> u64 {
    // SAFETY: as this function's.
    unsafe { stream.as_ref() }.map_or(0, |stream| stream.monitor.underruns())
}

/// Forgets everything heard. For the audio thread.
///
/// # Safety
/// `stream` is NULL or a stream.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_stream_reset(stream: *mut RemelStream) {
    // SAFETY: as this function's.
    if let Some(stream) = unsafe { stream.as_mut() } {
        stream.stream.reset();
    }
}

/// Vocodes a block in place: `main` has a pointer to `frames` samples for each channel of the stream, and so has `side`, the side
/// chain, or is NULL. `settings` may be NULL. For the audio thread: it allocates nothing, takes no lock and never waits, unless
/// the stream was opened offline. False where nothing was done: a NULL, or a mistake in the library.
///
/// # Safety
/// Every pointer is NULL or what it says; the channels of `main` do not overlap anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn remel_stream_process(
    stream: *mut RemelStream,
    main: *const *mut f32,
    side: *const *const f32,
    frames: usize,
    settings: *const RemelSettings,
) -> bool {
    // SAFETY: as this function's.
    let Some(stream) = (unsafe { stream.as_mut() }) else { return false };
    if main.is_null() {
        return false;
    }
    // SAFETY: as this function's: there is a pointer for each channel, and none overlaps another.
    let (pointers, side) =
        unsafe { (slice::from_raw_parts(main, stream.channels), sides(side, stream.channels, frames)) };
    if pointers.iter().any(|channel| channel.is_null()) {
        return false;
    }
    // SAFETY: as this function's.
    let controls = unsafe { RemelSettings::at(settings) }.of_stream();
    let side = side.as_ref().map(|side| &side[..stream.channels]);
    // SAFETY: as this function's.
    let channel = |index: usize| unsafe { slice::from_raw_parts_mut(pointers[index], frames) };
    let work = AssertUnwindSafe(|| match stream.channels {
        1 => stream.stream.process(&mut [channel(0)], side, &controls),
        _ => stream.stream.process(&mut [channel(0), channel(1)], side, &controls),
    });
    catch_unwind(work).is_ok()
}

/// The side chain's channels, where there is one: a channel that is NULL is silent as all of it is.
///
/// # Safety
/// `side` is NULL or has a pointer for each channel, which is NULL or points to `frames` samples.
unsafe fn sides<'a>(side: *const *const f32, channels: usize, frames: usize) -> Option<[&'a [f32]; 2]> {
    if side.is_null() {
        return None;
    }
    // SAFETY: the caller's.
    let pointers = unsafe { slice::from_raw_parts(side, channels) };
    if pointers.iter().any(|channel| channel.is_null()) {
        return None;
    }
    // SAFETY: the caller's.
    let channel = |index: usize| unsafe { slice::from_raw_parts(pointers[index], frames) };
    Some([channel(0), channel(channels - 1)])
}
