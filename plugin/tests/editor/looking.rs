//! Readings, the switch for sentences, sizes, and the pictures in `docs`.

use crate::Test;
use crate::display::{button, key};
use crate::editor::Editor;
use remel_plugin::nodes;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub const TESTS: &[Test] = &[
    ("sentences_are_shown_until_they_are_switched_off", sentences_are_shown_until_they_are_switched_off),
    ("a_clip_light_stays_until_it_is_clicked", a_clip_light_stays_until_it_is_clicked),
    ("underruns_are_counted_anew_after_a_click", underruns_are_counted_anew_after_a_click),
    ("the_cursor_reads_frequency_time_and_level", the_cursor_reads_frequency_time_and_level),
    ("a_window_is_as_large_as_it_was", a_window_is_as_large_as_it_was),
    ("everything_doubles_in_size", everything_doubles_in_size),
    ("a_window_that_opens_again_shows_what_sounds", a_window_that_opens_again_shows_what_sounds),
    ("a_closed_editor_draws_nothing_and_silence_seldom", a_closed_editor_draws_nothing_and_silence_seldom),
];

/// Tests that leave something in the repository.
pub const FOR_DOCS: &[Test] = &[("pictures_for_docs", pictures_for_docs)];

/// What *Temperature* is explained with.
const SENTENCE: &str = "Scale of the noise";

/// Whether the sentence is on the screen.
fn explains(editor: &Editor) -> bool {
    editor.nodes().iter().any(|node| node.value.starts_with(SENTENCE))
}

fn sentences_are_shown_until_they_are_switched_off() {
    let mut editor = Editor::open();
    editor.hover("Temperature");
    editor.wait("a sentence comes", |editor| explains(editor));
    editor.click("Tips");
    editor.wait("the switch is off", |editor| editor.node("Tips").on == Some(false));
    editor.hover("Temperature");
    std::thread::sleep(Duration::from_millis(1500));
    assert!(!explains(&editor));
    let state = editor.save();
    drop(editor);
    let mut editor = Editor::restored(Some(&state));
    assert_eq!(editor.node("Tips").on, Some(false));
    editor.click("Tips");
    editor.hover("Temperature");
    editor.wait("a sentence comes", |editor| explains(editor));
}

fn a_clip_light_stays_until_it_is_clicked() {
    let mut editor = Editor::open();
    editor.console.set_gain(0.2);
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(editor.node("Input clip").on, Some(false));
    assert!(editor.node("Input level").value.starts_with('−'));
    editor.console.set_gain(20.0);
    for light in ["Input clip", "Output clip"] {
        editor.wait("the light is on", |editor| editor.node(light).on == Some(true));
    }
    editor.console.set_gain(0.0);
    // As long as anything of it can be heard.
    std::thread::sleep(Duration::from_secs(2));
    for light in ["Input clip", "Output clip"] {
        assert_eq!(editor.node(light).on, Some(true));
        editor.click(light);
        editor.wait("the light is off", |editor| editor.node(light).on == Some(false));
    }
}

fn underruns_are_counted_anew_after_a_click() {
    let mut editor = Editor::open();
    // As much work as there can be, and others who want the processor.
    editor.click_at(editor.at("Steps", [0.99, 0.85]), button::LEFT, 1);
    editor.click("Models");
    editor.wait("models are listed", |editor| editor.find("Model large").is_some());
    editor.click("Model large");
    editor.press(&[], key::ESCAPE);
    editor.wait("the panel closes", |editor| editor.find("Model large").is_none());
    editor.click("Latency: Live");
    editor.wait_for_text("Steps", "12");
    editor.wait("the model is there", |editor| {
        editor.find("Status").is_some_and(|node| node.value.starts_with("Sil"))
    });
    editor.console.set_gain(0.5);
    let busy = Arc::new(AtomicBool::new(true));
    let threads = 4 * std::thread::available_parallelism().map_or(4, usize::from);
    for _ in 0..threads {
        let busy = busy.clone();
        std::thread::spawn(move || while busy.load(Ordering::Relaxed) {});
    }
    editor.wait("something is late", |editor| editor.node("Underruns").value != "0");
    busy.store(false, Ordering::Relaxed);
    editor.console.set_gain(0.0);
    editor.wait("nothing sounds", |editor| editor.node("Status").value.starts_with("Silence"));
    editor.click("Underruns");
    editor.wait("none are counted", |editor| editor.node("Underruns").value == "0");
}

