//! A model from a foreign checkpoint: its weights, and what its parameters, its user or the weights' shapes say of it.

use std::path::Path;

use super::catalog::Catalog;
use super::family::Family;
use super::options::Said;
use super::prefix::Prefix;
use super::{diffwave, unet1d, wavegrad, weight_norm};
use crate::model::{Model, ModelHeader};
use crate::network::{Weights, diffwave::names as diffwave_names, wavegrad::names as wavegrad_names};
use crate::{Error, Result};

/// What a model is made of beside what its file says, and what had to be assumed.
pub struct Imported {
    pub model: Model,
    /// What the file does not say, a phrase each.
    pub assumed: Vec<String>,
}

/// Weights under our names, with what they told of the network of their family.
enum Named {
    DiffWave(diffwave_names::Named),
    WaveGrad(wavegrad_names::Named),
    UNet1d(Box<unet1d::Named>),
}

impl Named {
    /// Brings the `weights` of the file `place` under the names of a network of `family`, and finds none of its tensors to be
    /// missing or of another shape.
    fn new(place: &str, family: Family, weights: &Weights, said: &Said) -> Result<Self> {
        match family {
            Family::DiffWave => {
                let named = diffwave_names::rename(place, weights)?;
                named.weights.validate(place, &named.config.tensors())?;
                Ok(Self::DiffWave(named))
            }
            Family::WaveGrad => {
                let named = wavegrad_names::rename(place, weights)?;
                named.weights.validate(place, &named.config.tensors())?;
                Ok(Self::WaveGrad(named))
            }
            Family::UNet1d => Ok(Self::UNet1d(Box::new(unet1d::Named::new(place, weights, said)?))),
        }
    }

    /// The header of the model in the file `path`, of which `said` is said, and what is assumed of it.
    fn header(&self, path: &Path, said: &Said) -> Result<(ModelHeader, Vec<String>)> {
        match self {
            Self::DiffWave(named) => diffwave::header(path, named, said),
            Self::WaveGrad(named) => wavegrad::header(path, named, said),
            Self::UNet1d(named) => Ok(named.header(path, said)),
        }
    }

    fn into_weights(self) -> Weights {
        match self {
            Self::DiffWave(named) => named.weights,
            Self::WaveGrad(named) => named.weights,
            Self::UNet1d(named) => named.weights,
        }
    }
}

/// Whose network it is that the names of `weights` tell, or that their user says, and which of them it is.
fn recognized(place: &str, asked: Option<Family>, weights: &mut Weights) -> Result<(Family, Prefix)> {
    weight_norm::fold(place, weights)?;
    // Without a network in it, renaming says so.
    let whole = Prefix { taken: String::new(), others: Vec::new() };
    let families = Family::ALL.into_iter().filter(|family| asked.is_none_or(|asked| asked == *family));
    let found = families.filter_map(|family| Some((family, Prefix::of(weights, &family.markers())?))).next();
    Ok(match found {
        // Its encoder lies beside it, under names of its own.
        Some((Family::UNet1d, _)) => (Family::UNet1d, whole),
        Some(found) => found,
        None => (asked.unwrap_or(Family::DiffWave), whole),
    })
}

/// Refuses `weights` whose names and shapes are no network's: weights without values are enough.
///
/// # Errors
/// Names the file `place` and the tensor.
pub fn recognize(place: &str, said: &Said, weights: &Weights) -> Result<(Family, Prefix)> {
    let mut weights = weights.clone();
    let (family, prefix) = recognized(place, said.family, &mut weights)?;
    Named::new(place, family, &prefix.strip(&weights), said)?;
    Ok((family, prefix))
}

/// Puts a model together from the tensors of the file `path`, of which it and its user say what is `said`.
pub fn import(path: &Path, mut catalog: Catalog, said: &Said) -> Result<Imported> {
    let place = path.display().to_string();
    let (family, prefix) = recognize(&place, said, &catalog.hollow())?;
    if let (Some(arguments), Family::DiffWave) = (&said.arguments, family) {
        let expected = "none: DiffWave's tensors and parameters say all of it, or the other options do";
        return Err(Error::invalid(&arguments.place, "network", family.name(), expected));
    }
    // Now that they are known to be a network's, they are read.
    let mut weights = catalog.read(path, &prefix.taken)?;
    weight_norm::fold(&place, &mut weights)?;
    let named = Named::new(&place, family, &prefix.strip(&weights), said)?;
    let (header, mut assumed) = named.header(path, said)?;
    assumed.extend(prefix.told());
    Ok(Imported { model: Model::new(&place, header, named.into_weights())?, assumed })
}
