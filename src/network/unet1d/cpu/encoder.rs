//! The encoder of an autoencoder: from audio to a latent signal, and from that to what the network is told.

use super::convolution::{Affine, Convolution};
use super::engine::Engine;
use super::layers::{CpuDown, CpuUp, Told};
use super::network::{channels_of, margin};
use super::resnet::{CpuPatches, CpuResnet};
use super::signal::Signal;
use crate::kernel::{DenormalsFlushed, InstructionSet};
use crate::network::Weights;
use crate::network::unet1d::autoencoder::{Autoencoder, LatentBottleneck};
use crate::network::unet1d::config::UNet1dConfig;
use crate::{Error, Result};

/// Neither told a level, nor tokens.
const NOTHING: Told = Told { mapping: &[], tokens: None };

/// The encoder of an autoencoder on the CPU.
pub struct EncoderCpu {
    config: UNet1dConfig,
    autoencoder: Autoencoder,
    engine: Engine,
    patch: CpuPatches,
    downs: Vec<CpuDown>,
    to_latent: CpuResnet,
    bottleneck: Option<Bottleneck>,
    from_latent: CpuResnet,
    ups: Vec<CpuUp>,
    unpatch: CpuPatches,
}

/// What a latent signal goes through.
enum Bottleneck {
    /// The means of a variational one.
    Means(Convolution),
    /// The vectors of a codebook, `[codebook_size, channels]`.
    Codebook(Vec<f32>),
}

impl EncoderCpu {
    /// Packs the encoder among these (validated) weights for `threads` threads, the caller's being one of them.
    ///
    /// # Errors
    /// Where the network is no autoencoder, the system refuses a thread, or the environment variable `REMEL_KERNEL` names no
    /// instruction set of this machine.
    pub fn new(config: &UNet1dConfig, weights: &Weights, threads: usize) -> Result<Self> {
        let autoencoder = config
            .autoencoder
            .clone()
            .ok_or_else(|| Error::invalid("UNet1d", "encoder", "none", "an autoencoder"))?;
        let set = InstructionSet::chosen()?;
        let (structure, panel_columns) = (autoencoder.structure(config), set.panel_columns());
        let patches = |patches| CpuPatches::new(patches, weights, panel_columns);
        let resnet = |resnet| CpuResnet::new(resnet, weights, panel_columns);
        let channels = autoencoder.encoder_channels;
        let bottleneck = autoencoder.bottleneck.as_ref().map(|bottleneck| match bottleneck {
            LatentBottleneck::Variational => {
                let [weight, bias] = ["weight", "bias"]
                    .map(|part| weights.values(&format!("latent_bottleneck.to_mean_and_logvar.{part}")));
                // Means come first.
                let affine = Affine { weight: &weight[..channels * channels], bias: &bias[..channels] };
                Bottleneck::Means(Convolution::linear(&affine, channels, panel_columns))
            }
            LatentBottleneck::Quantizer { .. } => {
                Bottleneck::Codebook(weights.values("latent_bottleneck.codebook").to_vec())
            }
        });
        Ok(Self {
            engine: Engine::new(set, threads, margin(config))?,
            patch: patches(&structure.patch),
            downs: structure.downs.iter().map(|down| CpuDown::new(down, weights, panel_columns)).collect(),
            to_latent: resnet(&structure.to_latent),
            bottleneck,
            from_latent: resnet(&structure.from_latent),
            ups: structure.ups.iter().map(|up| CpuUp::new(up, weights, panel_columns)).collect(),
            unpatch: patches(&structure.unpatch),
            config: config.clone(),
            autoencoder,
        })
    }

    /// The latent signal of `audio`, `[in_channels, samples]`: `[encoder_channels, values]`, a value for every
    /// [`Autoencoder::factor`] samples, the last of which may be missing.
    ///
    /// # Errors
    /// Where `audio` is no whole number of samples.
    pub fn encode(&mut self, audio: &[f32]) -> Result<Vec<f32>> {
        let _flushed = DenormalsFlushed::here();
        let samples = self.config.check_window(audio.len())?;
        let channels = channels_of(audio, self.config.in_channels);
        let engine = &mut self.engine;
        let rows = samples.next_multiple_of(self.autoencoder.factor(&self.config));
        let mut input = engine.signal(rows, channels.len());
        input.set_channels(&channels, &vec![1.0; channels.len()]);
        let mut x = self.patch.join(engine, input, &[]);
        for down in &self.downs {
            let mut outputs = down.run(engine, &x, None, NOTHING);
            let output = outputs.pop().expect("a layer has a block");
            outputs.into_iter().chain([x]).for_each(|signal| engine.memory.give_back(signal));
            x = output;
        }
        let mut latent = self.to_latent.run_on(engine, x, &[]);
        latent.values_mut().iter_mut().for_each(|value| *value = value.tanh());
        let latent = match &self.bottleneck {
            None => latent,
            Some(Bottleneck::Means(means)) => means.run(engine, &latent),
            Some(Bottleneck::Codebook(codebook)) => {
                quantize(&mut latent, codebook);
                latent
            }
        };
        Ok(planar(&latent))
    }

    /// What the network is told of a latent signal, `[encoder_channels, values]`: a signal for each of its context channels.
    ///
    /// # Errors
    /// Where `latent` is of no such shape.
    pub fn decode(&mut self, latent: &[f32]) -> Result<Vec<Vec<f32>>> {
        let _flushed = DenormalsFlushed::here();
        let channels = self.autoencoder.encoder_channels;
        if latent.is_empty() || !latent.len().is_multiple_of(channels) {
            let expected = format!("as many for each of {channels} channels");
            return Err(Error::invalid("UNet1d", "values of the latent signal", latent.len(), expected));
        }
        let engine = &mut self.engine;
        let mut input = engine.signal(latent.len() / channels, channels);
        input.set_channels(&channels_of(latent, channels), &vec![1.0; channels]);
        let mut x = self.from_latent.run_on(engine, input, &[]);
        // From the innermost depth out: what a layer extracts is told where the next one begins, and the last one's own output
        // after it.
        let mut told = Vec::new();
        let mut extracted = None;
        for up in &self.ups {
            told.push(planar(extracted.as_ref().unwrap_or(&x)));
            x = up.run(engine, x, Vec::new(), 1.0, NOTHING);
            let next = up.extracted.as_ref().map(|resnet| resnet.run(engine, &x, &[]));
            std::mem::replace(&mut extracted, next)
                .into_iter()
                .for_each(|signal| engine.memory.give_back(signal));
        }
        if self.ups.len() == self.autoencoder.encoder_depth {
            x = self.unpatch.part(engine, x, &[]);
        }
        told.push(planar(&x));
        [Some(x), extracted].into_iter().flatten().for_each(|signal| engine.memory.give_back(signal));
        told.reverse();
        Ok(told)
    }
}

/// All channels one after another, `[channels, rows]`.
fn planar(signal: &Signal) -> Vec<f32> {
    (0..signal.channels).flat_map(|channel| signal.channel(channel)).collect()
}

/// Makes of every row the nearest vector of the codebook.
fn quantize(signal: &mut Signal, codebook: &[f32]) {
    let (channels, width) = (signal.channels, signal.width());
    for row in signal.values_mut().chunks_exact_mut(width) {
        let row = &mut row[..channels];
        let distance = |vector: &&[f32]| vector.iter().zip(&*row).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
        let nearest = codebook.chunks_exact(channels).min_by(|a, b| distance(a).total_cmp(&distance(b)));
        row.copy_from_slice(nearest.expect("a codebook has a vector"));
    }
}
