//! What a training begins with: data, model header, parameters, device.

use std::path::{Path, PathBuf};

use super::config::{
    self, BandWaveNetwork, DataConfig, Device, DiffWaveNetwork, NetworkConfig, Objective, TrainConfig,
    TrainingConfig, WaveGradNetwork,
};
use super::data::DataSet;
use super::differences::{differences, listed};
use super::distill::{Lesson, Teacher};
use super::initial::initial;
use super::observer::Observer;
use super::parameters::{dtype, flattened};
use crate::diffusion::{Clamp, SamplerKind};
use crate::domain::{EnergyPrior, Prior, SpectralPrior};
use crate::model::{Card, ModelHeader};
use crate::network::{Backend, DiffWaveConfig, Variant, Weights};
use crate::{Error, Result, checkpoint};

/// The data, without what the training itself has written; the observer is told of their preparation.
pub fn data(config: &TrainConfig, rate_hz: u32, observer: &mut dyn Observer) -> Result<DataSet> {
    let left_out = config.data.cache.iter().cloned().chain([config.run_folder()]).collect();
    DataSet::open(&DataConfig { left_out, ..config.data.clone() }, rate_hz, observer)
}

/// All of the model but its weights.
pub fn header(config: &TrainConfig) -> Result<ModelHeader> {
    match &config.network {
        NetworkConfig::BandWave(network) => bandwave(config, network.as_ref()),
        NetworkConfig::DiffWave(network) => diffwave(config, network),
        NetworkConfig::UNet1d(network) => {
            let arguments = network.arguments.clone();
            Ok(ModelHeader::unet1d(arguments, network.rate_hz, network.diffusion, card(config)))
        }
        NetworkConfig::WaveGrad(network) => wavegrad(config, network),
    }
}

/// Where the model comes from.
fn card(config: &TrainConfig) -> Card {
    let source = PathBuf::from(config.data.source.clone());
    let begun = config.init.as_ref().map_or_else(String::new, |init| format!(" from {}", init.display()));
    Card {
        name: config.card_name(),
        licence: config.licence.clone(),
        provenance: format!("trained by remel train{begun} on {}", source.display()),
        trained_steps: 0,
    }
}

/// That of a BandWave model: of the one that it begins with, where the configuration does not say more.
fn bandwave(config: &TrainConfig, network: Option<&BandWaveNetwork>) -> Result<ModelHeader> {
    let (network, dialect) = match (network, &config.init) {
        (None, Some(init)) => {
            let header = checkpoint::load(init, None)?.header().clone();
            let network = header.network.bandwave(&init.display().to_string())?.clone();
            return Ok(ModelHeader { network: network.into(), card: card(config), ..header });
        }
        (None, None) => BandWaveNetwork::default().shape("training")?,
        (Some(network), _) => network.shape("training")?,
    };
    Ok(ModelHeader::bandwave(network, dialect, card(config)))
}

/// That of a WaveGrad model.
fn wavegrad(config: &TrainConfig, network: &WaveGradNetwork) -> Result<ModelHeader> {
    let (network, dialect) = network.shape("training")?;
    let schedule = config.noise_levels();
    let betas = [schedule.training()?.betas().to_vec(), schedule.inference_betas.clone()];
    let phase = config.phase;
    Ok(ModelHeader { phase, ..ModelHeader::wavegrad(network, dialect, betas, card(config)) })
}

