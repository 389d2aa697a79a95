//! What an objective makes small, and what it is measured by.

use burn::tensor::{Device, Tensor};

use crate::Result;
use crate::diffusion::Schedule;
use crate::model::ModelHeader;
use crate::network::diffwave::burn::DiffWave;
use crate::train::batch::Batch;
use crate::train::config::{Objective, TrainingConfig};
use crate::train::loss::{NoiseLoss, VariationalLoss};

/// The loss of an objective.
pub enum Criterion {
    /// Wrong noise, of crops as a teacher left them where there is one.
    Noise(Box<NoiseLoss>),
    /// The variational bound.
    Variational(VariationalLoss),
}

impl Criterion {
    /// The loss that `config` asks for, of the model that `header` describes, on `device`.
    ///
    /// # Errors
    /// Where the header's training schedule is none.
    pub fn new(config: &TrainingConfig, header: &ModelHeader, device: &Device) -> Result<Self> {
        Ok(match config.objective {
            Objective::Ddpm | Objective::Distill | Objective::Consistency => {
                Self::Noise(Box::new(NoiseLoss::new(config, header, device)))
            }
            Objective::Variational => {
                Self::Variational(VariationalLoss::new(Schedule::from_betas(header.training_betas.clone())?))
            }
        })
    }

    /// What `network` learns from, over a batch. `[1]`
    pub fn loss(&self, network: &DiffWave, batch: &Batch, device: &Device) -> Tensor<1> {
        match self {
            Self::Noise(loss) => loss.of(network, batch, device),
            Self::Variational(bound) => bound.of(network, batch, device),
        }
    }

    /// What `network` is measured by: the same, but all of a bound. `[1]`
    pub fn measure(&self, network: &DiffWave, batch: &Batch, device: &Device) -> Tensor<1> {
        match self {
            Self::Noise(loss) => loss.of(network, batch, device),
            Self::Variational(bound) => bound.whole(network, batch, device),
        }
    }
}
