//! Values by mouse and keyboard.

use crate::Test;
use crate::audio::Told;
use crate::display::{button, key};
use crate::editor::Editor;

pub const TESTS: &[Test] = &[
    ("a_number_is_typed_after_a_double_click", a_number_is_typed_after_a_double_click),
    ("nonsense_and_escape_leave_the_value", nonsense_and_escape_leave_the_value),
    ("the_wheel_steps_and_shift_makes_it_fine", the_wheel_steps_and_shift_makes_it_fine),
    ("keys_reach_and_change_every_control", keys_reach_and_change_every_control),
    ("a_drag_is_one_gesture_and_shift_makes_it_fine", a_drag_is_one_gesture_and_shift_makes_it_fine),
    ("double_click_and_ctrl_click_reset", double_click_and_ctrl_click_reset),
    ("a_right_click_changes_nothing_and_its_menu_does", a_right_click_changes_nothing_and_its_menu_does),
    ("choices_and_switches_are_set_by_clicks", choices_and_switches_are_set_by_clicks),
    ("the_seed_goes_one_down_one_up_and_by_chance", the_seed_goes_one_down_one_up_and_by_chance),
];

/// A place on a slider's number, and one on its bar.
const NUMBER: [f32; 2] = [0.95, 0.2];
const BAR: [f32; 2] = [0.3, 0.85];

/// Opens the field of a number, and writes into it.
fn type_into(editor: &mut Editor, name: &str, text: &str) {
    editor.click_at(editor.at(name, NUMBER), button::LEFT, 2);
    let field = format!("{name} as a number");
    editor.wait("a field opens", |editor| editor.find(&field).is_some());
    editor.enter(text);
    editor.wait("the field closes", |editor| editor.find(&field).is_none());
}

fn a_number_is_typed_after_a_double_click() {
    let mut editor = Editor::open();
    type_into(&mut editor, "Strength", "37");
    editor.wait_for_text("Strength", "37 %");
    type_into(&mut editor, "Shift", "-2,5 st");
    editor.wait_for_text("Shift", "-2.5 st");
    type_into(&mut editor, "Steps", "4");
    editor.wait_for_text("Steps", "4");
    type_into(&mut editor, "Seed", "42");
    editor.wait_for_text("Seed", "42");
    assert_eq!(editor.node("Strength").value, "37 %");
    // With the focus on the bar, Enter opens the field too.
    editor.press(&[], key::ENTER);
    editor.enter("7");
    editor.wait_for_text("Seed", "7");
}

fn nonsense_and_escape_leave_the_value() {
    let mut editor = Editor::open();
    type_into(&mut editor, "Mix", "40");
    editor.wait_for_text("Mix", "40 %");
    editor.take_told();
    type_into(&mut editor, "Mix", "loud");
    editor.press(&[], key::ENTER);
    "70".chars().for_each(|character| editor.desk.write(character));
    editor.press(&[], key::ESCAPE);
    editor.wait("the field closes", |editor| editor.find("Mix as a number").is_none());
    assert_eq!((editor.take_told(), editor.text("Mix")), (Vec::new(), "40 %".to_owned()));
}

fn the_wheel_steps_and_shift_makes_it_fine() {
    let mut editor = Editor::open();
    let turn = |editor: &mut Editor, button: u8, notches: usize| {
        for _ in 0..notches {
            editor.desk.button(button, true);
            editor.desk.button(button, false);
            editor.settle();
        }
    };
    editor.hover("Smear");
    turn(&mut editor, button::WHEEL_UP, 12);
    editor.wait_for_text("Smear", "12 %");
    turn(&mut editor, button::WHEEL_DOWN, 2);
    editor.wait_for_text("Smear", "10 %");
    editor.hover("Shift");
    turn(&mut editor, button::WHEEL_UP, 2);
    editor.desk.key(key::SHIFT, true);
    turn(&mut editor, button::WHEEL_DOWN, 3);
    editor.desk.key(key::SHIFT, false);
    editor.wait_for_text("Shift", "1.7 st");
}

fn keys_reach_and_change_every_control() {
    let mut editor = Editor::open();
    editor.click_at(editor.at("Strength", [0.1, 0.2]), button::LEFT, 1);
    assert!(editor.node("Strength").focused && editor.value("Strength") == 1.0);
    editor.press(&[], key::LEFT);
    editor.press(&[], key::DOWN);
    editor.wait_for_text("Strength", "98 %");
    editor.press(&[], key::PAGE_DOWN);
    editor.wait_for_text("Strength", "88 %");
    editor.press(&[], key::HOME);
    editor.wait_for_text("Strength", "0 %");
    editor.press(&[], key::UP);
    editor.press(&[], key::RIGHT);
    editor.press(&[], key::PAGE_UP);
    editor.wait_for_text("Strength", "12 %");
    editor.press(&[], key::DELETE);
    editor.wait_for_text("Strength", "100 %");
    editor.press(&[], key::TAB);
    assert!(editor.node("Detail").focused);
    editor.press(&[key::SHIFT], key::LEFT);
    editor.wait("a fine step", |editor| (editor.value("Detail") - 0.999).abs() < 1e-4);
    editor.press(&[], key::END);
    editor.press(&[key::SHIFT], key::TAB);
    assert!(editor.node("Strength").focused);
    // Round the whole window: every parameter gets the focus.
    let names = ["Mel from: Main", "Carrier: Noise", "Steps", "Temperature", "Seed", "Coherence", "Shift"];
    let names =
        names.into_iter().chain(["Formant tilt", "Smear", "Freeze", "Latency: Live", "On underrun: Dry"]);
    let mut missed: Vec<&str> = names.chain(["Mix", "Output", "Bypass", "Tips", "Zoom", "Underruns"]).collect();
    for _ in 0..60 {
        editor.press(&[], key::TAB);
        missed.retain(|name| !editor.node(name).focused);
    }
    assert!(missed.is_empty(), "{missed:?}");
}

