//! The tables: layers, confined words, circles that are known.

/// This file, for messages.
pub const FILE: &str = "xtask/src/imports/rules.rs";

/// A layer, and those above it that it must not import.
pub type Layer = (&'static str, &'static [&'static str]);

/// All rules.
pub struct Rules {
    /// The layers in their order: each may import those above it, except the ones that its row names. A layer is a
    /// top-level module of `src/`, or `plugin`, `benches`, `tests`.
    pub layers: &'static [Layer],
    /// Words that only some places of the product may hold; `*` is any folder, `**` any number of them.
    pub confined: &'static [(&'static str, &'static [&'static str])],
    /// Folders in which files still import one another. One that is listed and has no such files is an error.
    pub known_circles: &'static [&'static str],
}

/// The rules of this workspace.
pub const RULES: Rules = Rules { layers: LAYERS, confined: CONFINED, known_circles: KNOWN_CIRCLES };

const LAYERS: &[Layer] = &[
    ("error", &[]),
    ("audio", &[]),
    ("mel", &[]),
    ("diffusion", &["audio"]),
    ("render", &["audio"]),
    ("kernel", &["audio", "mel", "diffusion", "render"]),
    ("network", &["audio", "render"]),
    ("domain", &["audio", "diffusion", "render", "network"]),
    ("model", &["audio", "kernel"]),
    // Of audio, checkpoint uses the writing of files that are never left half-written.
    ("checkpoint", &["render", "kernel"]),
    ("compare", &["audio", "diffusion", "render", "kernel", "network", "domain", "model", "checkpoint"]),
    ("vocoder", &["checkpoint", "compare"]),
    // Of models and networks a stream knows nothing, so that its tests can do without.
    ("stream", &["diffusion", "kernel", "network", "domain", "model", "checkpoint", "compare", "vocoder"]),
    ("live", &["audio", "diffusion", "domain", "checkpoint", "compare"]),
    (
        "spectrogram",
        &[
            "diffusion",
            "render",
            "kernel",
            "network",
            "domain",
            "model",
            "checkpoint",
            "compare",
            "vocoder",
            "stream",
            "live",
        ],
    ),
    ("train", &["compare", "stream", "live"]),
    (
        "osc",
        &[
            "audio",
            "diffusion",
            "render",
            "kernel",
            "network",
            "domain",
            "model",
            "checkpoint",
            "compare",
            "vocoder",
            "live",
            "spectrogram",
            "train",
        ],
    ),
    ("cli", &["live"]),
    // The plugin's engine is shared by its instances.
    ("plugin", &["diffusion", "domain", "compare", "live", "spectrogram", "train", "cli"]),
    ("benches", &[]),
    ("tests", &[]),
];

const CONFINED: &[(&str, &[&str])] = &[
    (
        "burn",
        &[
            "src/network/mod",
            "src/network/burn",
            "src/network/gpu",
            "src/network/*/mod",
            "src/network/*/burn",
            "src/train",
        ],
    ),
    (
        "unsafe",
        &[
            "src/kernel",
            "src/network/*/cpu",
            "src/network/*/amx",
            // What the plugin's framework and CLAP are asked for by pointers.
            "plugin/src/editing",
            "plugin/src/history/recorder",
            "plugin/src/preset/discovery",
            "plugin/src/values",
        ],
    ),
];

const KNOWN_CIRCLES: &[&str] = &[];

impl Rules {
    /// The layers that `layer` may import; none where it has no row.
    pub fn allowed(&self, layer: &str) -> Option<Vec<&'static str>> {
        let row = self.layers.iter().position(|(name, _)| *name == layer)?;
        let except = self.layers[row].1;
        Some(
            self.layers[..row]
                .iter()
                .map(|(above, _)| *above)
                .filter(|above| !except.contains(above))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_takes_out_only_layers_above_it() {
        for (row, (layer, except)) in LAYERS.iter().enumerate() {
            for taken in *except {
                assert!(LAYERS[..row].iter().any(|(above, _)| above == taken), "{layer}: {taken}");
            }
        }
    }
}
