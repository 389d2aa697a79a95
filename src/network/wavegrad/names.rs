//! Tables of names: how other programs call the weights that [`WaveGradConfig::tensors`] lists, and what a network's
//! shapes say of its configuration.

use super::config::{Formulation, WaveGradConfig};
use crate::network::{Tensor, Weights};
use crate::{Error, Result};

/// A tensor whose name ends so tells the formulation and the prefix of all names.
pub(crate) const MARKERS: [(&str, Formulation); 2] = [
    ("film.0.input_conv.weight", Formulation::Lmnt),
    ("films.0.signal_conv.0.conv1d.weight", Formulation::Ivanvovk),
];

/// Modules of ivanvovk/WaveGrad outside its blocks.
const MODULES: [(&str, &str); 3] =
    [("ublock_preconv", "first_conv"), ("ublock_postconv", "last_conv"), ("dblock_preconv", "downsample.0")];

/// Modules of one of its blocks on the way up.
const UP_MODULES: [(&str, &str); 5] = [
    ("first_block_residual_branch.0", "block1"),
    ("first_block_main_branch.upsampling.2", "block2.0"),
    ("first_block_main_branch.modulation.convolution", "block2.1"),
    ("second_block_main_branch.modulation_0.convolution", "block3.0"),
    ("second_block_main_branch.modulation_1.convolution", "block3.1"),
];

/// Weights under our names, and what their names and shapes told of the network.
#[derive(Debug)]
pub(crate) struct Named {
    /// The weights.
    pub(crate) weights: Weights,
    /// The network.
    pub(crate) config: WaveGradConfig,
    /// Whether it has as many layers as the base network, whose factors and dilations stand in for its own: no tensor
    /// tells them. Else they are 1.
    pub(crate) has_rates: bool,
    /// Whether its layers are those of the base network, all of which have the same factors and dilations.
    pub(crate) is_base: bool,
}

/// Brings the `weights` of the file `place`, which have no prefix, under our names.
///
/// # Errors
/// Where they are no WaveGrad's, or their shapes no network's: named before anything is made in their size.
pub(crate) fn rename(place: &str, weights: &Weights) -> Result<Named> {
    let found = MARKERS.iter().find(|(marker, _)| weights.get(marker).is_some());
    let Some((_, formulation)) = found else {
        let first = weights.iter().next();
        let found = first.map_or("no tensor at all".into(), |(name, _)| format!("\"{name}\" and others"));
        return Err(Error::invalid(
            place,
            "tensor names",
            found,
            format!("WaveGrad's, such as {}", MARKERS[0].0),
        ));
    };
    let weights = match formulation {
        Formulation::Lmnt => weights.clone(),
        Formulation::Ivanvovk => renamed(weights),
    };
    let read = config(place, &weights, *formulation)?;
    let base = WaveGradConfig::base(*formulation, read.n_mels);
    let lengths = |config: &WaveGradConfig| config.down_dilations.iter().map(Vec::len).collect::<Vec<_>>();
    if read.stages() != base.stages() || lengths(&read) != lengths(&base) {
        return Ok(Named { weights, config: read, has_rates: false, is_base: false });
    }
    let WaveGradConfig { factors, up_dilations, down_dilations, .. } = base.clone();
    let config = WaveGradConfig { factors, up_dilations, down_dilations, ..read };
    let is_base = config == base;
    Ok(Named { weights, config, has_rates: true, is_base })
}

/// ivanvovk's names as ours. A name in no table stays as it is, and validation reports it.
fn renamed(weights: &Weights) -> Weights {
    let mut renamed = Weights::default();
    for (name, tensor) in weights.iter() {
        let found = name.rsplit_once(".conv1d.").and_then(|(module, part)| {
            let other =
                MODULES.iter().find(|(theirs, _)| *theirs == module).map(|(_, ours)| (*ours).to_owned());
            Some((other.or_else(|| block_module(module))?, part))
        });
        match found {
            // Shifts and scales are one convolution here: its first and its second half.
            Some((module, _)) if module.ends_with("scale_conv") => {}
            Some((module, part)) if module.ends_with("shift_conv") => {
                let scales = weights.get(&name.replace("shift_conv", "scale_conv"));
                let module = module.replace("shift_conv", "output_conv");
                renamed.insert(format!("{module}.{part}"), stacked(tensor, scales));
            }
            Some((module, part)) => renamed.insert(format!("{module}.{part}"), tensor.clone()),
            None => renamed.insert(name, tensor.clone()),
        }
    }
    renamed
}

/// A module of one of ivanvovk's blocks.
fn block_module(module: &str) -> Option<String> {
    let mut parts = module.splitn(3, '.');
    let (kind, index, inner) = (parts.next()?, parts.next()?.parse::<usize>().ok()?, parts.next()?);
    match kind {
        "ublocks" => {
            let (_, ours) = UP_MODULES.iter().find(|(theirs, _)| *theirs == inner)?;
            Some(format!("upsample.{index}.{ours}"))
        }
        "dblocks" => {
            let name = format!("downsample.{}", index.checked_add(1)?);
            if inner == "residual_branch.0" {
                return Some(format!("{name}.residual_dense"));
            }
            let number =
                inner.strip_prefix("main_branch.")?.strip_suffix(".convolution")?.parse::<usize>().ok()?;
            Some(format!("{name}.conv.{}", number.checked_sub(1)?))
        }
        "films" => match inner {
            "signal_conv.0" => Some(format!("film.{index}.input_conv")),
            "shift_conv" | "scale_conv" => Some(format!("film.{index}.{inner}")),
            _ => None,
        },
        _ => None,
    }
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

/// The network that the shapes of `weights`, under our names, tell, with factors and dilations of 1, but for those that lmnt's blocks always have.
fn config(place: &str, weights: &Weights, formulation: Formulation) -> Result<WaveGradConfig> {
    let outputs = |name: &str| dimension(place, weights, name, 0);
    let there = |name: String| weights.get(&name).is_some();
    let stages = (0..).take_while(|stage| there(format!("upsample.{stage}.block1.weight"))).count();
    let below = (1..).take_while(|stage| there(format!("downsample.{stage}.residual_dense.weight"))).count();
    let mut read = WaveGradConfig {
        n_mels: dimension(place, weights, "first_conv.weight", 1)?,
        factors: vec![1; stages],
        up_first: outputs("first_conv.weight")?,
        up_channels: Vec::new(),
        up_dilations: vec![[1; 4]; stages],
        down_first: outputs("downsample.0.weight")?,
        down_channels: Vec::new(),
        down_dilations: Vec::new(),
        formulation,
    };
    for stage in 0..stages {
        read.up_channels.push(outputs(&format!("upsample.{stage}.block1.weight"))?);
    }
    for stage in 1..=below {
        read.down_channels.push(outputs(&format!("downsample.{stage}.residual_dense.weight"))?);
        let convolutions = (0..).take_while(|index| there(format!("downsample.{stage}.conv.{index}.weight")));
        read.down_dilations.push(match (formulation, convolutions.count()) {
            (Formulation::Lmnt, 3) => vec![1, 2, 4],
            (_, count) => vec![1; count],
        });
    }
    read.validate(place)?;
    Ok(read)
}

fn dimension(place: &str, weights: &Weights, name: &str, axis: usize) -> Result<usize> {
    let shape = weights.get(name).map(|t| t.shape.clone());
    shape.as_ref().and_then(|shape| shape.get(axis).copied()).ok_or_else(|| {
        let found = shape.map_or("none".into(), |shape| format!("shape {shape:?}"));
        Error::invalid(place, format!("tensor {name}"), found, format!("more than {axis} axes"))
    })
}
