//! The shape of a DiffWave network: everything but its weights.

use serde::{Deserialize, Serialize};

use crate::network::{Conditioner, Layout, Rows};
use crate::{Error, Result};

/// Width of the sinusoidal step embedding.
pub const EMBEDDING: usize = 128;
/// Width of the label embedding (DiffWave, section 5.3).
pub const LABEL_EMBEDDING: usize = 128;
/// Width of the step embedding's two shared layers.
pub const EMBEDDING_HIDDEN: usize = 512;
/// Stride of either of the upsampler's transposed convolutions.
pub const UPSAMPLER_STRIDE: usize = 16;
/// Mel frames before and after a sample's own that both transposed convolutions together reach.
const UPSAMPLER_FRAMES: [usize; 2] = [2, 1];
/// Kernel of either of the upsampler's transposed convolutions: mel bands × frames.
pub const UPSAMPLER_KERNEL: [usize; 2] = [3, 32];

/// Slope of the upsampler's leaky relu below zero.
pub const UPSAMPLER_SLOPE: f32 = 0.4;

/// Most classes of a network.
pub const MOST_CLASSES: usize = 10_000;
/// Most steps of a training schedule.
pub const MOST_TRAINING_STEPS: usize = 100_000;

/// Which of two published formulations a network was trained in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// lmnt-com/diffwave: residuals scaled by √½, the skip sum by 1/√layers; `256·frames` samples; step table
    /// from 0.
    Lmnt,
    /// No scaling; the upsampler gives `256·frames − 128` samples; step table from 1.
    Unscaled,
}

/// Configuration of a DiffWave network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiffWaveConfig {
    /// Residual channels (base: 64, large: 128).
    pub channels: usize,
    /// Residual layers (30).
    pub layers: usize,
    /// Layers until the dilation, doubling, starts again from 1 (10).
    pub dilation_cycle: usize,
    /// Mel bands of the conditioner, or none for an unconditional network.
    pub n_mels: Option<usize>,
    /// Classes of sounds that a label tells apart, or none for a network without labels.
    #[serde(default)]
    pub classes: Option<usize>,
    /// Length of the training schedule, which is that of the step table.
    pub training_steps: usize,
    /// Whether convolutions see the past only.
    pub causal: bool,
    /// The formulation.
    pub variant: Variant,
    /// Whether a second output says how large the variances of reverse steps are (Nichol and Dhariwal 2021).
    #[serde(default)]
    pub learned_variance: bool,
}

impl DiffWaveConfig {
    /// Samples per mel frame, which the upsampler's strides fix.
    pub const HOP: usize = UPSAMPLER_STRIDE * UPSAMPLER_STRIDE;

    /// Dilation of layer `index`.
    pub fn dilation(&self, index: usize) -> usize {
        1 << (index % self.dilation_cycle)
    }

    /// Samples that one network call looks to either side (bidirectional), or twice as many into the past (causal).
    pub fn reach(&self) -> usize {
        (0..self.layers).map(|index| self.dilation(index)).sum()
    }

    /// Factor on the sum of a layer's input and its residual.
    pub fn residual_scale(&self) -> f32 {
        match self.variant {
            Variant::Lmnt => std::f32::consts::FRAC_1_SQRT_2,
            Variant::Unscaled => 1.0,
        }
    }

    /// Factor on the sum of all skips.
    pub fn skip_scale(&self) -> f32 {
        match self.variant {
            Variant::Lmnt => 1.0 / (self.layers as f32).sqrt(),
            Variant::Unscaled => 1.0,
        }
    }

    /// Padding of the upsampler's two transposed convolutions along time.
    pub fn upsampler_padding(&self) -> [usize; 2] {
        match self.variant {
            Variant::Lmnt => [8, 8],
            Variant::Unscaled => [12, 8],
        }
    }

    /// How the network lies on time.
    pub fn layout(&self) -> Layout {
        let reach = self.reach();
        Layout {
            hop: Self::HOP,
            rows: Rows::Samples,
            channels: 1,
            reach: if self.causal { [2 * reach, 0] } else { [reach; 2] },
            whole_windows: false,
            conditioner: self.n_mels.map(|n_mels| Conditioner {
                n_mels,
                reach_frames: UPSAMPLER_FRAMES,
                optional_frames: 0,
            }),
            short_values: match self.variant {
                Variant::Lmnt => 0,
                Variant::Unscaled => 128,
            },
            causal: self.causal,
        }
    }

    /// What the step table's first row stands for.
    pub fn first_step(&self) -> usize {
        match self.variant {
            Variant::Lmnt => 0,
            Variant::Unscaled => 1,
        }
    }

