//! A network to count by: what a second network touches.
//!
//! One causal convolution over mel frames, the same for every sample of a hop, that finds as much noise in a frame as its
//! two taps say: ε[t] = a·x[t] + b·x[t − 1] + c·mean(mel[t]).

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::diffusion::{CausalDenoiser, Denoiser};
use crate::mel::Mel;
use crate::network::{Backend, Conditioner, Layout, NetworkConfig, Rows, Weights};
use crate::{Error, Result};

/// Configuration of the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToyConfig {
    /// Samples per mel frame.
    pub hop: usize,
    /// Bands of a mel frame.
    pub n_mels: usize,
}

impl NetworkConfig for ToyConfig {
    fn family(&self) -> &'static str {
        "Toy"
    }

    fn shape(&self) -> String {
        format!("one convolution over frames of {} samples", self.hop)
    }

    fn layout(&self) -> Layout {
        Layout {
            hop: self.hop,
            rows: Rows::Frames,
            channels: self.hop,
            reach: [1, 0],
            conditioner: Some(Conditioner { n_mels: self.n_mels, reach_frames: [0, 0] }),
            short_values: 0,
            causal: true,
        }
    }

    fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        vec![("taps".into(), vec![3])]
    }

    fn validate(&self, place: &str) -> Result<()> {
        match self.hop {
            0 => Err(Error::invalid(place, "hop", 0, "at least 1")),
            _ => Ok(()),
        }
    }

    fn levels(&self) -> RangeInclusive<f32> {
        0.0..=f32::MAX
    }

    fn denoiser(&self, weights: &Weights, _: &Backend, _: usize) -> Result<Box<dyn Denoiser>> {
        let taps = weights.values("taps");
        Ok(Box::new(Toy { hop: self.hop, taps: [taps[0], taps[1], taps[2]], ..Toy::default() }))
    }
}

/// The network at rest.
#[derive(Default)]
struct Toy {
    hop: usize,
    taps: [f32; 3],
    /// The mean of every frame, window after window.
    means: Vec<f32>,
    values: usize,
}

impl Denoiser for Toy {
    fn condition(&mut self, mels: &[&Mel], values: usize) -> Result<()> {
        self.condition_after(mels, 0, values)
    }

    fn predict(&mut self, x: &[f32], level: f32, eps: &mut [f32]) -> Result<()> {
        let mut nothing = vec![vec![0.0; self.hop]; x.len() / self.values];
        let mut histories: Vec<&mut [f32]> = nothing.iter_mut().map(|history| &mut history[..]).collect();
        self.predict_after(x, level, eps, &mut histories)
    }

    fn causal(&mut self) -> Option<&mut dyn CausalDenoiser> {
        Some(self)
    }
}

impl CausalDenoiser for Toy {
    fn history_values(&self) -> usize {
        self.hop
    }

    fn condition_after(&mut self, mels: &[&Mel], skip: usize, values: usize) -> Result<()> {
        let frames = skip / self.hop..(skip + values) / self.hop;
        let mean = |frame: &[f32]| frame.iter().sum::<f32>() / frame.len() as f32;
        self.values = values;
        self.means = mels.iter().flat_map(|mel| frames.clone().map(|f| mean(mel.frame(f)))).collect();
        Ok(())
    }

    fn predict_after(
        &mut self,
        x: &[f32],
        _: f32,
        eps: &mut [f32],
        histories: &mut [&mut [f32]],
    ) -> Result<()> {
        let [own, before, mel] = self.taps;
        let windows = x.chunks_exact(self.values).zip(eps.chunks_exact_mut(self.values));
        let means = self.means.chunks_exact(self.values / self.hop);
        for (((x, eps), means), history) in windows.zip(means).zip(histories) {
            for (t, mean) in means.iter().enumerate() {
                for i in 0..self.hop {
                    let now = x[t * self.hop + i];
                    eps[t * self.hop + i] = own * now + before * history[i] + mel * mean;
                    history[i] = now;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::checkpoint;
    use crate::diffusion::Clamp;
    use crate::mel::{Dialect, MelStream};
    use crate::model::{Card, Model, ModelHeader};
    use crate::network::{Network, Tensor};
    use crate::render::{Render, Request};
    use crate::stream::{Controls, Engine, LatencyMode, Stream, StreamConfig};
    use crate::vocoder::Vocoder;

    fn model() -> Model {
        let dialect = Dialect::named("lmnt-diffwave").unwrap();
        let header = ModelHeader {
            network: Network::Toy(ToyConfig { hop: dialect.hop, n_mels: dialect.n_mels }),
            rate_hz: dialect.rate_hz,
            dialect: Some(dialect),
            classes: Vec::new(),
            null_label: false,
            training_betas: vec![0.01, 0.1, 0.3],
            inference_betas: vec![0.1, 0.3],
            sampler: Default::default(),
            clamp: Clamp::Last,
            prior: None,
            phase: None,
            temperature: 1.0,
            card: Card { name: "toy".into(), ..Card::default() },
        };
        let mut weights = Weights::default();
        weights.insert("taps", Tensor { shape: vec![3], data: vec![0.6, 0.3, -0.1] });
        Model::new("toy", header, weights).unwrap()
    }

    #[test]
    fn it_renders_in_file_and_stream_and_lies_in_a_model_file() {
        let path = std::env::temp_dir().join("remel-toy.safetensors");
        checkpoint::save(&model(), &path).unwrap();
        let model = Arc::new(checkpoint::load(&path, None).unwrap());
        assert_eq!(model.header().network.family(), "Toy");
        let vocoder = || Vocoder::new(Arc::clone(&model), &Backend::Cpu).unwrap();
        let dialect = model.dialect().unwrap().clone();
        let input: Vec<f32> = (0..30_000).map(|n| (n as f32 * 0.07).sin() * 0.4).collect();
        let mut mel = Mel::new(dialect.n_mels);
        MelStream::new(&dialect).unwrap().push(&input, |frame| mel.push(frame));
        let whole = vocoder().synthesize(&mel, &[], &Request::default(), &mut |_, _| ()).unwrap();
        let engine = Engine::start(|| ()).unwrap();
        let renderer = vocoder();
        let plan = LatencyMode::Live.plan(&renderer.format());
        let key = "toy".into();
        engine.register("toy".into(), Box::new(renderer), None).unwrap();
        let config = StreamConfig {
            host_rate_hz: dialect.rate_hz,
            channels: 1,
            max_block_frames: 512,
            dialect,
            plan,
            budget_ms: 20.0,
            offline: true,
        };
        let (mut stream, _) = Stream::open(&config, &engine, &key).unwrap();
        let (mut heard, latency) = (input.clone(), stream.latency().total_host_samples);
        heard.chunks_mut(333).for_each(|block| stream.process(&mut [block], None, &Controls::default()));
        assert!(heard[latency..] == whole[..30_000 - latency] && heard[latency..].iter().any(|x| *x != 0.0));
    }
}
