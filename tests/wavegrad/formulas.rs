//! WaveGrad's formulas (Chen et al. 2020, section 3) in `f64`, sample by sample, and weights for it.

use remel::mel::Mel;
use remel::network::wavegrad::{Formulation, encoding};
use remel::network::{Tensor, WaveGradConfig, Weights};

use super::random::numbers;

/// A small network of five samples a frame and more, all of whose sizes differ.
pub fn small(formulation: Formulation) -> WaveGradConfig {
    WaveGradConfig {
        formulation,
        n_mels: 5,
        factors: vec![5, 1, 2, 3],
        up_first: 9,
        up_channels: vec![18, 7, 16, 5],
        up_dilations: vec![[1, 2, 1, 2], [2, 1, 3, 1], [1, 2, 4, 8], [7, 1, 2, 3]],
        down_first: 6,
        down_channels: vec![4, 18, 8],
        down_dilations: vec![vec![1, 2, 4], vec![3], vec![2, 1]],
    }
}

/// A network's weights, as large as keeps its signals' size.
pub fn weights(config: &WaveGradConfig) -> Weights {
    let mut weights = Weights::default();
    for (seed, (name, shape)) in config.tensors().into_iter().enumerate() {
        let inputs = shape[1..].iter().product::<usize>() as f32;
        let scale = if shape.len() == 1 { 0.1 } else { (2.0 / inputs).sqrt() };
        let data = numbers(seed, shape.iter().product()).iter().map(|v| v * scale).collect();
        weights.insert(name, Tensor { shape, data });
    }
    weights
}

/// Rows by channel.
type Signal = Vec<Vec<f64>>;

struct Reference<'a> {
    config: &'a WaveGradConfig,
    weights: &'a Weights,
}

/// The noise that the network finds in `x` at `level`.
pub fn predict(config: &WaveGradConfig, weights: &Weights, x: &[f32], level: f32, mel: &Mel) -> Vec<f64> {
    let reference = Reference { config, weights };
    let rows = |values: &[f32]| values.iter().map(|value| f64::from(*value)).collect::<Vec<f64>>();
    let stages = config.stages();
    let mut down = reference.convolved("downsample.0", &vec![rows(x)], 1);
    let mut films = vec![reference.film(0, &down, level)];
    for stage in 0..stages - 1 {
        down = reference.down(stage, &down);
        films.push(reference.film(stage + 1, &down, level));
    }
    let bands =
        (0..config.n_mels).map(|band| (0..mel.frames()).map(|f| f64::from(mel.frame(f)[band])).collect());
    let mut up = reference.convolved("first_conv", &bands.collect(), 1);
    for stage in 0..stages {
        let (shift, scale) = &films[stages - 1 - stage];
        up = reference.up(stage, &up, shift, scale);
    }
    reference.convolved("last_conv", &up, 1).remove(0)
}

impl Reference<'_> {
    /// A convolution whose output is as long as its input.
    fn convolved(&self, name: &str, x: &Signal, dilation: usize) -> Signal {
        let weight = self.weights.get(&format!("{name}.weight")).expect("a weight");
        let (inputs, taps, length) = (weight.shape[1], weight.shape[2], x[0].len());
        let output = |(output, bias): (usize, &f32)| {
            let mut sums = vec![f64::from(*bias); length];
            for (input, x) in x.iter().enumerate() {
                for tap in 0..taps {
                    let factor = f64::from(weight.data[(output * inputs + input) * taps + tap]);
                    let shift = (tap as isize - (taps / 2) as isize) * dilation as isize;
                    for (row, sum) in sums.iter_mut().enumerate() {
                        let at = row as isize + shift;
                        if (0..length as isize).contains(&at) {
                            *sum += factor * x[at as usize];
                        }
                    }
                }
            }
            sums
        };
        self.weights.values(&format!("{name}.bias")).iter().enumerate().map(output).collect()
    }

    /// `x` at another length.
    fn resampled(&self, x: &Signal, length: usize) -> Signal {
        let from = x[0].len();
        let ratio = from as f64 / length as f64;
        let value = |channel: &Vec<f64>, row: usize| match self.config.formulation {
            Formulation::Lmnt => channel[row * from / length],
            Formulation::Ivanvovk => {
                let place = ((row as f64 + 0.5) * ratio - 0.5).max(0.0);
                let (before, share) = ((place + 1e-9).floor() as usize, place - (place + 1e-9).floor());
                let after = (before + 1).min(from - 1);
                channel[before] * (1.0 - share) + channel[after] * share
            }
        };
        x.iter().map(|channel| (0..length).map(|row| value(channel, row)).collect()).collect()
    }

    fn film(&self, index: usize, x: &Signal, level: f32) -> (Signal, Signal) {
        let name = format!("film.{index}");
        let mut hidden = activated(&self.convolved(&format!("{name}.input_conv"), x, 1));
        for (channel, shift) in hidden.iter_mut().zip(encoding(self.config.formulation, x.len(), level)) {
            channel.iter_mut().for_each(|value| *value += f64::from(shift));
        }
        let mut shifts = self.convolved(&format!("{name}.output_conv"), &hidden, 1);
        let scales = shifts.split_off(shifts.len() / 2);
        (shifts, scales)
    }

    fn down(&self, stage: usize, x: &Signal) -> Signal {
        let name = format!("downsample.{}", stage + 1);
        let length = x[0].len() / self.config.down_factor(stage);
        let mut main = self.resampled(x, length);
        for (index, dilation) in self.config.down_dilations[stage].iter().enumerate() {
            main = self.convolved(&format!("{name}.conv.{index}"), &activated(&main), *dilation);
        }
        added(&main, &self.resampled(&self.convolved(&format!("{name}.residual_dense"), x, 1), length))
    }

    fn up(&self, stage: usize, x: &Signal, shift: &Signal, scale: &Signal) -> Signal {
        let name = |part: &str| format!("upsample.{stage}.{part}");
        let dilations = self.config.up_dilations[stage];
        let length = x[0].len() * self.config.factors[stage];
        let modulated = |x: &Signal| {
            let channel = |((x, shift), scale): ((&Vec<f64>, &Vec<f64>), &Vec<f64>)| {
                x.iter()
                    .zip(shift)
                    .zip(scale)
                    .map(|((x, shift), scale)| x * scale + shift)
                    .collect::<Vec<f64>>()
            };
            activated(&x.iter().zip(shift).zip(scale).map(channel).collect())
        };
        let main = self.convolved(&name("block2.0"), &self.resampled(&activated(x), length), dilations[0]);
        let main = self.convolved(&name("block2.1"), &modulated(&main), dilations[1]);
        let x = added(&main, &self.convolved(&name("block1"), &self.resampled(x, length), 1));
        let main = self.convolved(&name("block3.0"), &modulated(&x), dilations[2]);
        added(&x, &self.convolved(&name("block3.1"), &modulated(&main), dilations[3]))
    }
}

fn activated(x: &Signal) -> Signal {
    x.iter().map(|channel| channel.iter().map(|x| x.max(0.2 * x)).collect()).collect()
}

fn added(x: &Signal, y: &Signal) -> Signal {
    x.iter().zip(y).map(|(x, y)| x.iter().zip(y).map(|(x, y)| x + y).collect()).collect()
}
