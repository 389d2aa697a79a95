//! Presets, models, undo and A/B on the parameters of an instance without a host.

use super::*;
use crate::history::Recorder;
use crate::preset::Direction;
use nice_plug::context::PluginApi;
use nice_plug::context::gui::{GuiContext, GuiContextInner};
use nice_plug::params::internals::ParamPtr;
use nice_plug::plugin::PluginState;

/// A host that sets what it is told to, and counts gestures.
struct Host {
    gestures: Arc<Mutex<usize>>,
}

impl GuiContextInner for Host {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }
    unsafe fn raw_begin_set_parameter(&self, _: ParamPtr) {
        *self.gestures.lock() += 1;
    }
    unsafe fn raw_set_parameter_normalized(&self, param: ParamPtr, normalized: f32) {
        // SAFETY: the caller's.
        unsafe { param._internal_set_normalized_value(normalized) };
    }
    unsafe fn raw_end_set_parameter(&self, _: ParamPtr) {}
    fn get_state(&self) -> PluginState {
        unreachable!("nobody asks")
    }
    fn set_state(&self, _: PluginState) {
        unreachable!("nobody asks")
    }
    fn request_restart(&self) {}
}

/// An instance, hands on it, and the context that its editor has.
struct Instance {
    params: Arc<RemelParams>,
    editing: Editing,
    context: GuiContext,
    gestures: Arc<Mutex<usize>>,
    place: tempfile::TempDir,
}

fn instance() -> Instance {
    let (params, history) = (Arc::new(RemelParams::default()), Arc::new(Mutex::new(History::default())));
    let place = tempfile::tempdir().expect("a folder");
    let gestures = Arc::new(Mutex::new(0));
    let host = Host { gestures: gestures.clone() };
    let context = Recorder::context(GuiContext::new(Arc::new(host)), params.clone(), history.clone());
    let editing = Editing::new(params.clone(), history, Some(Folder::at(place.path())));
    Instance { params, editing, context, gestures, place }
}

impl Instance {
    /// The user drags *Mix*.
    fn drag_mix(&self, value: f32) {
        let setter = self.context.param_setter();
        setter.begin_set_parameter(&self.params.mix);
        setter.set_parameter(&self.params.mix, 0.123);
        setter.set_parameter(&self.params.mix, value);
        setter.end_set_parameter(&self.params.mix);
    }

    fn load(&mut self, name: &str) {
        let preset = self.editing.bank().named(name).expect("a preset").clone();
        self.editing.load(&preset, &self.context.param_setter());
    }

    /// The loader takes what was chosen; `good` or not.
    fn tried(&mut self, good: bool) {
        let choice = self.params.attempt.lock().take();
        if let (true, Some(choice)) = (good, choice) {
            self.params.model.write().choice = choice;
        }
        self.editing.follow();
    }

    fn undo(&mut self) {
        self.editing.undo(&self.context.param_setter());
    }

    fn redo(&mut self) {
        self.editing.redo(&self.context.param_setter());
    }

    fn setting(&self) -> Setting {
        Setting::of(&self.params)
    }
}

#[test]
fn a_preset_is_set_by_gestures_and_undone_as_one() {
    let mut it = instance();
    it.drag_mix(0.5);
    let before = it.setting();
    it.load("Talking Pad");
    it.tried(true);
    assert_eq!(it.editing.current(), ("Talking Pad".to_owned(), false));
    assert_eq!((it.params.strength.value(), it.params.mix.value()), (0.55, 1.0));
    assert_eq!(*it.gestures.lock(), 1 + 5, "a gesture for each parameter that changes, and no more");
    assert_eq!(it.editing.steps(), [Some("preset Talking Pad".to_owned()), None]);
    let after = it.setting();
    it.undo();
    assert_eq!(it.setting(), before);
    assert_eq!(it.editing.steps(), [Some("Mix".to_owned()), Some("preset Talking Pad".to_owned())]);
    it.redo();
    assert_eq!(it.setting(), after);
    it.drag_mix(0.9);
    assert_eq!(it.editing.current(), ("Talking Pad".to_owned(), true));
    it.undo();
    it.undo();
    it.undo();
    assert_eq!(it.setting(), Setting::of(&RemelParams::default()));
}

#[test]
fn what_the_host_automates_is_neither_undone_nor_recorded() {
    let mut it = instance();
    it.drag_mix(0.5);
    // SAFETY: the pointer leads into parameters that live.
    unsafe { it.params.tilt.as_ptr()._internal_set_normalized_value(0.9) };
    it.undo();
    assert_eq!(it.params.mix.value(), 1.0);
    assert!((it.params.tilt.unmodulated_normalized_value() - 0.9).abs() < 1e-6);
    assert_eq!(it.editing.steps()[0], None);
}

