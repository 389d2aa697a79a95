//! Readings, the switch for sentences, sizes, and the pictures in `docs`.

use crate::Test;
use crate::editor::Editor;
use std::path::Path;
use std::time::Duration;

pub const TESTS: &[Test] = &[("pictures", pictures)];

fn pictures() {
    let mut editor = Editor::open();
    editor.console.set_gain(1.0);
    std::thread::sleep(Duration::from_secs(6));
    for size in [[960, 640], [720, 480], [1440, 900]] {
        editor.resize(size);
        std::thread::sleep(Duration::from_millis(300));
        let name = format!("/tmp/controls-{}x{}.png", size[0], size[1]);
        editor.picture().save(Path::new(&name));
    }
}
