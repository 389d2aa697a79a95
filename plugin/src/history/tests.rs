//! What is recorded, and what of it is undone.

use super::*;
use std::path::PathBuf;

/// The only change of the latest edit.
fn latest(history: &History) -> Option<(&str, [f32; 2])> {
    match history.undoable()? {
        Edit::Step(step) => step.changes.iter().next().map(|(id, change)| (id.as_str(), *change)),
        _ => None,
    }
}

fn turn(history: &mut History, id: &str, before: f32, after: f32, now: Instant) {
    history.begin(id, before);
    history.end(id, after, now);
}

fn model(name: &str) -> ModelChoice {
    ModelChoice { file: Some(PathBuf::from(name)), ..ModelChoice::default() }
}

#[test]
fn a_drag_is_one_edit_and_one_that_returns_is_none() {
    let (mut history, now) = (History::default(), Instant::now());
    history.begin("mix", 1.0);
    history.begin("mix", 0.7);
    history.end("mix", 0.5, now);
    assert_eq!(latest(&history), Some(("mix", [1.0, 0.5])));
    turn(&mut history, "tilt", 0.5, 0.5, now);
    history.end("shift", 0.5, now);
    assert_eq!(
        latest(&history),
        Some(("mix", [1.0, 0.5])),
        "neither a still gesture nor an end without a beginning"
    );
    history.undo();
    assert!(history.undo().is_none());
}

#[test]
fn notches_of_a_wheel_are_one_edit_until_a_pause_or_another_control() {
    let (mut history, start) = (History::default(), Instant::now());
    let at = |milliseconds| start + Duration::from_millis(milliseconds);
    turn(&mut history, "mix", 1.0, 0.9, at(0));
    turn(&mut history, "mix", 0.9, 0.8, at(300));
    turn(&mut history, "mix", 0.8, 0.7, at(900));
    assert_eq!(latest(&history), Some(("mix", [1.0, 0.7])));
    turn(&mut history, "mix", 0.7, 0.6, at(2000));
    assert_eq!(latest(&history), Some(("mix", [0.7, 0.6])));
    turn(&mut history, "tilt", 0.5, 0.6, at(2100));
    turn(&mut history, "mix", 0.6, 0.5, at(2200));
    assert_eq!(latest(&history), Some(("mix", [0.6, 0.5])));
    assert_eq!(std::iter::from_fn(|| history.undo()).count(), 4);
}

#[test]
fn undo_and_redo_walk_the_edits_and_a_new_one_ends_the_redoing() {
    let (mut history, start) = (History::default(), Instant::now());
    for (index, id) in ["mix", "tilt", "shift"].into_iter().enumerate() {
        turn(&mut history, id, 0.0, 1.0, start + RUN * index as u32);
    }
    let title = |edit: Option<Edit>| match edit {
        Some(Edit::Step(step)) => step.title().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(title(history.undo()), "shift");
    assert_eq!(title(history.undo()), "tilt");
    assert_eq!(title(history.redo()), "tilt");
    assert_eq!(title(history.redoable().cloned()), "shift");
    turn(&mut history, "tilt", 1.0, 0.5, start);
    assert!(history.redo().is_none());
    assert_eq!(latest(&history), Some(("tilt", [1.0, 0.5])), "after an undo a gesture is an edit of its own");
}

#[test]
fn what_undoing_itself_does_is_not_recorded() {
    let (mut history, now) = (History::default(), Instant::now());
    turn(&mut history, "mix", 1.0, 0.5, now);
    history.undo();
    history.pause(true);
    turn(&mut history, "mix", 0.5, 1.0, now);
    history.model(&model("small"), &model("large"));
    history.pause(false);
    assert!(history.undoable().is_none());
    assert!(history.redoable().is_some());
}

#[test]
fn a_preset_is_one_edit_with_its_model_and_name() {
    let (mut history, now) = (History::default(), Instant::now());
    history.open("preset Whisper");
    turn(&mut history, "mix", 1.0, 0.5, now);
    turn(&mut history, "tilt", 0.5, 0.6, now);
    history.model(&model("small"), &model("large"));
    history.preset("", "Whisper");
    history.close();
    let Some(Edit::Step(step)) = history.undo() else { panic!("an edit") };
    assert_eq!((step.title(), step.changes.len()), ("preset Whisper", 2));
    assert_eq!(step.model, Some([model("small"), model("large")]));
    assert_eq!(step.preset, Some([String::new(), "Whisper".to_owned()]));
    assert!(history.undo().is_none());
    history.open("preset Same");
    history.close();
    assert!(history.redoable().is_some(), "an edit that changes nothing is none");
}

#[test]
fn a_model_that_proves_bad_has_not_been_chosen() {
    let (mut history, now) = (History::default(), Instant::now());
    history.model(&model("small"), &model("bad"));
    history.model_failed(&model("bad"));
    assert!(history.undoable().is_none());
    history.open("preset");
    turn(&mut history, "mix", 1.0, 0.5, now);
    history.model(&model("small"), &model("bad"));
    history.close();
    history.model_failed(&model("another"));
    history.model_failed(&model("bad"));
    let Some(Edit::Step(step)) = history.undo() else { panic!("the parameters have changed") };
    assert_eq!((step.model, step.changes.len()), (None, 1));
}

#[test]
fn the_list_has_an_end() {
    let (mut history, start) = (History::default(), Instant::now());
    for index in 0..MOST_EDITS as u32 + 50 {
        turn(&mut history, "mix", index as f32, index as f32 + 1.0, start + 2 * RUN * index);
    }
    assert_eq!(std::iter::from_fn(|| history.undo()).count(), MOST_EDITS);
}

#[test]
fn a_and_b_trade_places_and_a_copy_makes_them_alike() {
    let params = crate::params::RemelParams::default();
    let (a, mut compare) = (Setting::of(&params), Compare::default());
    assert_eq!((compare.active(), compare.is_same(&a)), (Slot::A, true));
    assert_eq!(compare.switch(a.clone()), a, "with nothing in B, B begins as A");
    let mut b = a.clone();
    b.values.0.insert("mix".into(), 0.25);
    assert!(!compare.is_same(&b));
    assert_eq!(compare.switch(b.clone()), a);
    assert_eq!((compare.active(), compare.switch(a.clone())), (Slot::A, b.clone()));
    assert_eq!(compare.set_other(Some(b.clone())), Some(a));
    assert!(compare.is_same(&b));
}
