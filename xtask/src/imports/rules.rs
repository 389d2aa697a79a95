//! The tables: layers, confined words, circles that are known.

/// This file, for messages.
pub const FILE: &str = "xtask/src/imports/rules.rs";

/// A layer, and which of those above it it may import.
pub type Layer = (&'static str, Reach);

/// Layers above another.
#[derive(Clone, Copy)]
pub enum Reach {
    /// All but these.
    But(&'static [&'static str]),
    /// These alone.
    Only(&'static [&'static str]),
}

/// All rules.
pub struct Rules {
    /// The layers in their order: each may import those above it that its row says. A layer is a top-level module of `src/`, or
    /// `plugin`, `benches`, `tests`.
    pub layers: &'static [Layer],
    /// Words that only some places of the product may hold; `*` is any folder, `**` any number of them.
    pub confined: &'static [(&'static str, &'static [&'static str])],
    /// Folders in which files still import one another. One that is listed and has no such files is an error.
    pub known_circles: &'static [&'static str],
}

/// The rules of this workspace.
pub const RULES: Rules = Rules { layers: LAYERS, confined: CONFINED, known_circles: KNOWN_CIRCLES };

use Reach::{But, Only};

const LAYERS: &[Layer] = &[
    ("error", But(&[])),
    ("audio", But(&[])),
    ("mel", But(&[])),
    ("diffusion", But(&["audio"])),
    ("render", But(&["audio"])),
    ("kernel", But(&["audio", "mel", "diffusion", "render"])),
    ("network", But(&["audio", "render"])),
    ("domain", But(&["audio", "diffusion", "render", "network"])),
    ("model", But(&["audio", "kernel"])),
    // Of audio, checkpoint uses the writing of files that are never left half-written.
    ("checkpoint", But(&["render", "kernel"])),
    ("compare", But(&["audio", "diffusion", "render", "kernel", "network", "domain", "model", "checkpoint"])),
    ("vocoder", But(&["checkpoint", "compare"])),
    // Of models and networks a stream knows nothing, so that its tests can do without.
    ("stream", But(&["diffusion", "kernel", "network", "domain", "model", "checkpoint", "compare", "vocoder"])),
    ("choice", But(&["audio", "diffusion", "domain", "checkpoint", "compare"])),
    ("live", But(&["audio", "diffusion", "domain", "checkpoint", "compare", "choice"])),
    ("spectrogram", Only(&["error", "audio", "mel"])),
    ("train", But(&["compare", "stream", "choice", "live"])),
    ("osc", Only(&["error", "mel", "stream"])),
    ("cli", But(&["live"])),
    // The plugin's engine is shared by its instances.
    ("plugin", But(&["diffusion", "domain", "compare", "live", "spectrogram", "train", "cli"])),
    ("benches", But(&[])),
    ("tests", But(&[])),
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
            // Kernels that were compiled by an earlier process.
            "src/network/gpu/cache",
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
        let may = |above: &&str| match self.layers[row].1 {
            But(except) => !except.contains(above),
            Only(these) => these.contains(above),
        };
        Some(self.layers[..row].iter().map(|(above, _)| *above).filter(may).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_only_layers_above_it() {
        for (row, (layer, But(named) | Only(named))) in LAYERS.iter().enumerate() {
            for name in *named {
                assert!(LAYERS[..row].iter().any(|(above, _)| above == name), "{layer}: {name}");
            }
        }
    }
}
