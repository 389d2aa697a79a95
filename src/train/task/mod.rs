//! What is learned, by kind of network: from the number of a crop to a loss and its gradient.

mod bandwave;
#[cfg(test)]
mod bandwave_tests;
mod criterion;
mod diffwave;
mod learning;
mod spectral_batch;
mod unet1d;
mod wavegrad;

pub use bandwave::BandWaveTask;
pub use diffwave::DiffWaveTask;
pub use learning::Task;
pub use unet1d::UNet1dTask;
pub use wavegrad::WaveGradTask;

use std::sync::Arc;

use super::config::{NetworkConfig as ConfiguredNetwork, TrainConfig};
use super::distill::Teacher;
use super::pairs::Pairs;
use crate::model::ModelHeader;
use crate::network::{Backend, Network};
use crate::{Error, Result};

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
    let (device, pairs) = (backend.device()?, Arc::clone(pairs));
    Ok(match &header.network {
        Network::BandWave(network) => {
            Arc::new(BandWaveTask::new(&config.training, header, network, pairs, device)?)
        }
        Network::DiffWave(network) => {
            Arc::new(DiffWaveTask::new(config, header, network, pairs, teacher, device)?)
        }
        Network::UNet1d(network) => {
            let ConfiguredNetwork::UNet1d(of_config) = &config.network else {
                return Err(Error::invalid("training", "network.kind", "another", "unet1d"));
            };
            Arc::new(UNet1dTask::new(&config.training, header, network, of_config.sigmas(), pairs, device)?)
        }
        Network::WaveGrad(network) => {
            Arc::new(WaveGradTask::new(&config.training, header, network, pairs, device)?)
        }
    })
}