    /// Names and shapes of all weights, as PyTorch lays them out, in the order of the forward pass.
    pub fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let c = self.channels;
        let [bands, frames] = UPSAMPLER_KERNEL;
        let mut table = Table::default();
        table.layer("input_projection", vec![c, 1, 1], c);
        table.layer("diffusion_embedding.projection1", vec![EMBEDDING_HIDDEN, EMBEDDING], EMBEDDING_HIDDEN);
        table.layer("diffusion_embedding.projection2", vec![EMBEDDING_HIDDEN; 2], EMBEDDING_HIDDEN);
        if let Some(classes) = self.classes {
            table.0.push(("label_embedding.weight".into(), vec![classes, LABEL_EMBEDDING]));
        }
        if self.n_mels.is_some() {
            table.layer("spectrogram_upsampler.conv1", vec![1, 1, bands, frames], 1);
            table.layer("spectrogram_upsampler.conv2", vec![1, 1, bands, frames], 1);
        }
        for index in 0..self.layers {
            let layer = format!("residual_layers.{index}");
            table.layer(&format!("{layer}.dilated_conv"), vec![2 * c, c, 3], 2 * c);
            table.layer(&format!("{layer}.diffusion_projection"), vec![c, EMBEDDING_HIDDEN], c);
            if let Some(n_mels) = self.n_mels {
                table.layer(&format!("{layer}.conditioner_projection"), vec![2 * c, n_mels, 1], 2 * c);
            }
            if self.classes.is_some() {
                table.layer(&format!("{layer}.label_projection"), vec![2 * c, LABEL_EMBEDDING], 2 * c);
            }
            table.layer(&format!("{layer}.output_projection"), vec![2 * c, c, 1], 2 * c);
        }
        table.layer("skip_projection", vec![c, c, 1], c);
        let outputs = if self.learned_variance { 2 } else { 1 };
        table.layer("output_projection", vec![outputs, c, 1], outputs);
        table.0
    }

    /// Refuses a network that learns variances, for a renderer that would not use them.
    ///
    /// # Errors
    /// Names `place`, the renderer.
    pub fn require_fixed_variances(&self, place: &str) -> Result<()> {
        if !self.learned_variance {
            return Ok(());
        }
        Err(Error::invalid(
            place,
            "network",
            "learned variances",
            "a network without, or a build with the feature gpu or train",
        ))
    }

    /// Refuses labels that are not one per window, or none at all, and labels of no class of the network.
    ///
    /// # Errors
    /// Names the first label that is wrong, what was found and what was expected.
    pub fn check_labels(&self, labels: &[Option<usize>], windows: usize) -> Result<()> {
        if !labels.is_empty() && labels.len() != windows {
            return Err(Error::invalid(
                "network",
                "labels",
                labels.len(),
                format!("{windows}, one per window"),
            ));
        }
        let classes = self.classes.unwrap_or(0);
        match labels.iter().flatten().find(|label| **label >= classes) {
            Some(label) => Err(Error::invalid("network", "label", label, format!("one of {classes} classes"))),
            None => Ok(()),
        }
    }

    /// Refuses sizes that no network can have.
    ///
    /// # Errors
    /// Names `place`, the field, what was found and what was expected.
    pub fn validate(&self, place: &str) -> Result<()> {
        let sizes = [
            ("channels", self.channels, 1..=1024),
            ("layers", self.layers, 1..=256),
            ("dilation_cycle", self.dilation_cycle, 1..=16),
            ("n_mels", self.n_mels.unwrap_or(1), 1..=1024),
            ("classes", self.classes.unwrap_or(1), 1..=MOST_CLASSES),
            ("training_steps", self.training_steps, 1..=MOST_TRAINING_STEPS),
        ];
        for (field, found, range) in sizes {
            if !range.contains(&found) {
                let expected = format!("{} to {}", range.start(), range.end());
                return Err(Error::invalid(place, field, found, expected));
            }
        }
        // That formulation counts blocks of layers, whose dilations begin anew.
        if self.variant == Variant::Unscaled && !self.layers.is_multiple_of(self.dilation_cycle) {
            let expected = format!("a multiple of its dilation cycle, {}", self.dilation_cycle);
            return Err(Error::invalid(place, "layers", self.layers, expected));
        }
        Ok(())
    }
}

/// A table of names and shapes in the making.
#[derive(Default)]
struct Table(Vec<(String, Vec<usize>)>);

impl Table {
    fn layer(&mut self, name: &str, weight: Vec<usize>, bias: usize) {
        self.0.push((format!("{name}.weight"), weight));
        self.0.push((format!("{name}.bias"), vec![bias]));
    }
}
