//! Values by mouse and keyboard.

use crate::Test;
use crate::editor::Editor;

pub const TESTS: &[Test] = &[("a_click_switches", a_click_switches)];

fn a_click_switches() {
    let mut editor = Editor::open();
    assert_eq!(editor.value("Freeze"), 0.0);
    editor.click("Freeze");
    editor.wait_for_text("Freeze", "On");
    editor.picture().save(std::path::Path::new("/tmp/controls-1.png"));
}
