//! How networks on a device are called: for one prediction, or for a whole sampling in one list of kernels.

use std::sync::Arc;

use super::device::Device;
use super::fit::Fit;
use super::kernel::{Access, Kernel};
use super::placed::{Histories, replace};
use super::recording::Recording;
use super::storage::Storage;
use crate::diffusion::{Clamp, History, Way, WayStep};
use crate::mel::FitBank;
use crate::{Error, Result};

/// Most values of the rows between layers, over all evaluations, for which a device is given everything at once: what takes it
/// seconds keeps it from drawing, and drivers reset it for that.
const MOST_VALUES: usize = 1 << 21;

/// A network and the batch that it is conditioned on, whose predictions can be recorded one after another.
pub(crate) trait Recorded {
    /// Values of x, of all windows.
    fn values(&self) -> usize;

    /// Values of the rows between two layers.
    fn row_values(&self) -> usize;

    /// Values of a window's history; none where the network keeps none.
    fn history_values(&self) -> usize {
        0
    }

    /// Records the prediction from `x`, `[windows, values]`, at `level`, where there are `histories` after those that are read, into
    /// those that are written. Gives what begins with it.
    ///
    /// # Errors
    /// Where nothing has been conditioned.
    fn record(
        &mut self,
        recording: &mut Recording,
        x: &Storage,
        level: f32,
        histories: Option<[&Storage; 2]>,
    ) -> Result<Storage>;
}

/// The calls of one network.
pub(crate) struct Calls {
    device: Arc<Device>,
    /// What a batch is told, until the first call that comes after.
    told: Option<Recording>,
    step: Arc<Kernel>,
    fit: Option<Fit>,
    /// What stands for storages that a step has no use for.
    nothing: Storage,
}

impl Calls {
    /// None yet on `device`.
    pub(crate) fn new(device: &Arc<Device>) -> Self {
        let mut accesses = [Access::Read; 7];
        accesses[0] = Access::Write;
        let step = device.kernel("step", include_str!("step.wgsl"), &[], &accesses);
        Self { device: Arc::clone(device), told: None, step, fit: None, nothing: device.storage(0) }
    }

    /// The device.
    pub(crate) fn device(&self) -> &Arc<Device> {
        &self.device
    }

    /// Has `told`, what a batch is told, done before the next call.
    ///
    /// # Errors
    /// Where the device has failed.
    pub(crate) fn tell(&mut self, told: Recording) -> Result<()> {
        self.told = Some(told);
        self.device.check()
    }

    /// Whether a sampling of so many `evaluations` is little enough to be done at once.
    pub(crate) fn takes(network: &impl Recorded, evaluations: usize) -> bool {
        network.row_values() * evaluations <= MOST_VALUES
    }

    /// What `network` predicts from `x` at `level` after `histories`, which go along, into `predicted`, both `[windows, values]`.
    /// Gives the `more` values that come with it.
    ///
    /// # Errors
    /// Where one of both is not as long as the batch, or the device fails.
    pub(crate) fn predict(
        &mut self,
        network: &mut impl Recorded,
        x: &[f32],
        level: f32,
        (predicted, more): (&mut [f32], usize),
        histories: &mut [&mut History],
    ) -> Result<Vec<f32>> {
        check("x", x, network)?;
        check("the prediction", predicted, network)?;
        if x.is_empty() {
            return Ok(Vec::new());
        }
        let (mut recording, x) = (self.begun(), self.device.storage_of(x));
        let before: Vec<&History> = histories.iter().map(|history| &**history).collect();
        let (placed, after) = record(network, &mut recording, &x, level, &before)?;
        let mut found = recording.read(&placed, predicted.len() + more)?;
        replace(histories.iter_mut().map(|history| &mut **history), after);
        let rest = found.split_off(predicted.len());
        predicted.copy_from_slice(&found);
        Ok(rest)
    }