fn the_cursor_reads_frequency_time_and_level() {
    let mut editor = Editor::open();
    editor.console.set_gain(1.0);
    std::thread::sleep(Duration::from_secs(3));
    editor.desk.move_to(editor.at("MODEL INPUT", [0.9, 0.9]));
    editor.wait("words", |editor| editor.node("MODEL INPUT").value.ends_with(" dB"));
    let words = editor.node("MODEL INPUT").value;
    assert!(words.contains("Hz") && words.contains(" s "), "{words}");
}

fn a_window_is_as_large_as_it_was() {
    let mut editor = Editor::open();
    assert_eq!(editor.size(), [960, 640]);
    // Smaller than readable is not to be had.
    editor.resize([300, 200]);
    assert_eq!(editor.size(), [720, 480]);
    editor.resize([1200, 700]);
    assert_eq!(editor.size(), [1200, 700]);
    editor.close();
    editor.show();
    assert_eq!(editor.size(), [1200, 700]);
    let state = editor.save();
    drop(editor);
    assert_eq!(Editor::restored(Some(&state)).size(), [1200, 700]);
}

fn everything_doubles_in_size() {
    let mut editor = Editor::open();
    editor.resize([720, 480]);
    let one = editor.node("Mix").place;
    editor.click("Zoom");
    editor.click("200 %");
    editor.wait("the window is twice as large", |editor| editor.size() == [1440, 960]);
    editor.settle();
    assert_eq!((editor.node("Mix").place, nodes::watch().lock().scale), (one, 2.0));
    // Hands find things where they are.
    editor.click("Freeze");
    editor.wait_for_text("Freeze", "On");
    let state = editor.save();
    drop(editor);
    let mut editor = Editor::restored(Some(&state));
    assert_eq!((editor.size(), nodes::watch().lock().scale), ([1440, 960], 2.0));
    editor.resize([10, 10]);
    assert_eq!(editor.size(), [1440, 960]);
}

/// Counts the pixels of the input's picture that are neither dark nor grey.
fn lit(editor: &Editor) -> usize {
    let [left, top] = editor.at("MODEL INPUT", [0.0, 0.0]).map(|at| at as usize);
    let [right, bottom] = editor.at("MODEL INPUT", [1.0, 1.0]).map(|at| at as usize);
    let picture = editor.picture();
    let pixels = (top..bottom).flat_map(|row| &picture.pixels[row * picture.width..][left..right]);
    pixels.filter(|[red, _, blue]| *red > 100 && red.abs_diff(*blue) > 30).count()
}

fn a_window_that_opens_again_shows_what_sounds() {
    let mut editor = Editor::open();
    assert_eq!(lit(&editor), 0);
    editor.console.set_gain(1.0);
    editor.wait("the picture is lit", |editor| lit(editor) > 3000);
    editor.close();
    editor.show();
    editor.wait("the picture is lit again", |editor| lit(editor) > 3000);
}

fn a_closed_editor_draws_nothing_and_silence_seldom() {
    let mut editor = Editor::open();
    editor.wait("nothing sounds", |editor| editor.node("Status").value.starts_with("Silence"));
    let frames = || nodes::watch().lock().frame;
    let before = frames();
    std::thread::sleep(Duration::from_secs(1));
    assert!(frames() - before <= 20, "{} pictures of nothing", frames() - before);
    editor.close();
    let before = frames();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(frames(), before);
    editor.show();
}

/// The pictures of `docs/editor.md`.
fn pictures_for_docs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/editor");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut editor = Editor::open();
    editor.console.set_gain(1.0);
    editor.wait("the pictures are full", |editor| lit(editor) > 10_000);
    std::thread::sleep(Duration::from_secs(3));
    for size in [[720, 480], [960, 640], [1440, 900]] {
        editor.resize(size);
        editor.desk.move_to([1.0, 1.0]);
        std::thread::sleep(Duration::from_millis(300));
        editor.picture().save(&folder.join(format!("{}x{}.png", size[0], size[1])));
    }
}
