//! What a UNet1d network is built of: the one description that its table of tensors and its forms follow.

use super::config::UNet1dConfig;

/// Groups of a transformer's normalization.
pub(super) const TRANSFORMER_GROUPS: usize = 32;

/// A residual block: two convolutions of three taps, each after a group normalization and SiLU.
#[derive(Clone, Debug)]
pub(super) struct Resnet {
    pub(super) name: String,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) groups: usize,
    /// Features of the vector that scales and shifts between both.
    pub(super) mapping: Option<usize>,
}

/// Residual blocks that join neighbouring samples, or part them again.
#[derive(Clone, Debug)]
pub(super) struct Patches {
    pub(super) factor: usize,
    pub(super) resnets: Vec<Resnet>,
}

/// A transformer over time.
#[derive(Clone, Debug)]
pub(super) struct Transformer {
    pub(super) name: String,
    pub(super) channels: usize,
    pub(super) groups: usize,
    pub(super) blocks: usize,
    pub(super) heads: usize,
    pub(super) head_features: usize,
    pub(super) hidden: usize,
    /// Features of the tokens that it attends to beside the signal.
    pub(super) tokens: Option<usize>,
}

/// A layer on the way down: a convolution with a stride, residual blocks, a transformer.
#[derive(Clone, Debug)]
pub(super) struct Down {
    pub(super) name: String,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) factor: usize,
    /// Taps of the convolution on either side of the middle one.
    pub(super) padding: usize,
    pub(super) resnets: Vec<Resnet>,
    pub(super) transformer: Option<Transformer>,
}

/// A layer on the way up: residual blocks with skip connections, a transformer, upsampling.
#[derive(Clone, Debug)]
pub(super) struct Up {
    pub(super) name: String,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) factor: usize,
    pub(super) upsampling: Upsampling,
    pub(super) resnets: Vec<Resnet>,
    pub(super) transformer: Option<Transformer>,
    /// What leaves the layer for others beside its output.
    pub(super) extracted: Option<Resnet>,
}

/// How a layer makes its signal longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Upsampling {
    /// Not at all: a convolution of three taps.
    None,
    /// By repetition, then a convolution of three taps.
    Nearest,
    /// By a transposed convolution of 2·factor taps.
    Transposed,
}

/// The innermost layer.
#[derive(Clone, Debug)]
pub(super) struct Bottleneck {
    pub(super) resnets: [Resnet; 2],
    pub(super) transformer: Option<Transformer>,
}

/// A whole network.
#[derive(Clone, Debug)]
pub(super) struct Structure {
    pub(super) patch: Patches,
    pub(super) downs: Vec<Down>,
    pub(super) bottleneck: Bottleneck,
    /// From the innermost out.
    pub(super) ups: Vec<Up>,
    pub(super) unpatch: Patches,
}

impl Resnet {
    pub(super) fn new(
        name: String,
        inputs: usize,
        outputs: usize,
        groups: usize,
        mapping: Option<usize>,
    ) -> Self {
        Self { name, inputs, outputs, groups, mapping }
    }
}

impl Patches {
    /// Blocks that join `factor` samples each: `inputs` channels become `outputs`.
    pub(super) fn joining(
        name: &str,
        [inputs, outputs]: [usize; 2],
        [blocks, factor]: [usize; 2],
        mapping: Option<usize>,
    ) -> Self {
        let resnets = (0..blocks).map(|index| {
            let before = inputs * factor.pow(index as u32);
            let after = if index + 1 == blocks { outputs } else { before * factor };
            let name = format!("{name}.module_list.{index}.block");
            Resnet::new(name, before, after / factor, factor.min(before), mapping)
        });
        Self { factor, resnets: resnets.collect() }
    }

    /// Blocks that part them: the other way round.
    pub(super) fn parting(
        name: &str,
        [inputs, outputs]: [usize; 2],
        [blocks, factor]: [usize; 2],
        mapping: Option<usize>,
    ) -> Self {
        let resnets = (0..blocks).map(|index| {
            let after = outputs * factor.pow((blocks - 1 - index) as u32);
            let before = if index == 0 { inputs } else { after * factor };
            let name = format!("{name}.module_list.{index}.block");
            Resnet::new(name, before / factor, after, factor.min(after), mapping)
        });
        Self { factor, resnets: resnets.collect() }
    }
}

