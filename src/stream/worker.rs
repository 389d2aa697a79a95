//! The engine's thread: takes chunks of all streams, renders the most urgent, sends them back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, TryRecvError};
use parking_lot::Mutex;

use super::failover::Failover;
use super::link::WorkerHalf;
use super::queue::{Pending, Queue};
use super::{EngineStatus, RendererKey, RendererStatus};
use crate::render::{Render, Window};

/// How often the worker looks for a chunk that is due: the audio thread must not wake it, which would be a system call.
/// Part of what the compute budget has to cover.
const LOOK: Duration = Duration::from_micros(500);
/// How long it sleeps at most while there are streams: what was told of the next chunk may change.
const SLEEP: Duration = Duration::from_millis(20);
/// How long after a chunk was due its stream is taken for one whose host has stopped.
const STALLED: Duration = Duration::from_millis(100);
/// How often the worker looks at those.
const LOOK_STALLED: Duration = Duration::from_millis(10);

/// What the engine asks of its thread.
pub(super) enum Command {
    Register { key: RendererKey, renderer: Box<dyn Render>, fallback: Option<Box<dyn Render>> },
    Unregister { key: RendererKey },
    Attach { key: RendererKey, link: WorkerHalf },
    Stop,
}

/// A stream that the worker serves.
struct Attached {
    id: u64,
    key: RendererKey,
    link: WorkerHalf,
    /// The epoch and stretch of sound that its chunks are of now, and the number of that signal.
    signal: Option<((u64, u32), u64)>,
}

/// All that the thread owns.
pub(super) struct Worker {
    commands: Receiver<Command>,
    renderers: BTreeMap<RendererKey, Failover>,
    streams: Vec<Attached>,
    next_id: u64,
    next_signal: u64,
    queue: Queue,
    status: Arc<Mutex<EngineStatus>>,
    /// What is rendered at a time, before it is added to its chunk.
    rendered: Vec<Vec<f32>>,
}

impl Worker {
    pub fn new(commands: Receiver<Command>, status: Arc<Mutex<EngineStatus>>) -> Self {
        Self {
            commands,
            renderers: BTreeMap::new(),
            streams: Vec::new(),
            next_id: 0,
            next_signal: 0,
            queue: Queue::default(),
            status,
            rendered: Vec::new(),
        }
    }

