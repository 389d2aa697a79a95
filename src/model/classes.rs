//! Classes of sounds by name.

use super::ModelHeader;
use crate::{Error, Result};

impl ModelHeader {
    /// The class that `asked` names, or counts from 0 where no class has such a name.
    ///
    /// # Errors
    /// Where there is none; the message lists what there is.
    pub fn class(&self, asked: &str) -> Result<usize> {
        let by_name = self.classes.iter().position(|name| name == asked);
        let by_index = || asked.parse().ok().filter(|index| *index < self.classes.len());
        by_name.or_else(by_index).ok_or_else(|| self.no_class(format!("\"{asked}\"")))
    }

    /// Refuses a request for a class that the network does not have, for none of those that it has, and for guidance
    /// (any scale but 1) that it was not trained for.
    ///
    /// # Errors
    /// Names the field; the message lists the classes.
    pub fn check_request(&self, class: Option<usize>, guidance: f32) -> Result<()> {
        match class {
            Some(class) if class >= self.classes.len() => return Err(self.no_class(class.to_string())),
            None if !self.classes.is_empty() => return Err(self.no_class("none".into())),
            _ => {}
        }
        if guidance == 1.0 || self.null_label {
            return Ok(());
        }
        let expected = "1: the model was trained with classes always or never (see data.label_dropout)";
        Err(Error::invalid(&self.card.name, "guidance", guidance, expected))
    }

    fn no_class(&self, found: String) -> Error {
        let expected = match self.classes.len() {
            0 => "none: the network has no classes".into(),
            count => format!("one of {}, or an index from 0 to {}", self.classes.join(", "), count - 1),
        };
        Error::invalid(&self.card.name, "class", found, expected)
    }

    /// Refuses names that are not one for each of the network's classes.
    pub(super) fn check_classes(&self, place: &str) -> Result<()> {
        let classes = self.network.classes();
        if self.classes.len() != classes {
            let found = format!("{} names", self.classes.len());
            return Err(Error::invalid(place, "classes", found, format!("{classes}, as the network has")));
        }
        let repeated = |index: usize| self.classes[..index].contains(&self.classes[index]);
        if let Some(index) = (0..classes).find(|index| repeated(*index) || self.classes[*index].is_empty()) {
            let found = format!("\"{}\"", self.classes[index]);
            return Err(Error::invalid(place, "classes", found, "a name of its own for every class"));
        }
        if self.null_label && classes == 0 {
            return Err(Error::invalid(place, "null_label", true, "false: the network has no classes"));
        }
        Ok(())
    }
}
