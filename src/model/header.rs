//! All of a model but its weights.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::sigmas::SigmaDiffusion;
use crate::diffusion::{Clamp, Preconditioning, SamplerKind};
use crate::domain::phase::Phase;
use crate::domain::{Domain, Prior, SpectralFilter, Waveform};
use crate::mel::{Dialect, Framing};
use crate::network::{BandWaveConfig, Network, UNet1dConfig, WaveGradConfig, wavegrad};
use crate::render::Context;

/// Steps that BandWave is meant to be sampled in.
const ANGLE_STEPS: usize = 4;

/// Where a model comes from and what may be done with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The model's name.
    pub name: String,
    /// Licence of the weights, as an SPDX expression or in words.
    pub licence: String,
    /// What it was trained on, by whom and how; or the file it was imported from.
    pub provenance: String,
    /// Optimizer steps.
    pub trained_steps: u64,
}

impl Card {
    /// That of a model which another program made, in the file `path`.
    pub(crate) fn imported(path: &Path) -> Self {
        Self {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            licence: "unknown".into(),
            provenance: format!("imported from {}", path.display()),
            trained_steps: 0,
        }
    }
}

/// All of a model but its weights: what a model file's metadata hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelHeader {
    /// The network.
    pub network: Network,
    /// The mel dialect that it was trained on; none for an unconditional network.
    pub dialect: Option<Dialect>,
    /// Names of the network's classes in the order of its labels; none without labels.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Whether the network was trained with the null label too, so that it can be guided.
    #[serde(default)]
    pub null_label: bool,
    /// Sample rate.
    pub rate_hz: u32,
    /// How a network was trained and is sampled whose levels are σ; none where they are steps of a schedule or angles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diffusion: Option<SigmaDiffusion>,
    /// β of every training step; none of a network whose levels are angles or σ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub training_betas: Vec<f64>,
    /// β of the short schedule that the model is meant to be sampled with; none of a network whose levels are angles or σ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inference_betas: Vec<f64>,
    /// Steps that a network whose levels are angles is meant to be sampled in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub angle_steps: Option<usize>,
    /// How sampling goes from level to level.
    #[serde(default, rename = "procedure")]
    pub sampler: SamplerKind,
    /// Where sampling limits values.
    pub clamp: Clamp,
    /// The prior, where the model was trained with one.
    pub prior: Option<Prior>,
    /// How phases are reconstructed after sampling; not at all where the network's own are to be heard.
    #[serde(default)]
    pub phase: Option<Phase>,
    /// Scale of every Gaussian that suits the model; what users ask for is relative to it.
    #[serde(default = "full")]
    pub temperature: f32,
    /// Provenance.
    pub card: Card,
}

impl ModelHeader {
    /// That of a BandWave model, whose frames are those of `dialect`.
    pub(crate) fn bandwave(network: BandWaveConfig, dialect: Dialect, card: Card) -> Self {
        Self {
            network: network.into(),
            rate_hz: dialect.rate_hz,
            dialect: Some(dialect),
            classes: Vec::new(),
            null_label: false,
            diffusion: None,
            training_betas: Vec::new(),
            inference_betas: Vec::new(),
            angle_steps: Some(ANGLE_STEPS),
            sampler: SamplerKind::Ancestral,
            clamp: Clamp::Never,
            prior: Some(Prior::Stft),
            phase: None,
            temperature: 1.0,
            card,
        }
    }

    /// That of a UNet1d model, which is trained and sampled along σ.
    pub(crate) fn unet1d(
        network: UNet1dConfig,
        rate_hz: u32,
        preconditioning: Preconditioning,
        card: Card,
    ) -> Self {
        Self {
            network: network.into(),
            rate_hz,
            dialect: None,
            classes: Vec::new(),
            null_label: false,
            diffusion: Some(SigmaDiffusion::new(preconditioning)),
            training_betas: Vec::new(),
            inference_betas: Vec::new(),
            angle_steps: None,
            sampler: SamplerKind::Ancestral,
            clamp: Clamp::Last,
            prior: None,
            phase: None,
            temperature: 1.0,
            card,
        }
    }

