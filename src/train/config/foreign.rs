//! Fields of a configuration that trainings of some networks alone read.

use super::{TrainConfig, TrainingConfig};
use crate::train::range::other;
use crate::{Error, Result};

/// A field's name, and what is found there where that is not its default.
pub(super) type Field = (&'static str, Option<String>);

impl TrainConfig {
    /// The fields that DiffWave's training alone reads.
    pub(super) fn read_by_diffwave_alone(&self) -> [Field; 6] {
        let (training, default) = (&self.training, TrainingConfig::default());
        let classes = Some(self.data.classes.join(", ")).filter(|classes| !classes.is_empty());
        [
            ("distill", self.distill.as_ref().map(|_| "a table".to_owned())),
            ("data.classes", classes),
            ("training.objective", other(&training.objective, &default.objective)),
            ("training.precision", other(&training.precision, &default.precision)),
            ("training.spectral_weight", other(&training.spectral_weight, &default.spectral_weight)),
            ("training.shaped_weight", other(&training.shaped_weight, &default.shaped_weight)),
        ]
    }
}

/// Refuses `fields` of which one says something in a training of a network of `kind`.
pub(super) fn refuse(place: &str, kind: &str, fields: impl IntoIterator<Item = Field>) -> Result<()> {
    for (field, found) in fields {
        if let Some(found) = found {
            let expected = format!("none, or the default, as network.kind is \"{kind}\"");
            return Err(Error::invalid(place, field, found, expected));
        }
    }
    Ok(())
}
