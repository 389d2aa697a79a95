//! Models, presets, undo and A/B by mouse and keyboard, and files by dialog and by drop.

use crate::Test;
use crate::display::key;
use crate::drop::drop_file;
use crate::editor::Editor;
use remel::audio::Audio;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub const TESTS: &[Test] = &[
    ("presets_are_walked_and_undone_and_redone", presets_are_walked_and_undone_and_redone),
    ("a_and_b_are_compared_and_copied", a_and_b_are_compared_and_copied),
    ("a_preset_is_chosen_saved_renamed_and_deleted", a_preset_is_chosen_saved_renamed_and_deleted),
    (
        "a_model_is_loaded_by_click_by_path_and_by_the_arrows",
        a_model_is_loaded_by_click_by_path_and_by_the_arrows,
    ),
    ("a_model_is_loaded_by_dialog", a_model_is_loaded_by_dialog),
    ("files_are_dropped", files_are_dropped),
];

static PLACE: OnceLock<tempfile::TempDir> = OnceLock::new();

/// A folder for these tests.
fn place() -> &'static Path {
    PLACE.get_or_init(|| tempfile::tempdir().expect("a folder")).path()
}

/// The user's models and presets, and a dialog that answers at once: what `answer` in the folder says.
///
/// # Safety
/// No other thread runs yet.
pub unsafe fn prepare() {
    let place = place();
    let [models, presets, programs] = ["models", "presets", "programs"].map(|name| place.join(name));
    for folder in [&models, &presets, &programs] {
        std::fs::create_dir_all(folder).expect("a folder");
    }
    std::fs::copy(asset("live.safetensors"), models.join("mine.safetensors")).expect("a copy");
    let script = format!("#!/bin/sh\nsleep 0.4\ncat {}\n", place.join("answer").display());
    std::fs::write(programs.join("zenity"), script).expect("a program");
    make_executable(&programs.join("zenity"));
    let mut path = programs.into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    // SAFETY: the caller's.
    unsafe {
        std::env::set_var("REMEL_MODELS", models);
        std::env::set_var("REMEL_PRESETS", presets);
        std::env::set_var("PATH", path);
        // Without a portal the dialogs are those of `zenity`.
        std::env::set_var("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
    }
}

#[cfg(unix)]
fn make_executable(program: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).expect("a program");
}

#[cfg(not(unix))]
fn make_executable(_: &Path) {}

fn asset(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models").join(name)
}

/// Waits until the widget called `name` says `value`.
fn wait_for(editor: &mut Editor, name: &str, value: &str) {
    editor.wait(&format!("{name} says {value}"), |editor| {
        editor.find(name).is_some_and(|node| node.value == value)
    });
}

fn presets_are_walked_and_undone_and_redone() {
    let mut editor = Editor::open();
    wait_for(&mut editor, "Presets", "None");
    editor.click("Next preset");
    wait_for(&mut editor, "Presets", "Talking Pad");
    editor.wait_for_text("Strength", "55 %");
    editor.wait_for_text("Carrier", "Main");
    editor.click("Next preset");
    wait_for(&mut editor, "Presets", "Mumbling Pad");
    editor.wait_for_text("Strength", "45 %");
    editor.click("Previous preset");
    wait_for(&mut editor, "Presets", "Talking Pad");
    editor.click("Freeze");
    wait_for(&mut editor, "Presets", "Talking Pad *");

    let z = u32::from('z');
    editor.press(&[key::CONTROL], z);
    editor.wait_for_text("Freeze", "Off");
    wait_for(&mut editor, "Presets", "Talking Pad");
    editor.press(&[key::CONTROL], z);
    wait_for(&mut editor, "Presets", "Mumbling Pad");
    editor.press(&[key::CONTROL, key::SHIFT], z);
    wait_for(&mut editor, "Presets", "Talking Pad");
    for _ in 0..3 {
        editor.click("Undo");
    }
    wait_for(&mut editor, "Presets", "None");
    editor.wait_for_text("Strength", "100 %");
    editor.wait_for_text("Carrier", "Noise");
    editor.click("Redo");
    editor.wait_for_text("Strength", "55 %");
}

fn a_and_b_are_compared_and_copied() {
    let mut editor = Editor::open();
    editor.click("B");
    editor.click("Next preset");
    editor.wait_for_text("Strength", "55 %");
    editor.click("A");
    editor.wait_for_text("Strength", "100 %");
    wait_for(&mut editor, "Presets", "None");
    editor.click("B");
    editor.wait_for_text("Strength", "55 %");
    wait_for(&mut editor, "Presets", "Talking Pad");
    editor.press(&[key::CONTROL], u32::from('z'));
    editor.wait_for_text("Strength", "100 %");
    assert_eq!(editor.node("A").on, Some(true));
    editor.click("Copy to the other");
    editor.click("B");
    editor.settle();
    editor.wait_for_text("Strength", "100 %");
}