    /// That of a WaveGrad model with these betas of its training and of its short schedule.
    pub(crate) fn wavegrad(
        network: WaveGradConfig,
        dialect: Dialect,
        [training_betas, inference_betas]: [Vec<f64>; 2],
        card: Card,
    ) -> Self {
        Self {
            clamp: match network.formulation {
                wavegrad::Formulation::Lmnt => Clamp::EveryStep,
                wavegrad::Formulation::Ivanvovk => Clamp::Found,
            },
            network: network.into(),
            rate_hz: dialect.rate_hz,
            dialect: Some(dialect),
            classes: Vec::new(),
            null_label: false,
            diffusion: None,
            training_betas,
            inference_betas,
            angle_steps: None,
            sampler: SamplerKind::Ancestral,
            prior: None,
            phase: None,
            temperature: 1.0,
            card,
        }
    }

    /// What the network diffuses.
    pub fn domain(&self) -> Box<dyn Domain> {
        match (&self.prior, &self.dialect) {
            (Some(prior), Some(dialect)) => prior.domain(dialect),
            _ => Box::new(Waveform::new(self.network.layout().hop)),
        }
    }

    /// Whether mel frames may lie anywhere: what is diffused lies where they do.
    pub fn frames_are_free(&self) -> bool {
        matches!(self.prior, Some(Prior::Stft))
    }

    /// The same for a stream: where its frames may lie anywhere, they lie where the latency is least.
    pub fn for_streams(mut self) -> Self {
        let free = self.frames_are_free();
        if let Some(dialect) = self.dialect.as_mut().filter(|_| free) {
            dialect.framing = Framing::Centred;
        }
        self
    }

    /// The filter of a model with a spectral prior, for those who train one.
    pub fn filter(&self) -> Option<SpectralFilter> {
        match (&self.prior, &self.dialect) {
            (Some(Prior::Spectral(prior)), Some(dialect)) => Some(SpectralFilter::new(*prior, dialect)),
            _ => None,
        }
    }

    /// Mel frames on either side of a sample's own that encoding a carrier looks at, beyond those whose windows hold it.
    pub fn encoder_frames(&self) -> usize {
        self.prior.zip(self.dialect.as_ref()).map_or(0, |(prior, dialect)| prior.encoder_frames(dialect))
    }

    /// Mel frames on either side of a sample's own that decoding looks at beside those that the network sees: those of the
    /// domain, and of the phase reconstruction.
    pub fn decoder_frames(&self) -> usize {
        let Some(dialect) = &self.dialect else { return 0 };
        let domain = self.prior.map_or(0, |prior| prior.reach_frames(dialect));
        domain + self.phase.map_or(0, |phase| phase.reach_frames(dialect))
    }

    /// Samples after those of its frames that a window's carrier holds.
    pub fn tail_samples(&self) -> usize {
        match &self.dialect {
            Some(dialect) if self.frames_are_free() => dialect.tail_samples(),
            _ => 0,
        }
    }

    /// Mel frames that a window holds beside those whose sound is wanted, where `calls` network calls are to see all that
    /// they look at.
    pub fn context(&self, calls: usize) -> Context {
        let layout = self.network.layout();
        let [left, right] = layout.reach_frames(calls);
        let [before, after] = layout.conditioner_frames();
        let around = self.decoder_frames();
        // A network that goes on where a signal stood samples every value once: a carrier has to be encoded as far.
        let after = if layout.causal { after.max(self.encoder_frames()) } else { after };
        Context {
            left_frames: left + around + before,
            right_frames: right + around + after,
            least_right_frames: around,
            optional_right_frames: layout.optional_frames(),
        }
    }
}

/// The temperature that sampling is defined with.
fn full() -> f32 {
    1.0
}
