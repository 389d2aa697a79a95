//! The shape of a BandWave network: everything but its weights.

use serde::{Deserialize, Serialize};

use crate::mel::Dialect;
use crate::network::{Conditioner, Layout, Rows};
use crate::{Error, Result};

/// Sines, and as many cosines, that tell the network its angle.
pub const LEVEL_TURNS: usize = 32;
/// Taps of a layer along time or bands.
pub const TAPS: usize = 3;
/// Least mean square that a normalized token is divided by the root of.
pub const NORM_EPSILON: f32 = 1e-6;

/// Neighbouring bands of the network that share their first and last weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BandGroup {
    /// Bins of a band; a multiple of four, after which a bin's phase advance per hop repeats.
    pub width: usize,
    /// Number of bands.
    pub bands: usize,
}

/// What a layer's taps lie along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Along {
    /// Frames: at −2d, −d and 0, so that the network is causal.
    Time,
    /// Bands: at −d, 0 and d.
    Bands,
}

/// Configuration of a BandWave network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BandWaveConfig {
    /// Channels of a token.
    pub channels: usize,
    /// Layers, along time and along bands in turn.
    pub layers: usize,
    /// Time layers until their dilation, doubling, starts again from 1.
    pub cycle: usize,
    /// Most mel frames ahead of its own that a frame can be told.
    pub look_ahead: usize,
    /// Width of the embedded level.
    pub level: usize,
    /// Bands of a mel frame.
    pub n_mels: usize,
    /// Samples per frame.
    pub hop: usize,
    /// Bins of a frame's spectrum.
    pub bins: usize,
    /// The bands, from low to high: all bins but the last, which is at half the rate.
    pub bands: Vec<BandGroup>,
}

/// The sizes of a BandWave network that its mel dialect does not fix: see [`BandWaveConfig`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BandWaveSizes {
    /// Channels of a token.
    pub channels: usize,
    /// Layers, along time and along bands in turn.
    pub layers: usize,
    /// Time layers until their dilation starts again from 1.
    pub cycle: usize,
    /// Most mel frames ahead of its own that a frame can be told.
    pub look_ahead: usize,
    /// Width of the embedded level.
    pub level: usize,
}

impl BandWaveSizes {
    /// The network of these sizes that is trained on `dialect`, one of [`BandWaveConfig::DIALECTS`].
    pub fn under(self, dialect: &Dialect) -> BandWaveConfig {
        let Self { channels, layers, cycle, look_ahead, level } = self;
        BandWaveConfig {
            channels,
            layers,
            cycle,
            look_ahead,
            level,
            n_mels: dialect.n_mels,
            hop: dialect.hop,
            bins: dialect.n_fft / 2 + 1,
            bands: bands_of(dialect),
        }
    }
}

/// The bands of networks that are trained on `dialect`.
fn bands_of(dialect: &Dialect) -> Vec<BandGroup> {
    let (mut bands, mut held) = (Vec::new(), 0);
    for (width, number) in BANDS {
        if held < dialect.n_fft / 2 {
            bands.push(BandGroup { width, bands: number });
            held += width * number;
        }
    }
    bands
}

/// Bands from low to high, as (width in bins, number): those of the second dialect are the lowest of the first one's.
const BANDS: [(usize, usize); 4] = [(12, 12), (24, 8), (44, 4), (64, 8)];

impl BandWaveConfig {
    /// The mel dialects that networks are trained on.
    pub const DIALECTS: [&str; 2] = ["bigvgan2-44k", "hifigan"];

    /// The dialect `name`, one of [`Self::DIALECTS`].
    ///
    /// # Errors
    /// Names `place` and `field` where it is another.
    pub fn dialect(place: &str, field: &str, name: &str) -> Result<Dialect> {
        match Self::DIALECTS.contains(&name) {
            true => Dialect::named(name),
            false => Err(Error::invalid(place, field, format!("\"{name}\""), Self::DIALECTS.join(" or "))),
        }
    }

    /// The dilation of layer `index`, and what it is along.
    pub fn layer(&self, index: usize) -> (Along, usize) {
        let pair = index / 2;
        match index % 2 {
            0 => (Along::Time, 1 << (pair % self.cycle)),
            _ => (Along::Bands, 1 + pair % 2),
        }
    }

