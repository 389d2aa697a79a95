//! The forward pass of WaveGrad in burn, stage by stage as in the paper's figure 1.

use burn::tensor::activation::leaky_relu;
use burn::tensor::{Device, FloatDType, Tensor, TensorData};

use super::convolution::Convolution;
use crate::network::Weights;
use crate::network::burn::Parameters;
use crate::network::wavegrad::config::{SLOPE, WaveGradConfig};
use crate::network::wavegrad::encoding::encoding;

/// A WaveGrad network on a device.
#[derive(Debug)]
pub struct WaveGrad {
    down_first: Convolution,
    down: Vec<Down>,
    /// Counted from x on.
    films: Vec<Film>,
    up_first: Convolution,
    up: Vec<Up>,
    last: Convolution,
    config: WaveGradConfig,
}

/// A stage of the way down.
#[derive(Debug)]
struct Down {
    residual: Convolution,
    convolutions: Vec<Convolution>,
}

/// What makes shifts and scales.
#[derive(Debug)]
struct Film {
    input: Convolution,
    output: Convolution,
}

/// A stage of the way up.
#[derive(Debug)]
struct Up {
    residual: Convolution,
    convolutions: [Convolution; 4],
}

impl Parameters<'_> {
    fn convolution(&mut self) -> Convolution {
        Convolution { weight: self.tensor(), bias: self.tensor() }
    }
}

impl WaveGradConfig {
    /// Places a network with these (validated) weights on `device`.
    pub fn init(&self, weights: &Weights, device: &Device) -> WaveGrad {
        self.assemble(&mut |name| Tensor::from_data(weights.values(name), device))
    }

    /// Builds a network of parameters, asked for by name in the order of [`WaveGradConfig::tensors`] and given flat.
    pub fn assemble(&self, parameter: &mut dyn FnMut(&str) -> Tensor<1>) -> WaveGrad {
        let mut from = Parameters::new(self.tensors(), parameter);
        WaveGrad {
            down_first: from.convolution(),
            down: (self.down_dilations.iter())
                .map(|dilations| Down {
                    residual: from.convolution(),
                    convolutions: dilations.iter().map(|_| from.convolution()).collect(),
                })
                .collect(),
            films: (0..self.stages())
                .map(|_| Film { input: from.convolution(), output: from.convolution() })
                .collect(),
            up_first: from.convolution(),
            up: (0..self.stages())
                .map(|_| Up {
                    residual: from.convolution(),
                    convolutions: std::array::from_fn(|_| from.convolution()),
                })
                .collect(),
            last: from.convolution(),
            config: self.clone(),
        }
    }
}

impl WaveGrad {
    /// Predicts the noise in `x` at `levels`, √ᾱ. What goes in and comes out is `f32`; the network computes in the type of
    /// its weights.
    ///
    /// # Shapes
    /// - x: `[batch, frames · hop]`
    /// - levels: `[batch]`, or `[1]` for all
    /// - mel: `[batch, n_mels, frames]`
    /// - output: `[batch, frames · hop]`
    pub fn forward(&self, x: Tensor<2>, levels: &[f32], mel: Tensor<3>) -> Tensor<2> {
        let dtype: FloatDType = self.up_first.bias.dtype().into();
        let (formulation, config) = (self.config.formulation, &self.config);
        let mut down = self.down_first.forward(x.unsqueeze_dim(1).cast(dtype), 1);
        let mut films = vec![self.film(0, down.clone(), levels)];
        for (stage, block) in self.down.iter().enumerate() {
            let taken = formulation.downsample(down, config.down_factor(stage));
            let mut main = taken.clone();
            for (convolution, dilation) in block.convolutions.iter().zip(&config.down_dilations[stage]) {
                main = convolution.forward(rectified(main), *dilation);
            }
            down = main + block.residual.forward(taken, 1);
            films.push(self.film(stage + 1, down.clone(), levels));
        }
        let mut up = self.up_first.forward(mel.cast(dtype), 1);
        for ((stage, block), film) in self.up.iter().enumerate().zip(films.into_iter().rev()) {
            up = self.raised(stage, block, up, &film);
        }
        self.last.forward(up, 1).cast(FloatDType::F32).squeeze_dim(1)
    }

    /// A stage of the way up. `[batch, channels, rows] → [batch, channels', factor · rows]`
    fn raised(&self, stage: usize, block: &Up, x: Tensor<3>, film: &[Tensor<3>; 2]) -> Tensor<3> {
        let (formulation, factor) = (self.config.formulation, self.config.factors[stage]);
        let dilations = self.config.up_dilations[stage];
        let convolved = |index: usize, x: Tensor<3>| block.convolutions[index].forward(x, dilations[index]);
        let modulated = |x: Tensor<3>| {
            let [shift, scale] = film;
            rectified(x * scale.clone() + shift.clone())
        };
        let main = convolved(0, formulation.upsample(rectified(x.clone()), factor));
        let residual = formulation.upsample(block.residual.forward(x, 1), factor);
        let x = convolved(1, modulated(main)) + residual;
        let main = convolved(2, modulated(x.clone()));
        convolved(3, modulated(main)) + x
    }

    /// Shift and scale by `x`, the way down's stage `index`, at `levels`. `[batch, channels, rows]` each
    fn film(&self, index: usize, x: Tensor<3>, levels: &[f32]) -> [Tensor<3>; 2] {
        let film = &self.films[index];
        let channels = x.dims()[1];
        let rows = levels.iter().flat_map(|level| encoding(self.config.formulation, channels, *level));
        let rows = TensorData::new(rows.collect::<Vec<f32>>(), [levels.len(), channels, 1]);
        let encoded = Tensor::<3>::from_data(rows, &x.device()).cast(film.input.bias.dtype());
        let hidden = rectified(film.input.forward(x, 1)) + encoded;
        let both = film.output.forward(hidden, 1);
        let half = both.dims()[1] / 2;
        [0, half].map(|first| both.clone().narrow(1, first, half))
    }

    /// The network's configuration.
    pub fn config(&self) -> &WaveGradConfig {
        &self.config
    }
}

fn rectified(x: Tensor<3>) -> Tensor<3> {
    leaky_relu(x, f64::from(SLOPE))
}
