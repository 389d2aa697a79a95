//! Which of a file's networks is taken: names of weights have their module's before them, and some files hold a network twice.

use crate::network::Weights;

/// Parts of a prefix that say of its weights that they are averages over the training, which sound better than its last.
const AVERAGES: [&str; 4] = ["ema", "shadow", "averaged", "swa"];

/// The prefix of the network that is taken, and those of others.
#[derive(Debug, PartialEq)]
pub struct Prefix {
    pub taken: String,
    pub others: Vec<String>,
}

impl Prefix {
    /// The averages where the names say that some are, else the network whose names are the shortest; none where no name is
    /// one of a network's.
    /// A network's names are told by the `markers` that one of them ends with.
    pub fn of(weights: &Weights, markers: &[&str]) -> Option<Self> {
        let stem = |name: &str| markers.iter().find_map(|marker| Some(name.strip_suffix(marker)?.to_owned()));
        let mut prefixes: Vec<String> = weights.iter().filter_map(|(name, _)| stem(name)).collect();
        prefixes.sort_by_key(|prefix| (!is_average(prefix), prefix.len()));
        let taken = (!prefixes.is_empty()).then(|| prefixes.remove(0))?;
        Some(Self { taken, others: prefixes })
    }

    /// Those of `weights` that are the network's, without the prefix.
    pub fn strip(&self, weights: &Weights) -> Weights {
        let mut bare = Weights::default();
        for (name, tensor) in weights.iter() {
            // Under no prefix of its own it is what has no other's.
            let others = self
                .others
                .iter()
                .any(|other| other.len() > self.taken.len() && name.starts_with(other.as_str()));
            if let Some(rest) = name.strip_prefix(&self.taken).filter(|_| !others) {
                bare.insert(rest, tensor.clone());
            }
        }
        bare
    }

    /// Which was taken, where there was a choice.
    pub fn told(&self) -> Option<String> {
        let other = self.others.first()?;
        let why = if is_average(&self.taken) { "averages over the training" } else { "the shortest names" };
        Some(format!("took the weights {}* ({why}), not {other}*", self.taken))
    }
}

fn is_average(prefix: &str) -> bool {
    prefix.split(['.', '_']).any(|part| AVERAGES.contains(&part.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Tensor;

    #[test]
    fn averages_are_taken_before_other_weights() {
        let of = |names: &[&str]| {
            let mut weights = Weights::default();
            for name in names {
                weights.insert(format!("{name}marker"), Tensor { shape: vec![0], data: Vec::new() });
            }
            Prefix::of(&weights, &["marker"]).map(|prefix| prefix.taken)
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[""]).unwrap(), "");
        assert_eq!(of(&["model.", "ema_model."]).unwrap(), "ema_model.");
        assert_eq!(of(&["state_dict.", "ema.shadow."]).unwrap(), "ema.shadow.");
        assert_eq!(of(&["", "teacher."]).unwrap(), "");
    }
}
