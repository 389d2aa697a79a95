//! How the package's models call the weights that a network's table lists.

use super::autoencoder::LatentBottleneck;
use crate::network::Weights;

/// A tensor whose name ends so is a network's, and what comes before is the prefix of all of its names.
pub(crate) const MARKER: &str = "bottleneck.pre_block.block1.project.weight";

/// What networks are called within the package's models and diffusions, and within programs around those.
const PREFIXES: [&str; 3] = ["unet.", "diffusion.net.", "net."];
/// A tensor that only autoencoders have, and one that only networks have which look at tokens.
const ENCODER: &str = "multiencoder.to_latent.block1.project.weight";
const CROSS_ATTENTION: &str = ".cross_attention.to_q.weight";

/// Weights under the names of the table, and what their names tell of the network.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) weights: Weights,
    pub(crate) is_autoencoder: bool,
    pub(crate) cross_attention: bool,
    pub(crate) bottleneck: Option<LatentBottleneck>,
}

/// Brings `weights`, of which none is beside the model's, under the names of the table. A model holds its network twice, for its
/// diffusion holds it too: the first counts.
pub(crate) fn rename(weights: &Weights) -> Named {
    let markers = || weights.iter().filter_map(|(name, _)| name.strip_suffix(MARKER));
    let network = PREFIXES.into_iter().find_map(|prefix| markers().find(|stem| stem.ends_with(prefix)));
    let network = network.or_else(|| markers().next()).unwrap_or_default();
    let prefix = PREFIXES.into_iter().find(|prefix| network.ends_with(prefix)).unwrap_or_default();
    let model = &network[..network.len() - prefix.len()];
    let mut renamed = Weights::default();
    for (name, tensor) in weights.iter() {
        let of_model = name.strip_prefix(model).filter(|_| !prefix.is_empty());
        if let Some(rest) = name.strip_prefix(network) {
            renamed.insert(rest, tensor.clone());
        } else if let Some(rest) = of_model.and_then(|rest| rest.strip_prefix("bottleneck.")) {
            renamed.insert(format!("latent_bottleneck.{rest}"), tensor.clone());
        } else if let Some(rest) = of_model.filter(|rest| rest.starts_with("multiencoder.")) {
            renamed.insert(rest, tensor.clone());
        }
    }
    let has = |end: &str| renamed.iter().any(|(name, _)| name.ends_with(end));
    let codebook = renamed.get("latent_bottleneck.codebook").and_then(|codebook| codebook.shape.first());
    let variational = has("latent_bottleneck.to_mean_and_logvar.weight");
    Named {
        is_autoencoder: has(ENCODER),
        cross_attention: has(CROSS_ATTENTION),
        bottleneck: match codebook {
            Some(size) => Some(LatentBottleneck::Quantizer { codebook_size: *size }),
            None => variational.then_some(LatentBottleneck::Variational),
        },
        weights: renamed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Tensor;

    fn named(names: &[&str]) -> Vec<String> {
        let mut weights = Weights::default();
        for name in names {
            weights.insert(*name, Tensor { shape: vec![0], data: Vec::new() });
        }
        rename(&weights).weights.iter().map(|(name, _)| name.to_owned()).collect()
    }

    #[test]
    fn a_network_is_found_wherever_it_is_kept() {
        let bare = [MARKER, "to_in.x"];
        assert_eq!(named(&bare), bare);
        for prefix in ["net.", "unet.", "model.unet.", "state_dict.model.diffusion.net."] {
            let names = bare.map(|name| format!("{prefix}{name}"));
            assert_eq!(named(&names.each_ref().map(String::as_str)), bare, "{prefix}");
        }
    }

    #[test]
    fn a_network_that_is_there_twice_is_taken_once_and_a_models_own_parts_with_it() {
        let unet = format!("model.unet.{MARKER}");
        let net = format!("model.diffusion.net.{MARKER}");
        let found = named(&[
            &unet,
            &net,
            "model.bottleneck.codebook",
            "model.multiencoder.to_latent.block1.project.weight",
            "optimizer.step",
        ]);
        assert_eq!(
            found,
            [MARKER, "latent_bottleneck.codebook", "multiencoder.to_latent.block1.project.weight"]
        );
    }
}