#[test]
fn a_model_is_undone_and_one_that_is_bad_was_never_there() {
    let mut it = instance();
    it.editing.choose_file(Path::new("large"));
    it.tried(true);
    it.editing.choose_file(Path::new("/nowhere/bad.pt"));
    it.tried(false);
    assert_eq!(it.params.chosen().file.as_deref(), Some(Path::new("large")));
    it.undo();
    it.tried(true);
    assert!(it.params.chosen().is_of(Path::new("small")));
    it.redo();
    it.tried(true);
    assert!(it.params.chosen().is_of(Path::new("large")));
}

#[test]
fn presets_bring_their_model_unless_it_is_kept() {
    let mut it = instance();
    it.load("Telephone");
    it.tried(true);
    assert!(it.params.chosen().is_of(Path::new("tts")));
    it.editing.keeps_model = true;
    it.load("Clean Rebuild");
    it.tried(true);
    assert!(it.params.chosen().is_of(Path::new("tts")));
    assert_eq!(it.editing.current(), ("Clean Rebuild".to_owned(), false));
    it.editing.keeps_model = false;
    assert_eq!(it.editing.current(), ("Clean Rebuild".to_owned(), true));
}

#[test]
fn no_preset_touches_what_belongs_to_the_project() {
    let mut it = instance();
    // SAFETY: the pointers lead into parameters that live.
    unsafe {
        it.params.latency.as_ptr()._internal_set_normalized_value(1.0);
        it.params.output.as_ptr()._internal_set_normalized_value(0.3);
        it.params.bypass.as_ptr()._internal_set_normalized_value(1.0);
        it.params.on_underrun.as_ptr()._internal_set_normalized_value(1.0);
    }
    let kept = |params: &RemelParams| Values::of(params, |id| !crate::preset::sets(id));
    let before = kept(&it.params);
    assert_eq!(before.0.len(), 4);
    for _ in 0..it.editing.bank().presets().len() {
        it.editing.walk(Direction::Next, &it.context.param_setter());
        it.tried(true);
    }
    assert_eq!(kept(&it.params), before);
}

#[test]
fn a_and_b_hold_their_own_and_every_switch_is_undone() {
    let mut it = instance();
    it.drag_mix(0.5);
    let a = it.setting();
    it.editing.switch(&it.context.param_setter());
    assert_eq!((it.editing.compared(), it.setting()), ((Slot::B, true), a.clone()));
    it.load("Whisper");
    it.tried(true);
    let b = it.setting();
    assert_eq!(it.editing.compared(), (Slot::B, false));
    it.editing.switch(&it.context.param_setter());
    assert_eq!((it.editing.compared().0, it.setting()), (Slot::A, a.clone()));
    it.undo();
    assert_eq!((it.editing.compared().0, it.setting()), (Slot::B, b.clone()));
    it.redo();
    assert_eq!((it.editing.compared().0, it.setting()), (Slot::A, a.clone()));
    it.editing.copy();
    assert_eq!(it.editing.compared(), (Slot::A, true));
    it.editing.switch(&it.context.param_setter());
    assert_eq!(it.setting(), a);
    it.undo();
    it.undo();
    it.editing.switch(&it.context.param_setter());
    assert_eq!(it.setting(), b, "the copy is undone");
}

#[test]
fn presets_of_the_user_are_saved_renamed_and_deleted() {
    let mut it = instance();
    it.drag_mix(0.25);
    let path = it.editing.save(["Mine", "", "What it is."], false).expect("it is saved");
    assert_eq!(path, it.place.path().join("Mine.remelpreset"));
    assert_eq!(it.editing.current(), ("Mine".to_owned(), false));
    assert!(it.editing.save(["Mine", "", ""], false).is_err());
    it.drag_mix(0.75);
    it.editing.save(["Mine", "", ""], true).expect("it is replaced");
    it.load("Whisper");
    it.load("Mine");
    assert_eq!(it.params.mix.value(), 0.75);
    it.editing.rename(&path, "Yours").expect("it is renamed");
    assert_eq!(it.editing.current(), ("Yours".to_owned(), false));
    let preset = it.editing.bank().named("Yours").expect("a preset").clone();
    assert_eq!(file_of(&preset), Some(it.place.path().join("Yours.remelpreset").as_path()));
    it.editing.delete(&preset).expect("it is deleted");
    assert!(it.editing.bank().named("Yours").is_none());
    let factory = it.editing.bank().named("Whisper").expect("a preset").clone();
    assert!(it.editing.delete(&factory).is_err());
}
