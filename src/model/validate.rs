//! What a header says has to fit together, whatever the weights are.

use super::ModelHeader;
use super::levels::Levels;
use crate::diffusion::{Clamp, SamplerKind};
use crate::network::{Layout, Rows};
use crate::{Error, Result};

impl ModelHeader {
    /// Checks that everything in it fits together and is within its budget: what comes from a file or a host may hold anything.
    ///
    /// # Errors
    /// Names the first field of `place` that does not fit: a size, the dialect, a schedule.
    pub fn validate(&self, place: &str) -> Result<()> {
        self.check_budget(place)?;
        self.check(place)?;
        Levels::of(place, self).map(drop)
    }

    /// The same without the schedules, of a header that is within its budget.
    pub(super) fn check(&self, place: &str) -> Result<()> {
        let layout = self.network.layout();
        self.check_dialect(place, &layout)?;
        self.check_classes(place)?;
        if !(0.0..=1.5).contains(&self.temperature) {
            return Err(Error::invalid(place, "temperature", self.temperature, "0 to 1.5"));
        }
        self.check_prior(place, &layout)?;
        if let Some(phase) = &self.phase {
            phase.validate(place)?;
            if self.dialect.is_none() {
                return Err(Error::invalid(place, "phase", "some", "none: the network is unconditional"));
            }
        }
        let ancestral = self.sampler == SamplerKind::Ancestral;
        if self.network.learned_variance() && (self.dialect.is_some() || !ancestral) {
            let found = "learned variances";
            let expected = "none: only an unconditional network with ancestral sampling has a use for them";
            return Err(Error::invalid(place, "network", found, expected));
        }
        Ok(())
    }

    fn check_dialect(&self, place: &str, layout: &Layout) -> Result<()> {
        match (&self.dialect, layout.conditioner.map(|conditioner| conditioner.n_mels)) {
            (Some(dialect), Some(n_mels)) => {
                let of = format!("dialect {}", dialect.name);
                if dialect.n_mels != n_mels {
                    return Err(Error::invalid(place, of, format!("{} mels", dialect.n_mels), n_mels));
                }
                if dialect.hop != layout.hop {
                    let expected = format!("the network's {}", layout.hop);
                    return Err(Error::invalid(place, of, format!("hop {}", dialect.hop), expected));
                }
                if dialect.rate_hz != self.rate_hz {
                    return Err(Error::invalid(place, of, format!("{} Hz", dialect.rate_hz), self.rate_hz));
                }
                Ok(())
            }
            (None, None) => Ok(()),
            (Some(_), None) => {
                Err(Error::invalid(place, "dialect", "one", "none: the network is unconditional"))
            }
            (None, Some(n_mels)) => {
                Err(Error::invalid(place, "dialect", "none", format!("one of {n_mels} mels")))
            }
        }
    }

    fn check_prior(&self, place: &str, layout: &Layout) -> Result<()> {
        if let Some(prior) = &self.prior {
            let Some(dialect) = &self.dialect else {
                return Err(Error::invalid(place, "prior", "one", "none: the network is unconditional"));
            };
            prior.validate(place, dialect)?;
            if !prior.has_full_scale() && self.clamp != Clamp::Never {
                let expected = "never: what is sampled is whitened and has no full scale";
                return Err(Error::invalid(place, "clamp", format!("{:?}", self.clamp), expected));
            }
        }
        let prior = self.prior.zip(self.dialect.as_ref());
        let diffused = layout.frame_values();
        // Without a prior it is audio, of whatever channels.
        let audio = if layout.rows == Rows::Samples { diffused } else { layout.hop };
        let found = prior.map_or(audio, |(prior, dialect)| prior.frame_values(dialect));
        if diffused != found {
            let expected = format!("one whose frames have {diffused} values, as the network's do");
            return Err(Error::invalid(place, "prior", format!("one of {found} values a frame"), expected));
        }
        Ok(())
    }
}