impl Upsampling {
    pub(super) fn of(factor: usize, nearest: bool) -> Self {
        match (factor, nearest) {
            (1, _) => Self::None,
            (_, true) => Self::Nearest,
            (_, false) => Self::Transposed,
        }
    }
}

impl Structure {
    /// That of a network whose lists have the lengths that they need.
    pub(super) fn of(config: &UNet1dConfig) -> Self {
        let layers = config.factors.len();
        let patches = [config.patch_blocks, config.patch_factor];
        let mapping = config.mapping_features();
        let inputs = config.in_channels + config.context_channels(0);
        let outputs = config.outputs() * if config.use_magnitude_channels { 2 } else { 1 };
        let innermost = config.channels * config.multipliers[layers];
        let resnet = |name: &str| {
            Resnet::new(format!("bottleneck.{name}"), innermost, innermost, config.resnet_groups, mapping)
        };
        let attentions = config.attentions.last().copied().unwrap_or(0);
        Self {
            patch: Patches::joining("to_in", [inputs, config.channels], patches, mapping),
            downs: (0..layers).map(|layer| down(config, layer)).collect(),
            bottleneck: Bottleneck {
                resnets: ["pre_block", "post_block"].map(resnet),
                transformer: transformer(config, "bottleneck", innermost, attentions),
            },
            ups: (0..layers).rev().enumerate().map(|(index, layer)| up(config, index, layer)).collect(),
            unpatch: Patches::parting("to_out", [config.channels, outputs], patches, mapping),
        }
    }
}

fn down(config: &UNet1dConfig, layer: usize) -> Down {
    let name = format!("downsamples.{layer}");
    let [inputs, outputs] = [layer, layer + 1].map(|depth| config.channels * config.multipliers[depth]);
    let (factor, context) = (config.factors[layer], config.context_channels(layer + 1));
    let resnets = (0..config.num_blocks[layer]).map(|index| {
        let joined = if index == 0 { context } else { 0 };
        let name = format!("{name}.blocks.{index}");
        Resnet::new(name, outputs + joined, outputs, config.resnet_groups, config.mapping_features())
    });
    Down {
        resnets: resnets.collect(),
        transformer: transformer(config, &name, outputs, config.attentions[layer]),
        padding: factor * (config.kernel_multiplier_downsample / 2),
        name,
        inputs,
        outputs,
        factor,
    }
}

fn up(config: &UNet1dConfig, index: usize, layer: usize) -> Up {
    let name = format!("upsamples.{index}");
    let [outputs, inputs] = [layer, layer + 1].map(|depth| config.channels * config.multipliers[depth]);
    let attentions = config.attentions[layer];
    // A transformer on the way down leaves a skip connection too.
    let resnets = (0..config.num_blocks[layer] + usize::from(attentions > 0)).map(|index| {
        let name = format!("{name}.blocks.{index}");
        Resnet::new(name, 2 * inputs, inputs, config.resnet_groups, config.mapping_features())
    });
    Up {
        resnets: resnets.collect(),
        transformer: transformer(config, &name, inputs, attentions),
        factor: config.factors[layer],
        upsampling: Upsampling::of(config.factors[layer], config.use_nearest_upsample),
        extracted: None,
        name,
        inputs,
        outputs,
    }
}

fn transformer(config: &UNet1dConfig, layer: &str, channels: usize, blocks: usize) -> Option<Transformer> {
    (blocks > 0).then(|| Transformer {
        name: format!("{layer}.transformer"),
        channels,
        groups: TRANSFORMER_GROUPS,
        blocks,
        heads: config.attention_heads,
        head_features: config.attention_features,
        hidden: channels * config.attention_multiplier,
        tokens: config.context_embedding_features.filter(|_| config.cross_attention),
    })
}
