//! The shape of a WaveGrad network: everything but its weights.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Slope of all leaky rectifiers below zero.
pub const SLOPE: f32 = 0.2;
/// Most channels of a layer.
pub const MOST_CHANNELS: usize = 2048;
/// Most stages of either path.
const MOST_STAGES: usize = 16;
/// Most convolutions in a stage of the way down.
const MOST_CONVOLUTIONS: usize = 16;
/// Most samples per mel frame.
const MOST_HOP: usize = 8192;
/// Taps of the first convolution over x; all others have three, or one.
pub const FIRST_TAPS: usize = 5;

/// Which of two published formulations a network was trained in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Formulation {
    /// lmnt-com/wavegrad: rates change by taking the nearest row; the level's encoding has √ᾱ as its phase.
    Lmnt,
    /// ivanvovk/WaveGrad: rates change by linear interpolation; the phase is 5000·√ᾱ.
    Ivanvovk,
}

/// Configuration of a WaveGrad network (Chen et al. 2020, arXiv:2009.00713, section 3).
///
/// Stage s of the way up, from 0, brings mel frames to `factors[0] · … · factors[s]` rows per frame. The way down from x
/// has a stage less: its stage k leaves the rate of the way up's stage `stages − 2 − k`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaveGradConfig {
    /// The formulation.
    pub formulation: Formulation,
    /// Mel bands of the conditioner.
    pub n_mels: usize,
    /// Upsampling factor of every stage of the way up (5, 5, 3, 2, 2).
    pub factors: Vec<usize>,
    /// Channels of the first convolution over the mel frames (768).
    pub up_first: usize,
    /// Channels of every stage of the way up (512, 512, 256, 128, 128).
    pub up_channels: Vec<usize>,
    /// Dilations of its four convolutions.
    pub up_dilations: Vec<[usize; 4]>,
    /// Channels of the first convolution over x (32).
    pub down_first: usize,
    /// Channels of every stage of the way down (128, 128, 256, 512).
    pub down_channels: Vec<usize>,
    /// Dilations of its convolutions (1, 2, 4).
    pub down_dilations: Vec<Vec<usize>>,
}

impl WaveGradConfig {
    /// The base network of the paper, for `n_mels` bands.
    pub fn base(formulation: Formulation, n_mels: usize) -> Self {
        Self {
            formulation,
            n_mels,
            factors: vec![5, 5, 3, 2, 2],
            up_first: 768,
            up_channels: vec![512, 512, 256, 128, 128],
            up_dilations: vec![[1, 2, 1, 2], [1, 2, 1, 2], [1, 2, 4, 8], [1, 2, 4, 8], [1, 2, 4, 8]],
            down_first: 32,
            down_channels: vec![128, 128, 256, 512],
            down_dilations: vec![vec![1, 2, 4]; 4],
        }
    }

    /// Stages of the way up.
    pub fn stages(&self) -> usize {
        self.factors.len()
    }

    /// Samples per mel frame.
    pub fn hop(&self) -> usize {
        self.factors.iter().product()
    }

    /// Rows per mel frame that stage `stage` of the way up gives.
    pub fn rate(&self, stage: usize) -> usize {
        self.factors[..=stage].iter().product()
    }

    /// Channels that go into stage `stage` of the way up.
    pub fn up_inputs(&self, stage: usize) -> usize {
        if stage == 0 { self.up_first } else { self.up_channels[stage - 1] }
    }

    /// Channels that the modulation of the way up's stage `stage` is made from: those of the way down at the same rate.
    pub fn film_inputs(&self, stage: usize) -> usize {
        let above = self.stages() - 1 - stage;
        if above == 0 { self.down_first } else { self.down_channels[above - 1] }
    }

    /// Channels that go into stage `stage` of the way down.
    pub fn down_inputs(&self, stage: usize) -> usize {
        if stage == 0 { self.down_first } else { self.down_channels[stage - 1] }
    }

    /// The factor that stage `stage` of the way down divides the rate by.
    pub fn down_factor(&self, stage: usize) -> usize {
        self.factors[self.stages() - 1 - stage]
    }

