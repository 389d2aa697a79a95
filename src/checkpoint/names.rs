//! Tables of names: how other programs call the weights that [`DiffWaveConfig::tensors`] lists.
//!
//! [`DiffWaveConfig::tensors`]: crate::network::DiffWaveConfig::tensors

use crate::network::{Tensor, Variant, Weights};

/// A tensor whose name ends so tells the formulation and the prefix of all names.
const MARKERS: [(&str, Variant); 2] = [
    ("residual_layers.0.dilated_conv.weight", Variant::Lmnt),
    ("res_blocks.0.0.bi_dilated_conv.weight", Variant::Unscaled),
];

/// The step table, which some programs save with the weights; its rows are counted, then it is dropped.
const STEP_TABLES: [&str; 2] = ["diffusion_embedding.embedding", "timestep_embedder.timestep_embeddings"];

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

/// Weights under our names, and what their names told.
pub struct Named {
    /// The weights.
    pub weights: Weights,
    /// The formulation.
    pub variant: Variant,
    /// Layers per dilation cycle, where the names tell.
    pub dilation_cycle: Option<usize>,
    /// Rows of the step table, where it was saved.
    pub step_table: Option<usize>,
}

/// Brings `weights` under our names, without their common prefix. None where they are no DiffWave's.
pub fn rename(weights: &Weights) -> Option<Named> {
    let (prefix, variant) = MARKERS.iter().find_map(|(marker, variant)| {
        let (name, _) = weights.iter().find(|(name, _)| name.ends_with(marker))?;
        Some((name[..name.len() - marker.len()].to_owned(), *variant))
    })?;
    let mut bare = Weights::default();
    for (name, tensor) in weights.iter() {
        if let Some(rest) = name.strip_prefix(&prefix) {
            bare.insert(rest, tensor.clone());
        }
    }
    let step_table = STEP_TABLES.iter().find_map(|name| bare.remove(name)).map(|table| table.shape[0]);
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
    Some(Named { weights: bare, variant, dilation_cycle, step_table })
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
        joined.shape[0] *= 2;
        joined.data.extend_from_slice(&second.data);
    }
    joined
}
