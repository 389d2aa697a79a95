//! The engine's thread: takes chunks of all streams, renders those that fit together as one batch, sends them back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TryRecvError};
use parking_lot::Mutex;

use super::batch::Batch;
use super::link::{Chunk, WorkerHalf};
use super::station::Station;
use super::{EngineStatus, Render, RendererKey};
use crate::diffusion::SpanPlan;

/// How long the worker sleeps between looks at its streams: the audio thread must not wake it, which would be a system
/// call. Part of what the compute budget has to cover.
const POLL: Duration = Duration::from_micros(500);

/// What the engine asks of its thread.
pub(super) enum Command {
    Register { key: RendererKey, renderer: Box<dyn Render>, fallback: Option<Box<dyn Render>> },
    Unregister { key: RendererKey },
    Plan { key: RendererKey, chunk_frames: usize, reply: Sender<SpanPlan> },
    Attach { key: RendererKey, link: WorkerHalf },
    Stop,
}

/// A stream that the worker serves.
struct Attached {
    id: u64,
    key: RendererKey,
    link: WorkerHalf,
    /// The number of what its life now sounds like, once there is something of it.
    signal: Option<u64>,
}

/// A chunk that waits to be rendered.
pub(super) struct Pending {
    stream: u64,
    key: RendererKey,
    pub chunk: Chunk,
}

/// All that the thread owns.
pub(super) struct Worker {
    commands: Receiver<Command>,
    stations: BTreeMap<RendererKey, Station>,
    streams: Vec<Attached>,
    next_id: u64,
    /// In the order of arrival.
    pending: Vec<Pending>,
    status: Arc<Mutex<EngineStatus>>,
}

impl Worker {
    pub fn new(commands: Receiver<Command>, status: Arc<Mutex<EngineStatus>>) -> Self {
        Self {
            commands,
            stations: BTreeMap::new(),
            streams: Vec::new(),
            next_id: 0,
            pending: Vec::new(),
            status,
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
            if self.pending.is_empty() {
                // With no stream there is nothing to poll for, and commands wake the thread.
                if self.streams.is_empty() { std::thread::park() } else { std::thread::park_timeout(POLL) }
            } else {
                self.render_oldest();
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Register { key, renderer, fallback } => {
                self.stations.insert(key, Station::new(renderer, fallback));
            }
            Command::Unregister { key } => {
                self.stations.remove(&key);
            }
            Command::Plan { key, chunk_frames, reply } => {
                // Without an answer the asker sees the reply dropped.
                if let Some(plan) = self.stations.get(&key).and_then(|station| station.plan(chunk_frames)) {
                    let _ = reply.send(plan);
                }
            }
            Command::Attach { key, link } => {
                self.streams.push(Attached { id: self.next_id, key, link, signal: None });
                self.next_id += 1;
            }
            Command::Stop => {}
        }
    }

    /// Takes in everything that streams have sent, and lets go of streams that are gone.
    fn collect(&mut self) {
        let (pending, before) = (&mut self.pending, self.streams.len());
        let stations = &mut self.stations;
        let mut forget = |stream: &Attached| {
            if let (Some(station), Some(signal)) = (stations.get_mut(&stream.key), stream.signal) {
                station.forget(signal);
            }
        };
        self.streams.retain_mut(|stream| {
            loop {
                match stream.link.try_receive() {
                    Ok(Some(mut chunk)) => {
                        let signal = stream.id << 32 | chunk.epoch & u64::from(u32::MAX);
                        if stream.signal != Some(signal) {
                            forget(stream);
                            stream.signal = Some(signal);
                        }
                        chunk.windows.iter_mut().for_each(|window| window.signal = signal);
                        pending.push(Pending { stream: stream.id, key: stream.key.clone(), chunk })
                    }
                    Ok(None) => return true,
                    Err(_) => {
                        forget(stream);
                        return false;
                    }
                }
            }
        });
        let streams = &self.streams;
        // What a reset or the time that has passed made worthless goes back unrendered.
        let worthless = |pending: &mut Pending| {
            streams
                .iter()
                .find(|stream| stream.id == pending.stream)
                .is_none_or(|stream| !stream.link.state.wants(&pending.chunk))
        };
        let worthless: Vec<_> = self.pending.extract_if(.., worthless).collect();
        worthless.into_iter().for_each(|pending| self.give_back(pending));
        if self.streams.len() != before {
            self.publish();
        }
    }

    /// Renders the chunk that has waited longest, and with it all that fit into one batch: at most one of each stream, and
    /// its next, for it goes on from where the one before it ended.
    fn render_oldest(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let oldest = self.pending.remove(0);
        let key = oldest.key.clone();
        let like = (oldest.chunk.windows[0].mel.frames(), oldest.chunk.windows[0].settings);
        let mut seen = vec![oldest.stream];
        let fits = |pending: &mut Pending| {
            let next = !seen.contains(&pending.stream);
            seen.push(pending.stream);
            let window = &pending.chunk.windows[0];
            next && pending.key == key && (window.mel.frames(), window.settings) == like
        };
        let mut group: Vec<_> = std::iter::once(oldest).chain(self.pending.extract_if(.., fits)).collect();
        if let Some(station) = self.stations.get_mut(&key) {
            let state_changed = station.render(&mut Batch::new(&mut group));
            for stream in self.streams.iter().filter(|stream| stream.key == key) {
                stream.link.state.set_load(station.load());
            }
            if state_changed {
                self.publish();
            } else if let Some(status) =
                self.status.lock().renderers.iter_mut().find(|status| status.key == key)
            {
                status.load = station.load();
            }
        }
        group.into_iter().for_each(|pending| self.give_back(pending));
    }

    fn give_back(&self, pending: Pending) {
        if let Some(stream) = self.streams.iter().find(|stream| stream.id == pending.stream) {
            stream.link.give_back(pending.chunk);
        }
    }

    /// Shows the user how everything is doing.
    fn publish(&self) {
        let renderers = self.stations.iter().map(|(key, station)| station.status(key.clone())).collect();
        let mut status = self.status.lock();
        (status.streams, status.renderers) = (self.streams.len(), renderers);
    }
}