    /// Takes `x` along `way`. Of the `histories` every window has one per evaluation, or none.
    ///
    /// # Errors
    /// Where x is not as long as the batch, or the device fails; histories are then as they were.
    pub(crate) fn sample(
        &mut self,
        network: &mut impl Recorded,
        way: &Way,
        x: &mut [f32],
        histories: &mut [&mut [History]],
    ) -> Result<()> {
        check("x", x, network)?;
        if x.is_empty() {
            return Ok(());
        }
        let (mut recording, device) = (self.begun(), Arc::clone(&self.device));
        let placed = device.storage_of(x);
        let [noise, std] = [&way.noise, &way.std].map(|values| match values.is_empty() {
            true => self.nothing.clone(),
            false => device.storage_of(values),
        });
        if let Some(fit) = &way.fit {
            self.prepare_fit(&fit.bank);
        }
        let fitted = self.fit.as_ref().zip(way.fit.as_ref()).map(|(own, fit)| (own, own.batch(&device, fit)));
        let (mut after, mut rows) = (Vec::with_capacity(way.steps.len()), 0);
        for (index, step) in way.steps.iter().enumerate() {
            let own: Vec<&History> = histories.iter().map(|of_window| &of_window[index]).collect();
            let (predicted, kept) = record(network, &mut recording, &placed, step.evaluation.level, &own)?;
            after.push(kept);
            let (mut shape, mut gains) = ([0; 2], [&self.nothing; 3]);
            if let Some((fit, batch)) = &fitted {
                let [holders, shares] = &fit.holders;
                shape = fit.shape();
                gains = [fit.record(&mut recording, batch, &predicted), holders, shares];
            }
            let [gains, holders, shares] = gains;
            let storages = [&placed, &predicted, &noise, &std, gains, holders, shares];
            let words = words(step, way, [x.len(), rows * x.len()], shape);
            recording.dispatch_items(&self.step, &storages, &words, x.len());
            rows += usize::from(step.is_fresh());
        }
        x.copy_from_slice(&recording.read(&placed, x.len())?);
        for (index, kept) in after.into_iter().enumerate() {
            replace(histories.iter_mut().map(|of_window| &mut of_window[index]), kept);
        }
        Ok(())
    }

    /// Has what it takes to bring predictions to the mel frames of `bank`.
    pub(crate) fn prepare_fit(&mut self, bank: &Arc<FitBank>) {
        if !self.fit.as_ref().is_some_and(|fit| fit.is_of(bank)) {
            self.fit = Some(Fit::new(&self.device, bank));
        }
    }

    /// What comes first in a call.
    fn begun(&mut self) -> Recording {
        self.told.take().unwrap_or_else(|| Recording::new(&self.device))
    }
}

/// Records a prediction of `network` after `histories`, one per window, or none at all. Gives what begins with it, and what comes in
/// the place of the histories.
fn record(
    network: &mut impl Recorded,
    recording: &mut Recording,
    x: &Storage,
    level: f32,
    histories: &[&History],
) -> Result<(Storage, Vec<Storage>)> {
    let device = Arc::clone(recording.device());
    let gathered = Histories::gathered(recording, &device, histories, network.history_values())?;
    let kept = gathered.as_ref().map(Histories::storages);
    let predicted = network.record(recording, x, level, kept)?;
    let after = gathered.map(|gathered| gathered.scattered(recording, &device, histories.len()));
    Ok((predicted, after.unwrap_or_default()))
}

/// Refuses `values` of `what` that are not as many as the batch has.
fn check(what: &str, values: &[f32], network: &impl Recorded) -> Result<()> {
    match values.len() == network.values() {
        true => Ok(()),
        false => Err(Error::invalid("GPU", format!("values of {what}"), values.len(), network.values())),
    }
}

/// The parameters of `step` over `values` values, whose noise begins at `noise`; bins and bands are none where nothing is fitted.
fn words(step: &WayStep, way: &Way, [values, noise]: [usize; 2], [bins, bands]: [usize; 2]) -> [u32; 11] {
    let limits = match way.clamp {
        Clamp::EveryStep => 1,
        Clamp::Found => 2,
        Clamp::Last | Clamp::Never => 0,
    };
    [
        values as u32,
        step.sum.x_scale.to_bits(),
        step.sum.found_scale.to_bits(),
        noise as u32,
        u32::from(step.is_fresh()),
        u32::from(!way.std.is_empty()),
        limits,
        step.evaluation.signal_scale.to_bits(),
        step.evaluation.noise_scale.to_bits(),
        bins as u32,
        bands as u32,
    ]
}