fn a_preset_is_chosen_saved_renamed_and_deleted() {
    let mut editor = Editor::open();
    editor.click("Presets");
    editor.click("Preset Whisper");
    editor.wait_for_text("Detail", "45 %");
    editor.press(&[], key::ESCAPE);
    editor.wait("the panel closes", |editor| editor.find("Preset Whisper").is_none());
    editor.click("Freeze");
    editor.wait_for_text("Freeze", "On");

    editor.click("Save the preset");
    editor.enter("Held breath");
    let file = |name: &str| place().join("presets").join(name).with_extension("remelpreset");
    editor.wait("it is saved", |_| file("Held breath").exists());
    wait_for(&mut editor, "Presets", "Held breath");
    editor.click("Rename");
    editor.click("New name");
    editor.enter("Breath");
    editor.wait("it is renamed", |_| file("Breath").exists() && !file("Held breath").exists());
    wait_for(&mut editor, "Presets", "Breath");
    editor.click("Delete");
    editor.click("Really delete");
    editor.wait("it is deleted", |_| !file("Breath").exists());
}

fn a_model_is_loaded_by_click_by_path_and_by_the_arrows() {
    let mut editor = Editor::open();
    wait_for(&mut editor, "Models", "small");
    editor.click("Models");
    editor.wait("models are listed", |editor| editor.find("Model mine.safetensors").is_some());
    editor.click("Search models");
    editor.enter("mit 22050 bandwave");
    editor.wait("others are hidden", |editor| editor.find("Model mine.safetensors").is_none());
    editor.click("Model tts");
    wait_for(&mut editor, "Models", "tts");

    editor.click("Model file");
    let path = asset("live.safetensors").canonicalize().expect("the model").display().to_string();
    editor.enter(&path);
    wait_for(&mut editor, "Models", "Live");
    wait_for(&mut editor, "Model path", &path);
    editor.click("Model file");
    editor.enter("/nowhere/bad.pt");
    editor.settle();
    editor.press(&[], key::ESCAPE);
    editor.wait("the panel closes", |editor| editor.find("Model file").is_none());
    wait_for(&mut editor, "Model path", &path);

    editor.press(&[key::CONTROL], u32::from('z'));
    wait_for(&mut editor, "Models", "tts");
    editor.click("Next model");
    let mine = place().join("models/mine.safetensors").display().to_string();
    wait_for(&mut editor, "Model path", &mine);
    editor.click("Next model");
    wait_for(&mut editor, "Models", "small");
    editor.click("Previous model");
    wait_for(&mut editor, "Model path", &mine);
}

fn a_model_is_loaded_by_dialog() {
    let mut editor = Editor::open();
    let path = asset("large.safetensors").canonicalize().expect("the model").display().to_string();
    std::fs::write(place().join("answer"), format!("{path}\n")).expect("a file");
    editor.click("Open a model file");
    wait_for(&mut editor, "Model path", &path);
    wait_for(&mut editor, "Models", "large");
}

fn files_are_dropped() {
    let mut editor = Editor::open();
    let model = place().join("models/mine.safetensors").canonicalize().expect("the model");
    assert!(drop_file(&mut editor, &model));
    wait_for(&mut editor, "Model path", &model.display().to_string());

    let preset = place().join("Dropped.remelpreset");
    std::fs::write(&preset, r#"{"remel_preset":1,"model":"small","parameters":{"mix":0.25}}"#).expect("a file");
    drop_file(&mut editor, &preset.canonicalize().expect("the preset"));
    editor.wait_for_text("Mix", "25 %");
    wait_for(&mut editor, "Models", "small");

    let notes = place().join("notes.txt");
    std::fs::write(&notes, "nothing").expect("a file");
    drop_file(&mut editor, &notes.canonicalize().expect("the file"));
    editor.wait("it is refused", |editor| {
        editor.find("Notice").is_some_and(|node| node.value.contains("notes.txt: neither a model"))
    });

    let sound = place().canonicalize().expect("the folder").join("tone.wav");
    let samples = (0..44_100).map(|index| 0.3 * (index as f32 * 0.05).sin()).collect();
    Audio::mono(44_100, samples).write_wav(&sound).expect("a file");
    drop_file(&mut editor, &sound);
    let rendered = sound.with_file_name("tone (Remel).wav");
    editor.wait("it is rendered", |_| rendered.exists());
    wait_for(&mut editor, "Rendered", &format!("rendered {}", rendered.display()));
    assert_eq!(Audio::read(&rendered).expect("audio").samples(), 44_100);
}
