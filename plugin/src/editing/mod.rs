//! What the user does beyond turning one control: models, presets, undo, A and B.

mod presets;

pub use presets::file_of;

use crate::choices::ModelChoice;
use crate::history::{Compare, Edit, History, Setting, Slot, Step};
use crate::params::RemelParams;
use crate::preset::{Bank, Folder};
use crate::values::Values;
use nice_plug::prelude::*;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Hands on the settings of one instance. Everything that it does can be undone.
pub struct Editing {
    params: Arc<RemelParams>,
    history: Arc<Mutex<History>>,
    compare: Compare,
    folder: Option<Folder>,
    bank: Bank,
    /// Presets leave the model as it is.
    pub keeps_model: bool,
    /// The model that is being tried, and the one before.
    tried: Option<[ModelChoice; 2]>,
}

impl Editing {
    /// For the instance of `params`, whose editor's gestures go to `history`.
    pub fn new(params: Arc<RemelParams>, history: Arc<Mutex<History>>, folder: Option<Folder>) -> Self {
        let bank = Bank::read(folder.as_ref());
        Self { params, history, compare: Compare::default(), folder, bank, keeps_model: false, tried: None }
    }

    /// Has a model, device or number of threads tried. The same once more is read once more.
    pub fn choose(&mut self, choice: ModelChoice) {
        let before = self.params.chosen();
        if before != choice {
            self.history.lock().model(&before, &choice);
            self.tried = Some([before, choice.clone()]);
            self.params.choose(choice);
        }
    }

    /// Has the model in `file`, or the bundled one of that name, tried.
    pub fn choose_file(&mut self, file: &Path) {
        let current = self.params.chosen();
        if current.is_of(file) {
            self.params.choose(current);
        } else {
            self.choose(ModelChoice { file: Some(file.to_owned()), ..current });
        }
    }

    /// Looks what has become of a model that was tried: one that has proved bad was not chosen.
    pub fn follow(&mut self) {
        if self.params.attempt.lock().is_some() {
            return;
        }
        if let Some([before, after]) = self.tried.take()
            && self.params.model.read().choice == before
        {
            self.history.lock().model_failed(&after);
        }
    }

    /// What undoing would take back, and redoing would do again, in words.
    pub fn steps(&self) -> [Option<String>; 2] {
        let history = self.history.lock();
        [history.undoable(), history.redoable()].map(|edit| edit.map(|edit| self.title(edit)))
    }

    fn title(&self, edit: &Edit) -> String {
        match edit {
            Edit::Step(step) => {
                let title = step.title();
                let named = self.params.param_map().into_iter().find(|(id, _, _)| id == title);
                // SAFETY: the pointer leads into `params`, which is held.
                named.map_or_else(|| title.to_owned(), |(_, param, _)| unsafe { param.name() }.to_owned())
            }
            Edit::Switch => "A/B".to_owned(),
            Edit::Copy { .. } => "copy".to_owned(),
        }
    }

    /// Takes back what was done last.
    pub fn undo(&mut self, setter: &ParamSetter) {
        let edit = self.history.lock().undo();
        match edit {
            Some(Edit::Step(step)) => self.restore(&step, 0, setter),
            Some(Edit::Switch) => self.change_sides(setter),
            Some(Edit::Copy { before, .. }) => drop(self.compare.set_other(before.map(|setting| *setting))),
            None => {}
        }
    }

    /// Does again what was taken back last.
    pub fn redo(&mut self, setter: &ParamSetter) {
        let edit = self.history.lock().redo();
        match edit {
            Some(Edit::Step(step)) => self.restore(&step, 1, setter),
            Some(Edit::Switch) => self.change_sides(setter),
            Some(Edit::Copy { after, .. }) => drop(self.compare.set_other(Some(*after))),
            None => {}
        }
    }

    /// Which setting is heard, and whether the other sounds the same.
    pub fn compared(&self) -> (Slot, bool) {
        (self.compare.active(), self.compare.is_same(&Setting::of(&self.params)))
    }

    /// Goes to the setting that is not heard.
    pub fn switch(&mut self, setter: &ParamSetter) {
        self.change_sides(setter);
        self.history.lock().record(Edit::Switch);
    }

    /// Copies what is heard over the setting that is not.
    pub fn copy(&mut self) {
        let after = Setting::of(&self.params);
        let before = self.compare.set_other(Some(after.clone())).map(Box::new);
        self.history.lock().record(Edit::Copy { before, after: Box::new(after) });
    }

    fn change_sides(&mut self, setter: &ParamSetter) {
        let setting = self.compare.switch(Setting::of(&self.params));
        self.unrecorded(|editing| {
            editing.put(&setting.values.0, setter);
            editing.choose(setting.model);
            *editing.params.preset.write() = setting.preset;
        });
    }

    /// Goes to one `side` of `step`: 0 is before, 1 after.
    fn restore(&mut self, step: &Step, side: usize, setter: &ParamSetter) {
        self.unrecorded(|editing| {
            let values = step.changes.iter().map(|(id, change)| (id.clone(), change[side])).collect();
            editing.put(&values, setter);
            if let Some(models) = &step.model {
                editing.choose(models[side].clone());
            }
            if let Some(names) = &step.preset {
                editing.params.preset.write().clone_from(&names[side]);
            }
        });
    }

    fn unrecorded(&mut self, work: impl FnOnce(&mut Self)) {
        self.history.lock().pause(true);
        work(self);
        self.history.lock().pause(false);
    }

    /// One gesture for each parameter that is not at its value yet.
    fn put(&self, values: &BTreeMap<String, f32>, setter: &ParamSetter) {
        let now = Values::of(&self.params, |id| values.contains_key(id));
        for (id, param, _) in self.params.param_map() {
            if let Some(&value) = values.get(&id).filter(|&&value| (now.0[&id] - value).abs() > 1e-6) {
                // SAFETY: the pointer leads into `params`, which is held, and this is the editor's thread.
                unsafe {
                    setter.raw_context.raw_begin_set_parameter(param);
                    setter.raw_context.raw_set_parameter_normalized(param, value);
                    setter.raw_context.raw_end_set_parameter(param);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