    /// Serves until it is told to stop. Never blocks on a channel: a blocked receiver would make senders lock.
    pub fn run(mut self) {
        loop {
            match self.commands.try_recv() {
                Ok(Command::Stop) | Err(TryRecvError::Disconnected) => return,
                Ok(command) => {
                    self.obey(command);
                    self.publish();
                    continue;
                }
                Err(TryRecvError::Empty) => {}
            }
            self.collect();
            match self.next() {
                Some(batch) => self.render(batch),
                // With no stream there is nothing to look for, and commands wake the thread.
                None if self.streams.is_empty() => std::thread::park(),
                None => std::thread::park_timeout(self.pause(Instant::now())),
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Register { key, renderer, fallback } => {
                self.renderers.insert(key, Failover::new(renderer, fallback));
            }
            Command::Unregister { key } => {
                self.renderers.remove(&key);
            }
            Command::Attach { key, link } => {
                self.streams.push(Attached { id: self.next_id, key, link, signal: None });
                self.next_id += 1;
            }
            Command::Stop => {}
        }
    }

    /// How long nothing will come.
    fn pause(&self, now: Instant) -> Duration {
        let pauses = self.streams.iter().map(|stream| {
            let next = stream.link.state.next_chunk();
            match now.saturating_duration_since(next) {
                late if late > STALLED => LOOK_STALLED,
                late if late > Duration::ZERO => LOOK,
                _ => (next - now).clamp(LOOK, SLEEP),
            }
        });
        pauses.min().unwrap_or(SLEEP)
    }

    /// Takes in everything that streams have sent, and lets go of streams that are gone.
    fn collect(&mut self) {
        let Self { queue, renderers, next_signal, streams, .. } = self;
        let (before, now) = (streams.len(), Instant::now());
        let mut forget = |stream: &Attached| {
            if let (Some(renderer), Some((_, signal))) = (renderers.get_mut(&stream.key), stream.signal) {
                renderer.forget(signal);
            }
        };
        streams.retain_mut(|stream| {
            loop {
                match stream.link.try_receive() {
                    Ok(Some(mut chunk)) => {
                        let life = (chunk.epoch, chunk.stretch);
                        let signal = match stream.signal {
                            Some((known, signal)) if known == life => signal,
                            _ => {
                                forget(stream);
                                *next_signal += 1;
                                *next_signal
                            }
                        };
                        stream.signal = Some((life, signal));
                        chunk.windows.iter_mut().for_each(|window| window.signal = signal);
                        chunk.samples.iter_mut().for_each(Vec::clear);
                        queue.push(Pending::new(stream.id, stream.key.clone(), chunk, now));
                    }
                    Ok(None) => return true,
                    Err(_) => {
                        forget(stream);
                        return false;
                    }
                }
            }
        });
        if self.streams.len() != before {
            self.publish();
        }
    }

    /// The chunks to go on with: the most urgent, and those that are rendered with it. What a reset or the time that has
    /// passed made worthless, or what can only come too late, goes back unrendered.
    fn next(&mut self) -> Option<Vec<Pending>> {
        let Self { queue, streams, renderers, .. } = self;
        let worthless = queue.drop_worthless(Instant::now(), |pending| {
            let stream = streams.iter().find(|stream| stream.id == pending.stream);
            let wanted = stream.is_some_and(|stream| stream.link.state.wants(&pending.chunk));
            renderers.get(&pending.key).filter(|_| wanted).map(|renderer| {
                let frames =
                    renderer.format().frames_in_a_row(pending.frames_left(), pending.chunk.windows.len());
                (renderer.estimate(frames), renderer.duration(pending.output.len()))
            })
        });
        worthless.into_iter().for_each(|pending| give_back(streams, pending));
        let format = |key: &RendererKey| self.renderers.get(key).map(Failover::format);
        let in_time = |pending: &Pending, frames: usize| {
            let takes = self.renderers.get(&pending.key).map(|renderer| renderer.estimate(frames));
            pending
                .chunk
                .needed_at
                .is_none_or(|needed_at| Instant::now() + takes.unwrap_or_default() <= needed_at)
        };
        self.queue.take_most_urgent(format, in_time)
    }

    /// Renders the next frames of a batch of chunks of one renderer, and sends back those that are complete.
    fn render(&mut self, mut batch: Vec<Pending>) {
        let Some(key) = batch.first().map(|pending| pending.key.clone()) else { return };
        let Some(renderer) = self.renderers.get_mut(&key) else {
            return batch.into_iter().for_each(|pending| give_back(&mut self.streams, pending));
        };
        let before = renderer.status(key.clone());
        batch.iter_mut().for_each(|pending| pending.narrow(renderer.format().quantum_frames));
        let windows: Vec<&Window> = batch.iter().flat_map(|pending| &pending.chunk.windows).collect();
        self.rendered.resize_with(windows.len(), Vec::new);
        let rendered = renderer.render(&windows, &mut self.rendered);
        let load = renderer.load();
        let changed = RendererChange::between(&before, &renderer.status(key.clone()));
        for stream in self.streams.iter().filter(|stream| stream.key == key) {
            stream.link.state.set_load(load);
        }
        let mut sounds = self.rendered.iter();
        for mut pending in batch {
            for (samples, sound) in pending.chunk.samples.iter_mut().zip(&mut sounds) {
                samples.extend_from_slice(sound);
            }
            if rendered && !pending.is_complete() {
                self.queue.put_back(pending);
            } else {
                pending.chunk.rendered = rendered;
                give_back(&mut self.streams, pending);
            }
        }
        match changed {
            RendererChange::State => self.publish(),
            RendererChange::Load => {
                if let Some(known) = self.status.lock().renderers.iter_mut().find(|known| known.key == key) {
                    known.load = load;
                }
            }
        }
    }

    /// Shows the user how everything is doing.
    fn publish(&self) {
        let renderers = self.renderers.iter().map(|(key, renderer)| renderer.status(key.clone())).collect();
        let mut status = self.status.lock();
        (status.streams, status.renderers) = (self.streams.len(), renderers);
    }
}

/// Sends the chunk back to its one of `streams`.
fn give_back(streams: &mut [Attached], pending: Pending) {
    if let Some(stream) = streams.iter_mut().find(|stream| stream.id == pending.stream) {
        stream.link.give_back(pending.chunk);
    }
}

/// What a render has changed of its renderer.
enum RendererChange {
    State,
    Load,
}

impl RendererChange {
    fn between(before: &RendererStatus, after: &RendererStatus) -> Self {
        let told = (&before.state, &before.refusal) != (&after.state, &after.refusal);
        if told { Self::State } else { Self::Load }
    }
}
