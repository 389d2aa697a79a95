//! The network's weights on a device, and the kernels of a prediction, stage by stage as in the paper's figure 1.

use std::sync::Arc;

use crate::network::Weights;
use crate::network::gpu::{
    Access, Arena, Convolution, ConvolutionBuffers, ConvolutionShape, Device, Kernel, Rate, Recording, Side,
    Storage,
};
use crate::network::wavegrad::config::{FIRST_TAPS, Formulation, SLOPE, WaveGradConfig};

/// A WaveGrad network on a device.
pub(super) struct Network {
    pub(super) config: WaveGradConfig,
    down_first: Convolution,
    down: Vec<Down>,
    /// Counted from x on: what goes in, and what makes shifts and scales.
    films: Vec<[Convolution; 2]>,
    up_first: Convolution,
    up: Vec<Up>,
    last: Convolution,
    weights: Storage,
    firsts: Arc<Kernel>,
}

/// A stage of the way down.
struct Down {
    residual: Convolution,
    convolutions: Vec<Convolution>,
}

/// A stage of the way up.
struct Up {
    residual: Convolution,
    convolutions: [Convolution; 4],
}

/// What a prediction is recorded in.
pub(super) struct Run<'a> {
    pub recording: &'a mut Recording,
    pub arena: &'a mut Arena,
    pub windows: usize,
    pub frames: usize,
}

impl Network {
    /// Places a network with these (validated) weights.
    pub(super) fn new(device: &Device, config: &WaveGradConfig, weights: &Weights) -> Self {
        let mut packed = Vec::new();
        let mut convolution = |name: &str, [inputs, outputs, taps]: [usize; 3], parts: usize| {
            let [weight, bias] = ["weight", "bias"].map(|part| weights.values(&format!("{name}.{part}")));
            let value =
                |output: usize, input: usize, tap: usize| weight[(output * inputs + input) * taps + tap];
            Convolution::new(device, [inputs, outputs, taps], parts, &value, bias, &mut packed)
        };
        let stages = config.stages();
        let down_first = convolution("downsample.0", [1, config.down_first, FIRST_TAPS], 1);
        let down = (0..stages - 1).map(|stage| {
            let (name, inputs) = (format!("downsample.{}", stage + 1), config.down_inputs(stage));
            let outputs = config.down_channels[stage];
            let taken = |index: usize| [if index == 0 { inputs } else { outputs }, outputs, 3];
            let indices = 0..config.down_dilations[stage].len();
            let part = |index: usize| (format!("{name}.conv.{index}"), taken(index));
            Down {
                residual: convolution(&format!("{name}.residual_dense"), [inputs, outputs, 1], 1),
                convolutions: indices.map(part).map(|(name, shape)| convolution(&name, shape, 1)).collect(),
            }
        });
        let down = down.collect();
        let films = (0..stages).map(|index| {
            let (stage, name) = (stages - 1 - index, format!("film.{index}"));
            let inputs = config.film_inputs(stage);
            let outputs = 2 * config.up_channels[stage];
            [
                convolution(&format!("{name}.input_conv"), [inputs, inputs, 3], 1),
                convolution(&format!("{name}.output_conv"), [inputs, outputs, 3], 2),
            ]
        });
        let films = films.collect();
        let up_first = convolution("first_conv", [config.n_mels, config.up_first, 3], 1);
        let up = (0..stages).map(|stage| {
            let (name, inputs) = (format!("upsample.{stage}"), config.up_inputs(stage));
            let outputs = config.up_channels[stage];
            let mut part = |part: &str, inputs: usize, taps: usize| {
                convolution(&format!("{name}.{part}"), [inputs, outputs, taps], 1)
            };
            Up {
                residual: part("block1", inputs, 1),
                convolutions: [
                    part("block2.0", inputs, 3),
                    part("block2.1", outputs, 3),
                    part("block3.0", outputs, 3),
                    part("block3.1", outputs, 3),
                ],
            }
        });
        let up = up.collect();
        let last = convolution("last_conv", [config.up_channels[stages - 1], 1, 3], 1);
        let accesses = [Access::Read, Access::Write];
        Self {
            down_first,
            down,
            films,
            up_first,
            up,
            last,
            weights: device.storage_of(&packed),
            firsts: device.kernel("first values", include_str!("firsts.wgsl"), &[], &accesses),
            config: config.clone(),
        }
    }

    /// Channels of the input of every modulation, counted from x on.
    pub(super) fn film_inputs(&self) -> impl Iterator<Item = usize> {
        let stages = self.config.stages();
        (0..stages).map(move |index| self.config.film_inputs(stages - 1 - index))
    }

