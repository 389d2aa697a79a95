//! What a measurement has found.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Key;
use crate::network::Backend;

/// How fast each place renders a workload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// The model's name, for the user's eyes: of several models of one configuration, the one that was measured.
    pub model: String,
    /// What was measured.
    pub key: Key,
    /// Every place.
    pub timings: Vec<Timing>,
}

/// How a place did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// The place's name.
    pub place: String,
    /// How it did.
    pub outcome: Outcome,
}

/// What came of timing a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// It renders.
    Rendered {
        /// Seconds from opening it to the end of its first render: what its first use costs. Later ones cost less where the
        /// driver keeps what it has compiled.
        first_use_s: f64,
        /// Time spent over the time that the sound lasts: below 1 is faster than real time.
        real_time_factor: f64,
    },
    /// It does not, for this reason.
    Failed(String),
}

impl Measurement {
    /// The place that renders fastest; where several do, and where none does, the CPU.
    pub fn fastest(&self) -> &str {
        self.least(|_, factor| factor)
    }

    /// The place that has rendered `seconds` of sound first, its first use included.
    pub fn fastest_for(&self, seconds: f64) -> &str {
        self.least(|first_use_s, factor| first_use_s + seconds * factor)
    }

    /// The one of `places` that renders fastest.
    pub fn fastest_of(&self, places: &[Backend]) -> Backend {
        named(places, self.fastest())
    }

    /// Time that the place `name` spends over the time that the sound lasts; none where it failed or was not measured.
    pub fn real_time_factor(&self, name: &str) -> Option<f64> {
        self.timings.iter().find(|timing| timing.place == name).and_then(|timing| match timing.outcome {
            Outcome::Rendered { real_time_factor, .. } => Some(real_time_factor),
            Outcome::Failed(_) => None,
        })
    }

    /// Whether all figures are some: a file may say anything.
    pub(super) fn is_plausible(&self) -> bool {
        let is_figure = |figure: f64| figure.is_finite() && figure >= 0.0;
        self.timings.iter().all(|timing| match timing.outcome {
            Outcome::Rendered { first_use_s, real_time_factor } => {
                is_figure(first_use_s) && is_figure(real_time_factor)
            }
            Outcome::Failed(_) => true,
        })
    }

    /// The place whose `cost` of first use and real-time factor is least.
    fn least(&self, cost: impl Fn(f64, f64) -> f64) -> &str {
        let mut best: Option<(&str, f64)> = None;
        for Timing { place, outcome } in &self.timings {
            let Outcome::Rendered { first_use_s, real_time_factor } = *outcome else { continue };
            let cost = cost(first_use_s, real_time_factor);
            if best.is_none_or(|(_, least)| cost < least || cost == least && is_cpu(place)) {
                best = Some((place, cost));
            }
        }
        best.map_or(CPU, |(place, _)| place)
    }
}

/// What [`Backend::Cpu`] is called.
const CPU: &str = "CPU";

fn is_cpu(place: &str) -> bool {
    place == CPU
}

/// The one of `places` that is called `name`; the CPU where none is.
pub(super) fn named(places: &[Backend], name: &str) -> Backend {
    places.iter().find(|place| place.to_string() == name).cloned().unwrap_or(Backend::Cpu)
}

impl fmt::Display for Measurement {
    /// Every place with its share of real time, or why it has none.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (index, Timing { place, outcome }) in self.timings.iter().enumerate() {
            if index > 0 {
                write!(f, ", ")?;
            }
            match outcome {
                Outcome::Rendered { real_time_factor, .. } => {
                    write!(f, "{place}: {real_time_factor:.3}")?;
                    if index == 0 {
                        write!(f, " of real time")?;
                    }
                }
                Outcome::Failed(reason) => write!(f, "{place}: {reason}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_is_called_so() {
        assert_eq!(Backend::Cpu.to_string(), CPU);
    }
}