    /// Tokens of a frame.
    pub fn tokens(&self) -> usize {
        self.bands.iter().map(|group| group.bands).sum()
    }

    /// Values of a frame of x: the real parts of its bins, then the imaginary ones.
    pub fn frame_values(&self) -> usize {
        2 * self.bins
    }

    /// Values of a frame that the condition is computed from: the mel frame before, its own, those ahead, and of each of
    /// those whether it is known.
    pub fn condition_values(&self) -> usize {
        (2 + self.look_ahead) * self.n_mels + self.look_ahead
    }

    /// Frames before a frame's own that one call looks at.
    pub fn reach(&self) -> usize {
        (0..self.layers)
            .map(|index| self.layer(index))
            .filter(|(along, _)| *along == Along::Time)
            .map(|(_, d)| 2 * d)
            .sum()
    }

    /// How the network lies on time.
    pub fn layout(&self) -> Layout {
        Layout {
            hop: self.hop,
            rows: Rows::Frames,
            channels: self.frame_values(),
            reach: [self.reach(), 0],
            whole_windows: false,
            conditioner: Some(Conditioner {
                n_mels: self.n_mels,
                reach_frames: [1, self.look_ahead],
                optional_frames: self.look_ahead,
            }),
            short_values: 0,
            causal: true,
        }
    }

    /// Names and shapes of all weights, as PyTorch lays them out, in the order of the forward pass.
    pub fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let (c, mut table) = (self.channels, Vec::new());
        let mut linear = |name: String, [inputs, outputs]: [usize; 2]| {
            table.push((format!("{name}.weight"), vec![outputs, inputs]));
            table.push((format!("{name}.bias"), vec![outputs]));
        };
        linear("level.0".into(), [2 * LEVEL_TURNS, self.level]);
        linear("level.2".into(), [self.level, self.level]);
        linear("condition".into(), [self.condition_values(), c]);
        for (index, group) in self.bands.iter().enumerate() {
            linear(format!("encode.{index}"), [3 * group.width, c]);
        }
        for index in 0..self.layers {
            linear(format!("layers.{index}.taps"), [TAPS * c, 2 * c]);
            linear(format!("layers.{index}.level"), [self.level, 2 * c]);
            linear(format!("layers.{index}.out"), [c, c]);
        }
        for (index, group) in self.bands.iter().enumerate() {
            linear(format!("decode.{index}"), [c, 2 * group.width]);
        }
        table.push(("place".into(), vec![self.tokens(), c]));
        for index in 0..self.layers {
            table.push((format!("layers.{index}.condition.weight"), vec![2 * c, c]));
            table.push((format!("layers.{index}.place"), vec![self.tokens(), 2 * c]));
        }
        table
    }

    /// Refuses sizes that no network can have.
    ///
    /// # Errors
    /// Names the field.
    pub fn validate(&self, place: &str) -> Result<()> {
        let within = [
            ("channels", self.channels, 16, 512),
            ("layers", self.layers, 1, 128),
            ("cycle", self.cycle, 1, 8),
            ("look_ahead", self.look_ahead, 0, 16),
            ("level", self.level, 1, 4096),
            ("n_mels", self.n_mels, 1, 4096),
            ("hop", self.hop, 1, 1 << 16),
            ("bins", self.bins, 2, 1 << 16),
        ];
        for (field, found, least, most) in within {
            if !(least..=most).contains(&found) {
                return Err(Error::invalid(
                    place,
                    format!("network.{field}"),
                    found,
                    format!("{least} to {most}"),
                ));
            }
        }
        if !self.channels.is_multiple_of(16) {
            return Err(Error::invalid(place, "network.channels", self.channels, "a multiple of 16"));
        }
        let bad = |group: &&BandGroup| !(1..=512).contains(&group.width) || !(1..=1024).contains(&group.bands);
        if let Some(group) = self.bands.iter().find(bad) {
            let found = format!("{} bands of {} bins", group.bands, group.width);
            return Err(Error::invalid(place, "network.bands", found, "1 to 1024 bands of 1 to 512 bins"));
        }
        let held: usize = self.bands.iter().map(|group| group.width * group.bands).sum();
        if held != self.bins - 1 {
            let expected = format!("{}: all but the last", self.bins - 1);
            return Err(Error::invalid(place, "network.bands", format!("{held} bins"), expected));
        }
        Ok(())
    }
}
