//! The device for a file, and when measuring pays.

use std::sync::atomic::AtomicBool;

use super::measurement::named;
use super::{Key, Measurement, Store, Workload, places};
use crate::Result;
use crate::network::Backend;

/// Operations that a fast core does in a second.
const FAST: f64 = 1e11;
/// Seconds that a render takes on fast cores for measuring to pay.
const PAYS_S: f64 = 5.0;

/// The device for a file.
#[derive(Clone, Debug)]
pub struct FileChoice {
    /// Where to render.
    pub place: Backend,
    /// What it was chosen by; none where the CPU needs no comparison.
    pub measurement: Option<Measurement>,
    /// Why what was measured now could not be kept.
    pub unkept: Option<String>,
}

/// Chooses the device for `seconds` of sound: the one that is done first, its first use included.
///
/// Opening a GPU takes longer than most renders. So where nothing is kept of the workload, and cores as fast as they come would
/// do the arithmetic in less than five seconds, that is the CPU's, unmeasured: with the bundled model on two cores a file of
/// two minutes. A longer render is preceded by the measurement, which is kept in `store` for the next. On a machine that has
/// but the CPU the answer is there at once, and `seconds` is not asked.
///
/// # Errors
/// The model is none that can be rendered.
pub fn choose_for_file(
    workload: &Workload,
    seconds: impl FnOnce() -> f64,
    store: &Store,
) -> Result<FileChoice> {
    let places = places();
    let mut choice = FileChoice { place: Backend::Cpu, measurement: None, unkept: None };
    if places.len() == 1 {
        return Ok(choice);
    }
    let seconds = seconds();
    let least_s = seconds * workload.operations()? / (FAST * workload.threads as f64);
    let measure = || workload.measure(&places, &AtomicBool::new(false));
    let (measurement, unkept) = file_measurement(&workload.key(&places)?, least_s, store, measure)?;
    if let Some(measurement) = &measurement {
        choice.place = named(&places, measurement.fastest_for(seconds));
    }
    Ok(FileChoice { measurement, unkept, ..choice })
}

/// What is known of the workload under `key` or becomes known by `measure`, where a render of it takes `least_s` seconds on fast
/// cores; and why that could not be kept.
///
/// # Errors
/// Those of `measure`.
pub fn file_measurement(
    key: &Key,
    least_s: f64,
    store: &Store,
    measure: impl FnOnce() -> Result<Option<Measurement>>,
) -> Result<(Option<Measurement>, Option<String>)> {
    if let Some(kept) = store.get(key) {
        return Ok((Some(kept), None));
    }
    if least_s < PAYS_S {
        return Ok((None, None));
    }
    let measured = measure()?;
    let unkept = measured.as_ref().and_then(|measured| store.keep(measured).err());
    Ok((measured, unkept.map(|error| error.to_string())))
}