/// That of a DiffWave model.
fn diffwave(config: &TrainConfig, network: &DiffWaveNetwork) -> Result<ModelHeader> {
    let dialect = network.dialect()?;
    let training = config.schedule.training()?;
    let (prior, clamp) = match network.prior {
        config::Prior::None => (None, Clamp::Last),
        config::Prior::Energy => (Some(Prior::Energy(EnergyPrior::default())), Clamp::Last),
        config::Prior::Spectral => (Some(Prior::Spectral(SpectralPrior::default())), Clamp::Never),
    };
    Ok(ModelHeader {
        network: DiffWaveConfig {
            channels: network.channels,
            layers: network.layers,
            dilation_cycle: network.dilation_cycle,
            n_mels: dialect.as_ref().map(|dialect| dialect.n_mels),
            classes: Some(config.data.classes.len()).filter(|count| *count > 0),
            training_steps: training.len(),
            causal: network.causal,
            variant: Variant::Lmnt,
            learned_variance: config.training.objective == Objective::Variational,
        }
        .into(),
        dialect,
        classes: config.data.classes.clone(),
        null_label: !config.data.classes.is_empty() && config.data.label_dropout > 0.0,
        rate_hz: network.rate_hz()?,
        diffusion: None,
        training_betas: training.betas().to_vec(),
        inference_betas: config.schedule.inference_betas.clone(),
        angle_steps: None,
        sampler: SamplerKind::Ancestral,
        clamp,
        prior,
        phase: config.phase,
        temperature: 1.0,
        card: card(config),
    })
}

/// The model to learn from, where there is one.
pub fn teacher(config: &TrainConfig, backend: &Backend) -> Result<Option<Teacher>> {
    let Some(distill) = &config.distill else { return Ok(None) };
    let lesson = match config.training.objective {
        Objective::Consistency => Lesson::Consistency,
        Objective::Ddpm | Objective::Distill | Objective::Variational => Lesson::Progressive,
    };
    Teacher::open(distill, lesson, &backend.device()?).map(Some)
}

/// The parameters to begin with: those of a file, else the teacher's, else random ones. `warn` is told in one line where the
/// file's were learned for something else.
pub fn parameters(
    config: &TrainConfig,
    header: &ModelHeader,
    teacher: Option<&Teacher>,
    warn: &mut dyn FnMut(&str),
) -> Result<Vec<f32>> {
    let network = &header.network;
    let weights = match (&config.init, teacher) {
        (None, None) => initial(network, config.training.seed),
        (None, Some(teacher)) => teacher.model().weights().clone(),
        (Some(path), _) => fitting(path, header, warn)?,
    };
    Ok(flattened(&**network, &weights))
}

/// The weights of the model in the file `path`, for a training of `header`.
fn fitting(path: &Path, header: &ModelHeader, warn: &mut dyn FnMut(&str)) -> Result<Weights> {
    let (model, place) = (checkpoint::load(path, None)?, path.display().to_string());
    let differences = listed(&differences(model.header(), header));
    match (model.weights().validate(&place, &header.network.tensors()), differences) {
        (Err(_), Some(differences)) => {
            let remedy = "set these to what the model is, or leave out `init`";
            return Err(Error::unreadable(path, format!("a model of another shape: {differences}; {remedy}")));
        }
        (Err(error), None) => return Err(error),
        (Ok(()), Some(differences)) => {
            warn(&format!(
                "{place}: its weights were learned for another model, and have much to learn anew: {differences}"
            ));
        }
        (Ok(()), None) => {}
    }
    Ok(model.weights().clone())
}

/// Where to compute, which has the precision that is asked for.
pub fn backend(config: &TrainingConfig) -> Result<Backend> {
    let expected = "a device of Vulkan, Metal or DirectX (see `remel devices`), or training.device = \"cpu\"";
    let backend = match config.device {
        Device::Cpu => Backend::Cpu,
        Device::Gpu => Backend::first_gpu()
            .ok_or_else(|| Error::invalid("training", "training.device", "gpu without a GPU", expected))?,
    };
    if backend.device()?.supports_dtype(dtype(config.precision)) {
        return Ok(backend);
    }
    let precision = format!("{:?}", config.precision).to_lowercase();
    let found = format!("{precision}, which the {backend} does not compute in");
    Err(Error::invalid("training", "training.precision", found, "another one, such as \"f32\""))
}
