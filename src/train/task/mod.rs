//! What is learned, by kind of network: from the number of a crop to a loss and its gradient.

mod bandwave;
#[cfg(test)]
mod bandwave_tests;
mod criterion;
mod diffwave;
mod learning;
mod spectral_batch;
mod wavegrad;

pub use bandwave::BandWaveTask;
pub use diffwave::DiffWaveTask;
pub use learning::Task;
pub use wavegrad::WaveGradTask;

use std::sync::Arc;

use super::config::TrainConfig;
use super::distill::Teacher;
use super::pairs::Pairs;
use crate::Result;
use crate::model::ModelHeader;
use crate::network::{Backend, Network};

/// The task of a training of the model that `header` describes.
///
/// # Errors
/// Where the header's schedules are none.
pub fn open(
    config: &TrainConfig,
    header: &ModelHeader,
    pairs: &Arc<Pairs>,
    teacher: Option<Teacher>,
    backend: &Backend,
) -> Result<Arc<dyn Task>> {
    let (device, pairs) = (backend.device(), Arc::clone(pairs));
    Ok(match &header.network {
        Network::BandWave(network) => {
            Arc::new(BandWaveTask::new(&config.training, header, network, pairs, device)?)
        }
        Network::DiffWave(network) => {
            Arc::new(DiffWaveTask::new(config, header, network, pairs, teacher, device)?)
        }
        Network::WaveGrad(network) => {
            Arc::new(WaveGradTask::new(&config.training, header, network, pairs, device)?)
        }
    })
}
