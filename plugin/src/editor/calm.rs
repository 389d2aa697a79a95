//! A line of words that does not flicker.

use egui::Color32;

/// How long words stay at least, unless worse ones come, in seconds.
const STAY_S: f64 = 2.0;

/// How much the user has to know something, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It goes without saying.
    Still,
    /// All is well.
    Good,
    /// Something the user should know.
    Warning,
    /// Something that is wrong.
    Error,
}

/// The line.
#[derive(Default)]
pub struct Calm {
    /// What is shown, and when it was true last.
    shown: Option<(String, Weight, f64)>,
}

impl Weight {
    /// The colour of words.
    pub fn colour(self) -> Color32 {
        match self {
            Self::Still => super::theme::TEXT_WEAK,
            Self::Good => super::theme::GOOD,
            Self::Warning => super::theme::WARNING,
            Self::Error => super::theme::ERROR,
        }
    }
}

impl Calm {
    /// What to show at `now`, where `words` are what is true.
    pub fn show(&mut self, now: f64, words: String, weight: Weight) -> (&str, Weight) {
        let keeps = self.shown.as_ref().is_some_and(|(shown, heavy, when)| {
            *shown != words && *heavy > weight.max(Weight::Good) && now - when < STAY_S
        });
        if !keeps {
            self.shown = Some((words, weight, now));
        }
        self.shown.as_ref().map_or(("", Weight::Still), |(words, weight, _)| (words, *weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_stays_for_a_while_and_worse_comes_at_once() {
        let mut line = Calm::default();
        let mut at = |now, words: &str, weight| line.show(now, words.to_owned(), weight).0.to_owned();
        assert_eq!(at(0.0, "fine", Weight::Good), "fine");
        assert_eq!(at(0.1, "late", Weight::Error), "late");
        assert_eq!(at(0.2, "fine", Weight::Good), "late");
        assert_eq!(at(1.0, "late", Weight::Error), "late");
        assert_eq!(at(2.9, "fine", Weight::Good), "late");
        assert_eq!(at(3.1, "fine", Weight::Good), "fine");
        assert_eq!(at(3.2, "silence", Weight::Still), "silence");
    }
}
