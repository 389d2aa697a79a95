//! Tables of names: how other programs call the weights that [`DiffWaveConfig::tensors`] lists, and what a network's
//! shapes say of its configuration.

use super::config::{DiffWaveConfig, MOST_CLASSES, MOST_TRAINING_STEPS, Variant};
use crate::network::{Tensor, Weights};
use crate::{Error, Result};

/// A tensor whose name ends so tells the formulation and the prefix of all names.
pub(crate) const MARKERS: [(&str, Variant); 2] = [
    ("residual_layers.0.dilated_conv.weight", Variant::Lmnt),
    ("res_blocks.0.0.bi_dilated_conv.weight", Variant::Unscaled),
];

/// The step table, which some programs save with the weights; its rows are counted, then it is dropped.
const STEP_TABLES: [&str; 2] = ["diffusion_embedding.embedding", "timestep_embedder.timestep_embeddings"];

/// The tensor whose rows are a network's classes.
const LABEL_EMBEDDING: &str = "label_embedding.weight";

/// Modules of the unscaled formulation outside its blocks.
const MODULES: [(&str, &str); 7] = [
    ("in_conv", "input_projection"),
    ("timestep_embedder.linear1", "diffusion_embedding.projection1"),
    ("timestep_embedder.linear2", "diffusion_embedding.projection2"),
    ("mel_upsampler.convt1", "spectrogram_upsampler.conv1"),
    ("mel_upsampler.convt2", "spectrogram_upsampler.conv2"),
    ("out_conv1", "skip_projection"),
    ("out_conv2", "output_projection"),
];

/// Modules of one block of the unscaled formulation that have a counterpart of their own.
const BLOCK_MODULES: [(&str, &str); 3] = [
    ("timestep_linear", "diffusion_projection"),
    ("bi_dilated_conv", "dilated_conv"),
    ("mel_conv", "conditioner_projection"),
];

/// Channels from which a network is taken for a large one.
const LARGE_CHANNELS: usize = 128;

/// Weights under our names, and what their names and shapes told of the network.
#[derive(Debug)]
pub(crate) struct Named {
    /// The weights.
    pub(crate) weights: Weights,
    /// The network. Where nothing tells, dilations double ten times, the schedule is the published one's length, and
    /// convolutions look to both sides.
    pub(crate) config: DiffWaveConfig,
    /// Whether the names told the dilation cycle.
    pub(crate) has_dilation_cycle: bool,
}

impl Named {
    /// Whether the network is a large one (DiffWave, appendix B), which is trained on 200 steps.
    pub(crate) fn is_large(&self) -> bool {
        is_large(self.config.channels)
    }
}

fn is_large(channels: usize) -> bool {
    channels >= LARGE_CHANNELS
}

/// Brings the `weights` of the file `place` under our names, without their common prefix.
///
/// # Errors
/// Where they are no DiffWave's, or their shapes no network's: named before anything is made in their size.
pub(crate) fn rename(place: &str, weights: &Weights) -> Result<Named> {
    let found = MARKERS.iter().find_map(|(marker, variant)| {
        let (name, _) = weights.iter().find(|(name, _)| name.ends_with(marker))?;
        Some((name[..name.len() - marker.len()].to_owned(), *variant))
    });
    let Some((prefix, variant)) = found else {
        let first = weights.iter().next();
        let found = first.map_or("no tensor at all".into(), |(name, _)| format!("\"{name}\" and others"));
        let expected = "DiffWave's, such as residual_layers.0.dilated_conv.weight";
        return Err(Error::invalid(place, "tensor names", found, expected));
    };
    let mut bare = Weights::default();
    for (name, tensor) in weights.iter() {
        if let Some(rest) = name.strip_prefix(&prefix) {
            bare.insert(rest, tensor.clone());
        }
    }
    let mut training_steps = None;
    for name in STEP_TABLES {
        if let Some(table) = bare.remove(name) {
            training_steps = Some(rows(place, name, &table, MOST_TRAINING_STEPS)?);
        }
    }
    let mut dilation_cycle = None;
    if variant == Variant::Unscaled {
        let per_block = (0..).take_while(|i| bare.get(&format!("res_blocks.0.{i}.skip_conv.bias")).is_some());
        let per_block = per_block.count();
        dilation_cycle = Some(per_block);
        bare = unscaled(&bare, per_block);
    }
    if bare.get("residual_layers.0.conditioner_projection.weight").is_none() {
        // An unconditional network of either formulation may carry an upsampler that nothing uses.
        for (module, part) in [("conv1", "weight"), ("conv1", "bias"), ("conv2", "weight"), ("conv2", "bias")] {
            bare.remove(&format!("spectrogram_upsampler.{module}.{part}"));
        }
    }
    let config = config(place, &bare, variant, dilation_cycle, training_steps)?;
    Ok(Named { weights: bare, config, has_dilation_cycle: dilation_cycle.is_some() })
}

