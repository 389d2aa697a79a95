//! A network's weights packed for products.

use super::convolution::{Convolution, Source};
use crate::network::Weights;
use crate::network::wavegrad::config::{FIRST_TAPS, Formulation, WaveGradConfig};

/// A network's packed weights.
pub(super) struct Packed {
    /// From the values around a sample.
    pub(super) down_first: Convolution,
    /// The way down.
    pub(super) down: Vec<Down>,
    /// Of every stage of the way up.
    pub(super) films: Vec<Film>,
    pub(super) up_first: Convolution,
    /// The way up.
    pub(super) up: Vec<Up>,
    pub(super) last: Convolution,
}

/// A stage of the way down.
pub(super) struct Down {
    pub(super) residual: Convolution,
    pub(super) convolutions: Vec<Convolution>,
}

/// What makes shifts and scales.
pub(super) struct Film {
    pub(super) input: Convolution,
    /// Shifts, then scales.
    pub(super) output: Convolution,
}

/// A stage of the way up.
pub(super) struct Up {
    /// Of rows at the rate before: every row of a group has the same, or lies between two of them.
    pub(super) residual: Convolution,
    /// Its taps see upsampled rows, or the rows before where those are the nearest.
    pub(super) first: Convolution,
    pub(super) others: [Convolution; 3],
}

impl Packed {
    /// Packs (validated) weights into panels of `panel_columns`.
    pub(super) fn new(config: &WaveGradConfig, weights: &Weights, panel_columns: usize) -> Self {
        let packer = Packer { weights, panel_columns };
        let stages = config.stages();
        let down = |stage: usize| {
            let (name, outputs) = (format!("downsample.{}", stage + 1), config.down_channels[stage]);
            let convolution = |(index, dilation): (usize, &usize)| {
                let inputs = if index == 0 { config.down_inputs(stage) } else { outputs };
                packer.dilated(&format!("{name}.conv.{index}"), inputs, *dilation)
            };
            Down {
                residual: packer.pointwise(&format!("{name}.residual_dense"), config.down_inputs(stage)),
                convolutions: config.down_dilations[stage].iter().enumerate().map(convolution).collect(),
            }
        };
        let film = |stage: usize| {
            let (name, inputs) = (format!("film.{}", stages - 1 - stage), config.film_inputs(stage));
            Film {
                input: packer.dilated(&format!("{name}.input_conv"), inputs, 1),
                output: packer
                    .pack(&format!("{name}.output_conv"), inputs, 3, |source| Source { parts: 2, ..source }),
            }
        };
        let up = |stage: usize| {
            let name = |part: &str| format!("upsample.{stage}.{part}");
            let (inputs, channels) = (config.up_inputs(stage), config.up_channels[stage]);
            let [dilation, others @ ..] = config.up_dilations[stage];
            let factor = match config.formulation {
                Formulation::Lmnt => config.factors[stage],
                Formulation::Ivanvovk => 1,
            };
            let parts = ["block2.1", "block3.0", "block3.1"];
            Up {
                residual: packer.pointwise(&name("block1"), inputs),
                first: packer.pack(&name("block2.0"), inputs, 3, |source| Source {
                    dilation,
                    factor,
                    ..source
                }),
                others: std::array::from_fn(|index| {
                    packer.dilated(&name(parts[index]), channels, others[index])
                }),
            }
        };
        Self {
            down_first: packer.pointwise("downsample.0", FIRST_TAPS),
            down: (0..stages - 1).map(down).collect(),
            films: (0..stages).map(film).collect(),
            up_first: packer.dilated("first_conv", config.n_mels, 1),
            up: (0..stages).map(up).collect(),
            last: packer.dilated("last_conv", config.up_channels[stages - 1], 1),
        }
    }
}

/// Packs convolutions by name.
struct Packer<'a> {
    weights: &'a Weights,
    panel_columns: usize,
}

impl Packer<'_> {
    fn pack<'a>(
        &'a self,
        name: &str,
        inputs: usize,
        taps: usize,
        change: impl FnOnce(Source<'a>) -> Source<'a>,
    ) -> Convolution {
        let weight = self.weights.values(&format!("{name}.weight"));
        let bias = self.weights.values(&format!("{name}.bias"));
        let source = Source { weight, bias, inputs, taps, dilation: 1, factor: 1, parts: 1 };
        change(source).pack(self.panel_columns)
    }

    /// One of three taps.
    fn dilated(&self, name: &str, inputs: usize, dilation: usize) -> Convolution {
        self.pack(name, inputs, 3, |source| Source { dilation, ..source })
    }

    fn pointwise(&self, name: &str, inputs: usize) -> Convolution {
        self.pack(name, inputs, 1, |source| source)
    }
}
