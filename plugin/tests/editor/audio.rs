//! The audio thread of the host: it plays a clip in a circle, and writes down what the editor says of parameters.

use crate::host::Host;
use crate::speech::speech;
use clack_host::events::event_types::{ParamGestureBeginEvent, ParamGestureEndEvent, ParamValueEvent};
use clack_host::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The host's rate and block.
pub const RATE_HZ: u32 = 48_000;
pub const BLOCK: usize = 512;

/// What the editor told the host of a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Told {
    Begin(ClapId),
    Value(ClapId, f64),
    End(ClapId),
}

/// What the audio thread is told, and tells.
#[derive(Default)]
pub struct Console {
    stop: AtomicBool,
    /// Bits of the gain of what goes in.
    gain: AtomicU32,
    told: Mutex<Vec<Told>>,
}

impl Console {
    /// Plays at this gain from here on.
    pub fn set_gain(&self, gain: f32) {
        self.gain.store(gain.to_bits(), Ordering::SeqCst);
    }

    /// What the editor has told since the last call.
    pub fn take_told(&self) -> Vec<Told> {
        std::mem::take(&mut self.told.lock().expect("no panic"))
    }
}

/// A running audio thread.
pub struct Audio {
    console: Arc<Console>,
    thread: JoinHandle<StartedPluginAudioProcessor<Host>>,
}

impl Audio {
    /// Runs `processor` until [`Audio::stop`].
    pub fn start(mut processor: StartedPluginAudioProcessor<Host>, console: Arc<Console>) -> Self {
        console.stop.store(false, Ordering::SeqCst);
        let (clip, told) = (speech(RATE_HZ), console.clone());
        let thread = std::thread::spawn(move || {
            let (mut at, mut due) = (0, Instant::now());
            while !told.stop.load(Ordering::SeqCst) {
                let gain = f32::from_bits(told.gain.load(Ordering::SeqCst));
                let block: Vec<f32> = (at..at + BLOCK).map(|index| gain * clip[index % clip.len()]).collect();
                at = (at + BLOCK) % clip.len();
                let events = process(&mut processor, &block);
                told.told.lock().expect("no panic").extend(events);
                due = due.max(Instant::now()) + Duration::from_secs_f64(BLOCK as f64 / f64::from(RATE_HZ));
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            processor
        });
        Self { console, thread }
    }

    /// Ends the thread.
    pub fn stop(self) -> StartedPluginAudioProcessor<Host> {
        self.console.stop.store(true, Ordering::SeqCst);
        self.thread.join().expect("the audio thread ends")
    }
}

/// One block into both channels of the main input; what the plugin tells of its parameters.
fn process(processor: &mut StartedPluginAudioProcessor<Host>, block: &[f32]) -> Vec<Told> {
    let mut rows = [(); 6].map(|()| block.to_vec());
    for silent in &mut rows[2..] {
        silent.fill(0.0);
    }
    let (mut inputs, mut outputs) = (AudioPorts::with_capacity(4, 2), AudioPorts::with_capacity(2, 1));
    let [left, right, side_left, side_right, out_left, out_right] = &mut rows;
    let ports = [([left, right], false), ([side_left, side_right], true)].map(|(channels, constant)| {
        let channels = channels.map(|channel| InputChannel::from_buffer(channel, constant));
        AudioPortBuffer { latency: 0, channels: AudioPortBufferType::f32_input_only(channels.into_iter()) }
    });
    let input = inputs.with_input_buffers(ports);
    let channels = [out_left, out_right].map(|channel| channel.as_mut_slice());
    let channels = AudioPortBufferType::f32_output_only(channels.into_iter());
    let mut output = outputs.with_output_buffers([AudioPortBuffer { latency: 0, channels }]);
    let mut answers = EventBuffer::new();
    let none = EventBuffer::new();
    processor
        .process(&input, &mut output, &none.as_input(), &mut answers.as_output(), None, None)
        .expect("the block processes");
    answers.iter().filter_map(told).collect()
}

/// What an event says of a parameter.
fn told(event: &clack_host::events::UnknownEvent) -> Option<Told> {
    if let Some(event) = event.as_event::<ParamGestureBeginEvent>() {
        return event.param_id().map(Told::Begin);
    }
    if let Some(event) = event.as_event::<ParamGestureEndEvent>() {
        return event.param_id().map(Told::End);
    }
    let event = event.as_event::<ParamValueEvent>()?;
    event.param_id().map(|id| Told::Value(id, event.value()))
}
