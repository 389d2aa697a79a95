//! From what the network is told once to the vector that every residual block is scaled and shifted by.

use super::activation::gelu;
use crate::kernel::Linear;
use crate::network::Weights;
use crate::network::unet1d::config::UNet1dConfig;
use crate::network::unet1d::embedding::level_features;

pub(super) struct Mapping {
    /// Frequencies of the level's waves, and the map of those.
    time: Option<(Vec<f32>, Linear)>,
    features: Option<Linear>,
    shared: [Linear; 2],
}

impl Mapping {
    /// That of a network that is told anything.
    pub(super) fn new(config: &UNet1dConfig, weights: &Weights) -> Option<Self> {
        config.mapping_features()?;
        let linear = |name: &str| {
            let bias = weights.values(&format!("{name}.bias")).to_vec();
            Linear::new(weights.values(&format!("{name}.weight")), bias)
        };
        Some(Self {
            time: config
                .use_context_time
                .then(|| (weights.values("to_time.0.0.weights").to_vec(), linear("to_time.0.1"))),
            features: config.context_features.map(|_| linear("to_features.0")),
            shared: ["to_mapping.0", "to_mapping.2"].map(linear),
        })
    }

    /// The vector at level `t`.
    pub(super) fn run(&self, t: f32, features: &[f32]) -> Vec<f32> {
        let mut sum = vec![0.0; self.shared[0].outputs()];
        let told = [
            self.time.as_ref().map(|(frequencies, linear)| mapped(linear, &level_features(t, frequencies))),
            self.features.as_ref().map(|linear| mapped(linear, features)),
        ];
        for item in told.iter().flatten() {
            sum.iter_mut().zip(item).for_each(|(sum, value)| *sum += value);
        }
        self.shared.iter().fold(sum, |vector, linear| mapped(linear, &vector))
    }
}

/// GELU of the linear map of `input`.
fn mapped(linear: &Linear, input: &[f32]) -> Vec<f32> {
    let mut output = vec![0.0; linear.outputs()];
    linear.apply(input, &mut output);
    output.iter_mut().for_each(|value| *value = gelu(*value));
    output
}