/// The network that the shapes of `weights` tell.
fn config(
    place: &str,
    weights: &Weights,
    variant: Variant,
    dilation_cycle: Option<usize>,
    training_steps: Option<usize>,
) -> Result<DiffWaveConfig> {
    let channels = dimension(place, weights, "input_projection.weight", 0)?;
    let layer = |index: usize| weights.get(&format!("residual_layers.{index}.dilated_conv.weight"));
    let conditioner = "residual_layers.0.conditioner_projection.weight";
    let n_mels = match weights.get(conditioner) {
        Some(_) => Some(dimension(place, weights, conditioner, 1)?),
        None => None,
    };
    let label_embedding = weights.get(LABEL_EMBEDDING);
    let config = DiffWaveConfig {
        channels,
        layers: (0..).take_while(|index| layer(*index).is_some()).count(),
        dilation_cycle: dilation_cycle.unwrap_or(10),
        n_mels,
        classes: label_embedding.map(|table| rows(place, LABEL_EMBEDDING, table, MOST_CLASSES)).transpose()?,
        training_steps: training_steps.unwrap_or(if is_large(channels) { 200 } else { 50 }),
        causal: false,
        variant,
        learned_variance: false,
    };
    config.validate(place)?;
    Ok(config)
}

/// Rows of a table that has one to `most`.
fn rows(place: &str, name: &str, table: &Tensor, most: usize) -> Result<usize> {
    match table.shape.first() {
        Some(rows) if (1..=most).contains(rows) => Ok(*rows),
        _ => {
            let found = format!("shape {:?}", table.shape);
            Err(Error::invalid(place, format!("tensor {name}"), found, format!("a table of 1 to {most} rows")))
        }
    }
}

fn dimension(place: &str, weights: &Weights, name: &str, axis: usize) -> Result<usize> {
    let shape = weights.get(name).map(|t| t.shape.clone());
    shape.as_ref().and_then(|shape| shape.get(axis).copied()).ok_or_else(|| {
        let found = shape.map_or("none".into(), |shape| format!("shape {shape:?}"));
        Error::invalid(place, format!("tensor {name}"), found, format!("more than {axis} axes"))
    })
}

/// The unscaled formulation under our names. A name in no table stays as it is, and validation reports it.
fn unscaled(weights: &Weights, per_block: usize) -> Weights {
    let mut renamed = Weights::default();
    for (name, tensor) in weights.iter() {
        let Some((module, part)) = name.rsplit_once('.') else {
            renamed.insert(name, tensor.clone());
            continue;
        };
        if let Some((_, ours)) = MODULES.iter().find(|(theirs, _)| *theirs == module) {
            renamed.insert(format!("{ours}.{part}"), tensor.clone());
        } else if let Some((layer, inner)) = block_module(module, per_block) {
            let layer = format!("residual_layers.{layer}");
            if let Some((_, ours)) = BLOCK_MODULES.iter().find(|(theirs, _)| *theirs == inner) {
                renamed.insert(format!("{layer}.{ours}.{part}"), tensor.clone());
            } else if inner == "res_conv" {
                // Residual and skip are one projection here: its first and its second half.
                let skip = weights.get(&name.replace("res_conv", "skip_conv"));
                renamed.insert(format!("{layer}.output_projection.{part}"), stacked(tensor, skip));
            } else if inner != "skip_conv" {
                renamed.insert(name, tensor.clone());
            }
        } else {
            renamed.insert(name, tensor.clone());
        }
    }
    renamed
}

/// `res_blocks.{block}.{index}.{inner}` as (layer, inner).
fn block_module(module: &str, per_block: usize) -> Option<(usize, &str)> {
    let mut parts = module.strip_prefix("res_blocks.")?.splitn(3, '.');
    let (block, index) = (parts.next()?.parse::<usize>().ok()?, parts.next()?.parse::<usize>().ok()?);
    Some((block.checked_mul(per_block)?.checked_add(index)?, parts.next()?))
}

/// Two tensors joined along their first axis; where the second is missing, the first alone, which then has the wrong
/// shape and is reported.
fn stacked(first: &Tensor, second: Option<&Tensor>) -> Tensor {
    let mut joined = first.clone();
    if let Some(second) = second.filter(|second| second.shape == first.shape && !first.shape.is_empty()) {
        joined.shape[0] = joined.shape[0].saturating_mul(2);
        joined.data.extend_from_slice(&second.data);
    }
    joined
}

#[cfg(test)]
#[path = "names_tests.rs"]
mod tests;