    /// Names and shapes of all weights, as PyTorch lays them out, in the order of the forward pass.
    ///
    /// Names are lmnt's: `film.k` and `downsample.k` count from x on, `upsample.s` from the mel on; the outputs of
    /// `film.k.output_conv` are all shifts, then all scales.
    pub fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let mut table = Vec::new();
        let mut layer = |name: String, [outputs, inputs, taps]: [usize; 3]| {
            table.push((format!("{name}.weight"), vec![outputs, inputs, taps]));
            table.push((format!("{name}.bias"), vec![outputs]));
        };
        let stages = self.stages();
        layer("downsample.0".into(), [self.down_first, 1, FIRST_TAPS]);
        for stage in 0..stages - 1 {
            let (name, inputs) = (format!("downsample.{}", stage + 1), self.down_inputs(stage));
            let outputs = self.down_channels[stage];
            layer(format!("{name}.residual_dense"), [outputs, inputs, 1]);
            for index in 0..self.down_dilations[stage].len() {
                layer(format!("{name}.conv.{index}"), [outputs, if index == 0 { inputs } else { outputs }, 3]);
            }
        }
        for index in 0..stages {
            let (stage, name) = (stages - 1 - index, format!("film.{index}"));
            let inputs = self.film_inputs(stage);
            layer(format!("{name}.input_conv"), [inputs, inputs, 3]);
            layer(format!("{name}.output_conv"), [2 * self.up_channels[stage], inputs, 3]);
        }
        layer("first_conv".into(), [self.up_first, self.n_mels, 3]);
        for stage in 0..stages {
            let (name, inputs, outputs) =
                (format!("upsample.{stage}"), self.up_inputs(stage), self.up_channels[stage]);
            layer(format!("{name}.block1"), [outputs, inputs, 1]);
            layer(format!("{name}.block2.0"), [outputs, inputs, 3]);
            for part in ["block2.1", "block3.0", "block3.1"] {
                layer(format!("{name}.{part}"), [outputs, outputs, 3]);
            }
        }
        layer("last_conv".into(), [1, self.up_channels[stages - 1], 3]);
        table
    }

    /// Multiplications and additions per mel frame and call: every convolution at the rate of its outputs.
    pub fn operations(&self) -> f64 {
        let stages = self.stages();
        let rate = |name: &str| {
            let mut parts = name.split('.');
            let index = |part: Option<&str>| part.and_then(|part| part.parse::<usize>().ok()).unwrap_or(0);
            match parts.next() {
                Some("downsample" | "film") => self.rate(stages - 1 - index(parts.next())),
                Some("upsample") => self.rate(index(parts.next())),
                Some("last_conv") => self.hop(),
                _ => 1,
            }
        };
        let weights = self.tensors().into_iter().filter(|(_, shape)| shape.len() == 3);
        weights
            .map(|(name, shape)| 2.0 * rate(&name) as f64 * shape.iter().map(|n| *n as f64).product::<f64>())
            .sum()
    }

    /// Refuses sizes that no network can have.
    ///
    /// # Errors
    /// Names `place`, the field, what was found and what was expected.
    pub fn validate(&self, place: &str) -> Result<()> {
        let stages = self.stages();
        let refuse = |field: &str, found: String, expected: String| {
            Err(Error::invalid(place, format!("network.{field}"), found, expected))
        };
        if !(1..=MOST_STAGES).contains(&stages) {
            return refuse("factors", format!("{stages} of them"), format!("1 to {MOST_STAGES}"));
        }
        for (field, found, expected) in [
            ("up_channels", self.up_channels.len(), stages),
            ("up_dilations", self.up_dilations.len(), stages),
            ("down_channels", self.down_channels.len(), stages - 1),
            ("down_dilations", self.down_dilations.len(), stages - 1),
        ] {
            if found != expected {
                let expected = format!("{expected}, as there are {stages} factors");
                return refuse(field, format!("{found} of them"), expected);
            }
        }
        let hop = self.factors.iter().try_fold(1_usize, |hop, factor| hop.checked_mul(*factor));
        if !hop.is_some_and(|hop| (1..=MOST_HOP).contains(&hop)) {
            let expected = format!("a product of 1 to {MOST_HOP}");
            return refuse("factors", format!("{:?}", self.factors), expected);
        }
        let convolutions = |dilations: &&Vec<usize>| !(1..=MOST_CONVOLUTIONS).contains(&dilations.len());
        if let Some(found) = self.down_dilations.iter().find(convolutions) {
            return refuse("down_dilations", format!("{found:?}"), format!("1 to {MOST_CONVOLUTIONS} a stage"));
        }
        self.validate_numbers(place)
    }

    /// Refuses numbers of channels and dilations that no layer can have.
    fn validate_numbers(&self, place: &str) -> Result<()> {
        let one = |found: usize| vec![found];
        let even = |channels: &usize| channels.is_multiple_of(2);
        let down: Vec<usize> = one(self.down_first).into_iter().chain(self.down_channels.clone()).collect();
        let numbers = [
            ("n_mels", one(self.n_mels), 1024),
            ("up_first", one(self.up_first), MOST_CHANNELS),
            ("up_channels", self.up_channels.clone(), MOST_CHANNELS),
            ("down_first and down_channels", down.clone(), MOST_CHANNELS),
            ("up_dilations", self.up_dilations.concat(), 512),
            ("down_dilations", self.down_dilations.concat(), 512),
        ];
        for (field, found, most) in numbers {
            if let Some(found) = found.iter().find(|found| !(1..=most).contains(*found)) {
                let field = format!("network.{field}");
                return Err(Error::invalid(place, field, found, format!("1 to {most}")));
            }
        }
        match down.iter().find(|channels| !even(channels)) {
            None => Ok(()),
            Some(found) => {
                let expected = "even numbers: the level's encoding has a sine and a cosine for each two";
                Err(Error::invalid(place, "network.down_first and down_channels", found, expected))
            }
        }
    }
}
