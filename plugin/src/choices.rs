//! What users choose from: the values of the parameters that are no numbers, and the model with its device.

use nice_plug::prelude::Enum;
use remel::checkpoint::Bundled;
use remel::vocoder::THREADS;
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Where the mel frames come from.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum MelFrom {
    /// The main input.
    #[id = "main"]
    Main,
    /// The side chain.
    #[id = "side"]
    #[name = "Side chain"]
    SideChain,
    /// What is sent to the port.
    #[id = "osc"]
    #[name = "OSC"]
    Osc,
}

/// Where mel frames are listened for. Saved with the project, never automated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OscSettings {
    /// The UDP port.
    pub port: u16,
    /// Whether other machines may send too.
    pub from_network: bool,
}

/// What sampling starts from, noised as far as *Strength* says.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// Noise alone.
    #[id = "noise"]
    Noise,
    /// The main input.
    #[id = "main"]
    Main,
    /// The side chain.
    #[id = "side"]
    #[name = "Side chain"]
    SideChain,
}

/// How much time a chunk and its look-ahead take.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatencyMode {
    /// As little as the model allows.
    #[id = "live"]
    Live,
    /// Longer chunks, less work.
    #[id = "balanced"]
    Balanced,
    /// The model's full context.
    #[id = "studio"]
    Studio,
}

/// What is heard while the worker is late.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnderrun {
    /// The dry signal, at the same latency.
    #[id = "dry"]
    Dry,
    /// Nothing.
    #[id = "silence"]
    Silence,
}

/// The device that renders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackendChoice {
    /// Whichever is faster for the model and the latency mode, as measured on this machine.
    #[default]
    Auto,
    /// The GPU.
    Gpu,
    /// The CPU.
    Cpu,
}

/// Which model renders, and where.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelChoice {
    /// A model file, or the name of a bundled model; none takes the default one.
    pub file: Option<PathBuf>,
    /// The device.
    pub backend: BackendChoice,
    /// Threads that render where the device is the CPU.
    pub threads: usize,
}

/// The model that a project is saved with. Never automated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedModel {
    /// Which, and where: the latest that was there, or what the host restored.
    #[serde(flatten)]
    pub choice: ModelChoice,
    /// The file as it last was, if it is one of the user's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<SeenModel>,
}

/// What is known of a model file that was there once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeenModel {
    /// What tells its content from that of others of its name.
    pub digest: String,
    /// Its header as JSON, from which its latency follows. As text, so that an unknown one costs nothing but that.
    pub header: String,
}

impl LatencyMode {
    /// The stream's.
    pub fn of_stream(self) -> remel::stream::LatencyMode {
        match self {
            Self::Live => remel::stream::LatencyMode::Live,
            Self::Balanced => remel::stream::LatencyMode::Balanced,
            Self::Studio => remel::stream::LatencyMode::Studio,
        }
    }
}

impl Default for OscSettings {
    fn default() -> Self {
        Self { port: 9000, from_network: false }
    }
}

impl OscSettings {
    /// The address to listen at.
    pub fn address(&self) -> SocketAddr {
        let host = if self.from_network { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
        SocketAddr::from((host, self.port))
    }
}

impl ModelChoice {
    /// Whether it is the model in `file`, or the bundled one of that name.
    pub fn is_of(&self, file: &Path) -> bool {
        self.file.as_deref().unwrap_or(Path::new(Bundled::default().name())) == file
    }
}

impl Default for ModelChoice {
    fn default() -> Self {
        Self { file: None, backend: BackendChoice::default(), threads: THREADS }
    }
}
