//! Names and shapes of all weights: those of the package's state dict.

use super::autoencoder::LatentBottleneck;
use super::config::UNet1dConfig;
use super::encoder::EncoderStructure;
use super::structure::{Down, Patches, Resnet, Structure, Transformer, Up, Upsampling};

/// A table of names and shapes in the making.
#[derive(Default)]
struct Table(Vec<(String, Vec<usize>)>);

/// Names and shapes of all weights of `config`, in the order of the forward pass.
pub(super) fn tensors(config: &UNet1dConfig) -> Vec<(String, Vec<usize>)> {
    let mut table = Table::default();
    let structure = Structure::of(config);
    if let (Some(length), Some(features)) =
        (config.context_embedding_max_length, config.context_embedding_features)
    {
        table.tensor("fixed_embedding.embedding.weight", &[length, features]);
    }
    table.mapping(config);
    table.patches(&structure.patch);
    structure.downs.iter().for_each(|down| table.down(down));
    let [pre, post] = &structure.bottleneck.resnets;
    table.resnet(pre);
    table.transformer(structure.bottleneck.transformer.as_ref());
    table.resnet(post);
    structure.ups.iter().for_each(|up| table.up(up));
    table.patches(&structure.unpatch);
    if let Some(autoencoder) = &config.autoencoder {
        table.encoder(&autoencoder.structure(config));
        table.latent_bottleneck(autoencoder.bottleneck.as_ref(), autoencoder.encoder_channels);
    }
    table.0
}

impl Table {
    /// A tensor alone.
    fn tensor(&mut self, name: &str, shape: &[usize]) {
        self.0.push((name.into(), shape.to_vec()));
    }

    /// A weight and its bias, one for each of the weight's first axis.
    fn affine(&mut self, name: &str, weight: &[usize]) {
        self.tensor(&format!("{name}.weight"), weight);
        self.tensor(&format!("{name}.bias"), &weight[..1]);
    }

    /// The layers that make one vector of what the network is told.
    fn mapping(&mut self, config: &UNet1dConfig) {
        let Some(features) = config.mapping_features() else { return };
        if config.use_context_time {
            self.tensor("to_time.0.0.weights", &[config.channels / 2]);
            self.affine("to_time.0.1", &[features, config.channels + 1]);
        }
        if let Some(inputs) = config.context_features {
            self.affine("to_features.0", &[features, inputs]);
        }
        self.affine("to_mapping.0", &[features; 2]);
        self.affine("to_mapping.2", &[features; 2]);
    }

    fn patches(&mut self, patches: &Patches) {
        patches.resnets.iter().for_each(|resnet| self.resnet(resnet));
    }

    fn resnet(&mut self, resnet: &Resnet) {
        let Resnet { name, inputs, outputs, mapping, .. } = resnet;
        self.affine(&format!("{name}.block1.groupnorm"), &[*inputs]);
        self.affine(&format!("{name}.block1.project"), &[*outputs, *inputs, 3]);
        if let Some(features) = mapping {
            self.affine(&format!("{name}.to_scale_shift.to_scale_shift.1"), &[2 * outputs, *features]);
        }
        self.affine(&format!("{name}.block2.groupnorm"), &[*outputs]);
        self.affine(&format!("{name}.block2.project"), &[*outputs, *outputs, 3]);
        if inputs != outputs {
            self.affine(&format!("{name}.to_out"), &[*outputs, *inputs, 1]);
        }
    }

    fn transformer(&mut self, transformer: Option<&Transformer>) {
        let Some(transformer) = transformer else { return };
        let (name, channels) = (&transformer.name, transformer.channels);
        let inner = transformer.heads * transformer.head_features;
        self.affine(&format!("{name}.to_in.0"), &[channels]);
        self.affine(&format!("{name}.to_in.1"), &[channels, channels, 1]);
        for index in 0..transformer.blocks {
            let block = format!("{name}.blocks.{index}");
            let attentions = [("attention", Some(channels)), ("cross_attention", transformer.tokens)];
            for (part, context) in attentions {
                let Some(context) = context else { continue };
                self.affine(&format!("{block}.{part}.norm"), &[channels]);
                self.affine(&format!("{block}.{part}.norm_context"), &[context]);
                self.tensor(&format!("{block}.{part}.to_q.weight"), &[inner, channels]);
                self.tensor(&format!("{block}.{part}.to_kv.weight"), &[2 * inner, context]);
                self.affine(&format!("{block}.{part}.attention.to_out"), &[channels, inner]);
            }
            self.affine(&format!("{block}.feed_forward.0"), &[transformer.hidden, channels]);
            self.affine(&format!("{block}.feed_forward.2"), &[channels, transformer.hidden]);
        }
        self.affine(&format!("{name}.to_out.1"), &[channels, channels, 1]);
    }