fn a_drag_is_one_gesture_and_shift_makes_it_fine() {
    let mut editor = Editor::open();
    let id = editor.id("Temperature");
    editor.take_told();
    let [from, to] = [editor.at("Temperature", [0.2, 0.85]), editor.at("Temperature", [0.5, 0.85])];
    editor.drag(from, to, 6);
    editor.wait_for_text("Temperature", "0.75");
    let told = editor.take_told();
    let values = told.iter().filter(|told| matches!(told, Told::Value(..))).count();
    assert!(told[0] == Told::Begin(id) && told[told.len() - 1] == Told::End(id), "{told:?}");
    assert!(values >= 4 && told.len() == values + 2, "{told:?}");
    // From where the value is, a tenth as far: hosts see its range as 0 to 1.
    let before = editor.value("Temperature");
    editor.desk.key(key::SHIFT, true);
    editor.drag(from, to, 6);
    editor.desk.key(key::SHIFT, false);
    let moved = editor.value("Temperature") - before;
    assert!((moved - 0.03).abs() < 0.002, "from {before} by {moved}");
}

fn double_click_and_ctrl_click_reset() {
    let mut editor = Editor::open();
    for name in ["Temperature", "Formant tilt", "Output"] {
        let default = editor.value(name);
        editor.click_at(editor.at(name, BAR), button::LEFT, 1);
        editor.wait("a click sets", |editor| editor.value(name) != default);
        editor.click_at(editor.at(name, BAR), button::LEFT, 2);
        editor.wait("a double click resets", |editor| editor.value(name) == default);
        editor.click_at(editor.at(name, BAR), button::LEFT, 1);
        editor.wait("a click sets", |editor| editor.value(name) != default);
        editor.desk.key(key::CONTROL, true);
        editor.click_at(editor.at(name, BAR), button::LEFT, 1);
        editor.desk.key(key::CONTROL, false);
        editor.wait("a ctrl-click resets", |editor| editor.value(name) == default);
    }
}

fn a_right_click_changes_nothing_and_its_menu_does() {
    let mut editor = Editor::open();
    type_into(&mut editor, "Strength", "55");
    editor.wait_for_text("Strength", "55 %");
    editor.take_told();
    for name in
        ["Mel from: Main", "Carrier: Noise", "Strength", "Temperature", "Seed", "Shift", "Freeze", "Output"]
    {
        editor.click_at(editor.at(name, BAR), button::RIGHT, 1);
        assert!(editor.find("Reset").is_some(), "no menu over {name}");
        editor.press(&[], key::ESCAPE);
        editor.wait("the menu closes", |editor| editor.find("Reset").is_none());
    }
    assert_eq!(editor.take_told(), Vec::new());
    let menu = |editor: &mut Editor, name: &str, item: &str| {
        editor.click_at(editor.at(name, BAR), button::RIGHT, 1);
        editor.click(item);
    };
    menu(&mut editor, "Strength", "Copy value");
    menu(&mut editor, "Detail", "Paste value");
    editor.wait_for_text("Detail", "55 %");
    // The same by keys.
    editor.click_at(editor.at("Detail", [0.1, 0.2]), button::LEFT, 1);
    editor.press(&[key::CONTROL], u32::from('c'));
    editor.click_at(editor.at("Coherence", [0.1, 0.2]), button::LEFT, 1);
    editor.press(&[key::CONTROL], u32::from('v'));
    editor.wait_for_text("Coherence", "55 %");
    menu(&mut editor, "Strength", "Reset");
    editor.wait_for_text("Strength", "100 %");
    menu(&mut editor, "Mix", "Type a value");
    editor.enter("25");
    editor.wait_for_text("Mix", "25 %");
}

fn choices_and_switches_are_set_by_clicks() {
    let mut editor = Editor::open();
    assert_eq!(editor.value("Freeze"), 0.0);
    editor.click("Freeze");
    editor.wait_for_text("Freeze", "On");
    editor.click("Carrier: Side chain");
    editor.wait_for_text("Carrier", "Side chain");
    assert_eq!(editor.node("Carrier: Side chain").on, Some(true));
    editor.click("Bypass");
    editor.wait_for_text("Bypass", "On");
}

fn the_seed_goes_one_down_one_up_and_by_chance() {
    let mut editor = Editor::open();
    for _ in 0..3 {
        editor.click("The seed after this one");
    }
    editor.wait_for_text("Seed", "3");
    editor.click("The seed before this one");
    editor.wait_for_text("Seed", "2");
    editor.click("Another seed by chance");
    editor.wait("another seed", |editor| editor.text("Seed") != "2");
}