    /// Records a prediction from `x`, `[windows, frames · hop]`, and the `mel`, `[windows, frames, padded bands]`; `levels` are
    /// the encodings that modulations are made with. `[windows, frames · hop]`
    pub(super) fn record(&self, run: &mut Run, x: &Storage, mel: &Storage, levels: &[Storage]) -> Storage {
        let config = &self.config;
        let stages = config.stages();
        let values = ConvolutionShape { rate: Rate::Values, ..ConvolutionShape::default() };
        let mut down = self.convolved(run, &self.down_first, config.rate(stages - 1), values, x, [None; 3]);
        let mut films = vec![self.film(run, 0, &down, levels)];
        for (stage, block) in self.down.iter().enumerate() {
            let rate = config.rate(stages - 2 - stage);
            let factor = config.down_factor(stage);
            let taken = Rate::Taken(factor, config.formulation.taken(factor));
            let shape = ConvolutionShape { rate: taken, ..ConvolutionShape::default() };
            let residual = self.convolved(run, &block.residual, rate, shape, &down, [None; 3]);
            let dilations = &config.down_dilations[stage];
            for (index, (convolution, dilation)) in block.convolutions.iter().zip(dilations).enumerate() {
                let shape = ConvolutionShape {
                    dilation: *dilation,
                    rate: if index == 0 { taken } else { Rate::Same },
                    before: Side::Rectified(SLOPE),
                    ..ConvolutionShape::default()
                };
                let around = (index + 1 == dilations.len()).then_some(&residual);
                down = self.convolved(run, convolution, rate, shape, &down, [None, None, around]);
            }
            films.push(self.film(run, stage + 1, &down, levels));
        }
        let mut up = self.convolved(run, &self.up_first, 1, ConvolutionShape::default(), mel, [None; 3]);
        for (stage, film) in films.iter().rev().enumerate() {
            up = self.raised(run, stage, &up, film);
        }
        let rate = config.rate(stages - 1);
        let last = self.convolved(run, &self.last, rate, ConvolutionShape::default(), &up, [None; 3]);
        let rows = run.windows * run.frames * rate;
        let predicted = run.arena.take(run.recording.device(), rows);
        let words = [rows as u32, self.last.width() as u32];
        run.recording.dispatch_items(&self.firsts, &[&last, &predicted], &words, rows);
        predicted
    }

    /// A stage of the way up.
    fn raised(&self, run: &mut Run, stage: usize, x: &Storage, film: &Storage) -> Storage {
        let (config, block) = (&self.config, &self.up[stage]);
        let (factor, rate, dilations) = (config.factors[stage], config.rate(stage), config.up_dilations[stage]);
        let raised = match config.formulation {
            Formulation::Lmnt => Rate::Nearest(factor),
            Formulation::Ivanvovk => Rate::Interpolated(factor),
        };
        let shape = |index: usize, rate: Rate, before: Side| ConvolutionShape {
            dilation: dilations[index],
            rate,
            before,
            ..ConvolutionShape::default()
        };
        let [first, second, third, fourth] = &block.convolutions;
        let modulated = |index: usize| shape(index, Rate::Same, Side::Modulated(SLOPE));
        let around = ConvolutionShape { rate: raised, ..ConvolutionShape::default() };
        let residual = self.convolved(run, &block.residual, rate, around, x, [None; 3]);
        let main = self.convolved(run, first, rate, shape(0, raised, Side::Rectified(SLOPE)), x, [None; 3]);
        let x = self.convolved(run, second, rate, modulated(1), &main, [Some(film), None, Some(&residual)]);
        let main = self.convolved(run, third, rate, modulated(2), &x, [Some(film), None, None]);
        self.convolved(run, fourth, rate, modulated(3), &main, [Some(film), None, Some(&x)])
    }

    /// Shifts and scales by `x`, the way down's stage `index`.
    fn film(&self, run: &mut Run, index: usize, x: &Storage, levels: &[Storage]) -> Storage {
        let [input, output] = &self.films[index];
        let rate = self.config.rate(self.config.stages() - 1 - index);
        let shape = ConvolutionShape { after: Side::Rectified(SLOPE), ..ConvolutionShape::default() };
        let hidden = self.convolved(run, input, rate, shape, x, [None, Some(&levels[index]), None]);
        self.convolved(run, output, rate, ConvolutionShape::default(), &hidden, [None; 3])
    }

    /// One convolution to `rate` rows per frame, with what modulates its input, and a level and a residual that are added.
    fn convolved(
        &self,
        run: &mut Run,
        convolution: &Convolution,
        rate: usize,
        shape: ConvolutionShape,
        input: &Storage,
        [modulation, level, residual]: [Option<&Storage>; 3],
    ) -> Storage {
        let rows = run.frames * rate;
        let output = run.arena.take(run.recording.device(), run.windows * rows * convolution.width());
        let weights = &self.weights;
        let buffers = ConvolutionBuffers { input, modulation, weights, level, residual, output: &output };
        convolution.record(run.recording, [run.windows, rows], shape, &buffers);
        output
    }
}