    fn down(&mut self, down: &Down) {
        let taps = 2 * down.padding + 1;
        self.affine(&format!("{}.downsample", down.name), &[down.outputs, down.inputs, taps]);
        down.resnets.iter().for_each(|resnet| self.resnet(resnet));
        self.transformer(down.transformer.as_ref());
    }

    fn up(&mut self, up: &Up) {
        up.resnets.iter().for_each(|resnet| self.resnet(resnet));
        self.transformer(up.transformer.as_ref());
        let (name, weight) = up.upsample();
        self.tensor(&format!("{name}.weight"), &weight);
        self.tensor(&format!("{name}.bias"), &[up.outputs]);
        up.extracted.iter().for_each(|resnet| self.resnet(resnet));
    }

    fn encoder(&mut self, encoder: &EncoderStructure) {
        self.patches(&encoder.patch);
        encoder.downs.iter().for_each(|down| self.down(down));
        self.resnet(&encoder.to_latent);
        self.resnet(&encoder.from_latent);
        encoder.ups.iter().for_each(|up| self.up(up));
        self.patches(&encoder.unpatch);
    }

    fn latent_bottleneck(&mut self, bottleneck: Option<&LatentBottleneck>, channels: usize) {
        match bottleneck {
            None => {}
            Some(LatentBottleneck::Variational) => {
                self.affine("latent_bottleneck.to_mean_and_logvar", &[2 * channels, channels, 1]);
            }
            Some(LatentBottleneck::Quantizer { codebook_size }) => {
                self.tensor("latent_bottleneck.codebook", &[*codebook_size, channels]);
            }
        }
    }
}

impl Up {
    /// The upsampling convolution's name, and its weight's shape: a transposed one has its inputs first.
    pub(super) fn upsample(&self) -> (String, [usize; 3]) {
        let name = format!("{}.upsample", self.name);
        match self.upsampling {
            Upsampling::None => (name, [self.outputs, self.inputs, 3]),
            Upsampling::Nearest => (format!("{name}.1"), [self.outputs, self.inputs, 3]),
            Upsampling::Transposed => (name, [self.inputs, self.outputs, 2 * self.factor]),
        }
    }
}

/// Multiplications and additions of the linear maps of every value, as two operations, per value of the innermost layer.
pub(super) fn operations(config: &UNet1dConfig) -> f64 {
    let structure = Structure::of(config);
    let mut total = 0.0;
    let mut count = |samples: usize, add: &dyn Fn(&mut Table)| {
        let mut table = Table::default();
        add(&mut table);
        let is_map = |name: &str, shape: &[usize]| shape.len() > 1 && !name.contains("to_scale_shift");
        let maps = table.0.iter().filter(|(name, shape)| is_map(name, shape));
        let weights: usize = maps.map(|(_, shape)| shape.iter().product::<usize>()).sum();
        total += 2.0 * weights as f64 * (config.total_factor() / samples) as f64;
    };
    let (blocks, factor) = (config.patch_blocks, config.patch_factor);
    for index in 0..blocks {
        count(factor.pow(index as u32), &|table| {
            table.resnet(&structure.patch.resnets[index]);
            table.resnet(&structure.unpatch.resnets[blocks - 1 - index]);
        });
    }
    for (layer, (down, up)) in structure.downs.iter().zip(structure.ups.iter().rev()).enumerate() {
        count(config.samples_at(layer + 1), &|table| {
            table.down(down);
            table.up(up);
        });
    }
    count(config.total_factor(), &|table| {
        structure.bottleneck.resnets.iter().for_each(|resnet| table.resnet(resnet));
        table.transformer(structure.bottleneck.transformer.as_ref());
    });
    total
}
