//! Which device is the fastest for what plays: measured once, on a thread of its own, and kept for all projects.

use super::mailbox::INTERVAL;
use crate::model::PlacedModel;
use parking_lot::Mutex;
use remel::choice::{Key, Measurement, Store, Workload};
use remel::network::Backend;
use remel::stream::LatencyMode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// Held by who measures: two at once would measure each other.
static MEASURING: Mutex<()> = Mutex::new(());

/// What is known of the devices, and the measurement that is under way.
pub struct Comparison {
    store: Store,
    /// What this instance has found out, which the disk may not have taken.
    found: Vec<Measurement>,
    /// What was last asked for, so that it is asked for once.
    asked: Option<(String, LatencyMode)>,
    running: Option<Running>,
}

/// A measurement under way.
struct Running {
    stop: Arc<AtomicBool>,
    /// Gives none where it was stopped, or where nothing could be measured.
    thread: JoinHandle<Option<Measurement>>,
}

impl Default for Comparison {
    fn default() -> Self {
        Self::with(Store::of_user())
    }
}

impl Comparison {
    /// One that knows what is in `store`.
    fn with(store: Store) -> Self {
        Self { store, found: Vec::new(), asked: None, running: None }
    }

    /// What is known of the devices for streams of `model` in `mode`; none where nothing is, or there is nothing to choose.
    pub fn known(&self, model: &PlacedModel, mode: LatencyMode) -> Option<Measurement> {
        let (workload, places) = model.comparison(mode)?;
        let key = workload.key(places).ok()?;
        self.found.iter().find(|found| found.key == key).cloned().or_else(|| self.store.get(&key))
    }

    /// Has the devices measured for streams of `model` in `mode`, unless they are or another measurement is under way. What
    /// has become known of them since the last call.
    pub fn follow(&mut self, model: &PlacedModel, mode: LatencyMode) -> Option<Measurement> {
        if let Some(Running { thread, .. }) = self.running.take_if(|running| running.thread.is_finished()) {
            // A panic there has been reported by the panic hook.
            self.found.extend(thread.join().ok().flatten());
            return self.known(model, mode);
        }
        let (workload, places) = model.comparison(mode)?;
        let asked = (model.key().to_string(), mode);
        if self.running.is_none() && self.asked.as_ref() != Some(&asked) {
            self.asked = Some(asked);
            if self.known(model, mode).is_none() {
                let (places, store) = (places.to_vec(), self.store.clone());
                self.start(move |stop| measured(&workload, &places, &store, stop));
            }
        }
        None
    }

    /// Starts a thread that does `work`; without a thread nothing becomes known.
    fn start(&mut self, work: impl FnOnce(&AtomicBool) -> Option<Measurement> + Send + 'static) {
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        let thread = std::thread::Builder::new().name("remel devices".into());
        let spawned = thread.spawn(move || work(&told)).ok();
        self.running = spawned.map(|thread| Running { stop, thread });
    }
}

impl Drop for Comparison {
    fn drop(&mut self) {
        // A host may unload this library next.
        if let Some(Running { stop, thread }) = self.running.take() {
            stop.store(true, Ordering::Relaxed);
            let _ = thread.join();
        }
    }
}

/// Measures `workload` on `places`, unless another instance has while this one waited for its turn, and keeps it in `store`.
fn measured(workload: &Workload, places: &[Backend], store: &Store, stop: &AtomicBool) -> Option<Measurement> {
    let key: Key = workload.key(places).ok()?;
    let _turn = loop {
        match MEASURING.try_lock_for(INTERVAL) {
            Some(turn) => break turn,
            None if stop.load(Ordering::Relaxed) => return None,
            None => {}
        }
    };
    if let Some(kept) = store.get(&key) {
        return Some(kept);
    }
    let measured = workload.measure(places, stop).ok()??;
    // What the disk does not take is measured anew by the next instance.
    let _ = store.keep(&measured);
    Some(measured)
}

#[cfg(test)]
mod tests;
