//! Undo, redo and A/B of what the user changes in the editor.
//!
//! Only gestures that were made in the editor come here: what a host automates, or restores, fills no list. An edit remembers
//! the parameters that it changed and no others, so that undoing it leaves alone what was automated meanwhile.

mod compare;
mod edit;
mod recorder;

pub use compare::{Compare, Setting, Slot};
pub use edit::{Edit, Step};
pub use recorder::Recorder;

use crate::choices::ModelChoice;
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// The most edits that are kept.
const MOST_EDITS: usize = 200;
/// Gestures of one parameter that follow each other faster are one edit: notches of a wheel, repeats of a key.
const RUN: Duration = Duration::from_millis(800);

/// What the user has done, and undone.
#[derive(Default)]
pub struct History {
    done: VecDeque<Edit>,
    undone: Vec<Edit>,
    /// Values before the gestures that are under way, by parameter.
    gestures: BTreeMap<String, f32>,
    /// An edit of many gestures that is under way.
    group: Option<Step>,
    /// The parameter of the latest gesture and when it ended, as long as nothing else has been done.
    run: Option<(String, Instant)>,
    /// Nothing is to be recorded: an edit is being undone.
    paused: bool,
}

impl History {
    /// A gesture of the parameter `id` begins, whose value is `before`.
    pub fn begin(&mut self, id: &str, before: f32) {
        if !self.paused {
            self.gestures.entry(id.to_owned()).or_insert(before);
        }
    }

    /// It has ended, at `now`, with the value `after`.
    pub fn end(&mut self, id: &str, after: f32, now: Instant) {
        let Some(before) = self.gestures.remove(id).filter(|&before| before != after) else { return };
        if let Some(group) = &mut self.group {
            group.change(id, before, after);
            return;
        }
        let follows = self.run.take().is_some_and(|(last, at)| last == id && now - at < RUN);
        match self.done.back_mut() {
            Some(Edit::Step(step)) if follows => step.change(id, before, after),
            _ => self.push(Edit::Step(Step::of(id, before, after))),
        }
        self.undone.clear();
        self.run = Some((id.to_owned(), now));
    }

    /// What is done from here on until [`History::close`] is one edit called `name`.
    pub fn open(&mut self, name: &str) {
        self.close();
        self.group = Some(Step::named(name));
    }

    /// The end of what is one edit. One that changes nothing is none.
    pub fn close(&mut self) {
        if let Some(step) = self.group.take().filter(|step| !step.is_empty()) {
            self.record(Edit::Step(step));
        }
    }

    /// The user has chosen the model `after` where `before` was.
    pub fn model(&mut self, before: &ModelChoice, after: &ModelChoice) {
        if self.paused || before == after {
            return;
        }
        let models = Some([before.clone(), after.clone()]);
        match &mut self.group {
            Some(group) => group.model = models,
            None => self.record(Edit::Step(Step { model: models, ..Step::named("model") })),
        }
    }

    /// The model of the latest edit has proved bad: that part of it has not happened.
    pub fn model_failed(&mut self, choice: &ModelChoice) {
        let Some(Edit::Step(step)) = self.done.back_mut() else { return };
        if step.model.as_ref().is_some_and(|[_, after]| after == choice) {
            step.model = None;
            if step.is_empty() {
                self.done.pop_back();
            }
        }
    }

    /// The preset's name has become `after`.
    pub fn preset(&mut self, before: &str, after: &str) {
        if let Some(group) = self.group.as_mut().filter(|_| before != after) {
            group.preset = Some([before.to_owned(), after.to_owned()]);
        }
    }

    /// Something has been done that can be undone.
    pub fn record(&mut self, edit: Edit) {
        self.push(edit);
        self.undone.clear();
        self.run = None;
    }

    /// What [`History::undo`] would take back.
    pub fn undoable(&self) -> Option<&Edit> {
        self.done.back()
    }

    /// What [`History::redo`] would do again.
    pub fn redoable(&self) -> Option<&Edit> {
        self.undone.last()
    }

    /// Has `apply` take back the latest edit. Gestures that it makes are not recorded.
    pub fn undo(&mut self) -> Option<Edit> {
        let edit = self.done.pop_back()?;
        self.run = None;
        self.undone.push(edit.clone());
        Some(edit)
    }

    /// The latest edit that was undone, to be done again.
    pub fn redo(&mut self) -> Option<Edit> {
        let edit = self.undone.pop()?;
        self.push(edit.clone());
        self.run = None;
        Some(edit)
    }

    /// Nothing is recorded from here on, or is again.
    pub fn pause(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// The editor has closed: gestures that were under way have no end.
    pub fn abandon_gestures(&mut self) {
        self.gestures.clear();
        self.close();
    }

    fn push(&mut self, edit: Edit) {
        if self.done.len() == MOST_EDITS {
            self.done.pop_front();
        }
        self.done.push_back(edit);
    }
}

#[cfg(test)]
mod tests;
