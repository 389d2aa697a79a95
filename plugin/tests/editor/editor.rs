//! The plugin with its editor open, and hands on it.

use crate::audio::{Audio, BLOCK, Console, RATE_HZ};
use crate::display::{Desk, button, key};
use crate::host::{Host, instance};
use crate::picture::Picture;
use clack_extensions::gui::{GuiApiType, GuiConfiguration, GuiSize, PluginGui, Window};
use clack_extensions::state::PluginState;
use clack_host::prelude::*;
use remel_plugin::nodes::{self, Node};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks at what has become of something.
const NAP: Duration = Duration::from_millis(10);
/// Longer than between the clicks of a double click.
const APART: Duration = Duration::from_millis(400);

/// One instance whose audio runs and whose editor is open. Dropped, it closes first.
pub struct Editor {
    pub desk: Desk,
    pub console: Arc<Console>,
    audio: Option<Audio>,
    clicked: Instant,
    pub instance: PluginInstance<Host>,
}

impl Editor {
    /// An editor as large as it wants to be, of a new instance.
    pub fn open() -> Self {
        Self::restored(None)
    }

    /// An editor of an instance that was given `state` first.
    pub fn restored(state: Option<&[u8]>) -> Self {
        nodes::watch();
        let console = Arc::new(Console::default());
        let (desk, clicked) = (Desk::new([960, 640]), Instant::now());
        let mut editor = Self { desk, console, audio: None, clicked, instance: instance() };
        if let Some(mut state) = state {
            let extension: PluginState = editor.extension();
            extension.load(&editor.instance.plugin_handle(), &mut state).expect("the state loads");
        }
        editor.activate();
        editor.show();
        editor
    }

    /// Opens the window, and waits until something is drawn.
    pub fn show(&mut self) {
        let gui: PluginGui = self.extension();
        let handle = self.instance.plugin_handle();
        let configuration = GuiConfiguration { api_type: GuiApiType::X11, is_floating: false };
        gui.create(&handle, configuration).expect("an editor");
        let size = gui.get_size(&handle).expect("a size");
        self.desk.resize([size.width, size.height]);
        let parent = Window::from_x11_handle(self.desk.window().into());
        let before = nodes::watch().lock().frame;
        // SAFETY: the window lives as long as the desk, which is dropped after the editor.
        unsafe { gui.set_parent(&handle, parent) }.expect("a parent");
        gui.show(&handle).expect("an editor in sight");
        self.wait("the editor is drawn", |_| nodes::watch().lock().frame > before + 1);
        self.desk.focus();
    }

    /// Closes the window.
    pub fn close(&mut self) {
        let gui: PluginGui = self.extension();
        gui.destroy(&self.instance.plugin_handle());
    }

    /// Its size in physical pixels.
    pub fn size(&mut self) -> [u32; 2] {
        let gui: PluginGui = self.extension();
        let size = gui.get_size(&self.instance.plugin_handle()).expect("a size");
        [size.width, size.height]
    }

    /// Resizes the window as hosts do, to the size nearest to `size` that the editor takes.
    pub fn resize(&mut self, [width, height]: [u32; 2]) {
        let gui: PluginGui = self.extension();
        let handle = self.instance.plugin_handle();
        assert!(gui.can_resize(&handle));
        let size = gui.adjust_size(&handle, GuiSize { width, height }).expect("a size");
        self.desk.resize([size.width, size.height]);
        gui.set_size(&handle, size).expect("the editor resizes");
        self.wait("the editor has its size", |editor| editor.size() == [size.width, size.height]);
        self.settle();
    }

    /// What the plugin can do.
    pub fn extension<E>(&mut self) -> E
    where
        E: clack_host::extensions::Extension<ExtensionSide = clack_host::extensions::PluginExtensionSide>,
    {
        self.instance.plugin_handle().get_extension().expect("the plugin has this extension")
    }

    fn activate(&mut self) {
        let configuration = PluginAudioConfiguration {
            sample_rate: f64::from(RATE_HZ),
            min_frames_count: 1,
            max_frames_count: BLOCK as u32,
        };
        let processor = self.instance.activate(|_, _| (), configuration).expect("the plugin activates");
        let processor = processor.start_processing().expect("processing starts");
        self.audio = Some(Audio::start(processor, self.console.clone()));
    }

    fn deactivate(&mut self) {
        if let Some(audio) = self.audio.take() {
            self.instance.deactivate(audio.stop().stop_processing());
        }
    }

    /// Does what the plugin has asked for.
    fn pump(&mut self) {
        let [callback, restart] = self.instance.access_shared_handler(|requests| {
            [&requests.callback, &requests.restart].map(|asked| asked.swap(false, Ordering::SeqCst))
        });
        let size =
            self.instance.access_shared_handler(|requests| requests.resize.lock().expect("no panic").take());
        if let Some(size) = size {
            self.desk.resize(size);
        }
        if callback {
            self.instance.call_on_main_thread_callback();
        }
        if restart {
            self.deactivate();
            self.activate();
        }
    }

    /// Waits until `done`, and answers to the plugin meanwhile.
    pub fn wait(&mut self, what: &str, mut done: impl FnMut(&mut Self) -> bool) {
        let start = Instant::now();
        while !done(self) {
            assert!(start.elapsed() < PATIENCE, "still not so: {what}; {:#?}", self.nodes());
            self.pump();
            std::thread::sleep(NAP);
        }
    }

    /// Waits until what was done has been drawn, and brought to the parameters.
    pub fn settle(&mut self) {
        let until = nodes::watch().lock().frame + 4;
        self.wait("pictures are drawn", |_| nodes::watch().lock().frame >= until);
    }

    /// All that has a name or says something.
    pub fn nodes(&self) -> Vec<Node> {
        nodes::watch().lock().nodes.clone()
    }

    /// The widget called `name`, if there is one. Of several, the one drawn last.
    pub fn find(&self, name: &str) -> Option<Node> {
        self.nodes().into_iter().rev().find(|node| node.name == name)
    }

    /// The widget called `name`.
    pub fn node(&self, name: &str) -> Node {
        self.find(name).unwrap_or_else(|| panic!("nothing is called {name}: {:#?}", self.nodes()))
    }

    /// The middle of the widget called `name`, in physical pixels.
    pub fn middle(&self, name: &str) -> [f32; 2] {
        self.at(name, [0.5, 0.5])
    }

    /// A place in the widget called `name`: `[0, 0]` is its upper left corner, `[1, 1]` its lower right one.
    pub fn at(&self, name: &str, [x, y]: [f32; 2]) -> [f32; 2] {
        let (place, scale) = (self.node(name).place, nodes::watch().lock().scale);
        let point = place.lerp_inside(egui::vec2(x, y));
        [point.x * scale, point.y * scale]
    }

    /// Moves the mouse onto the widget called `name`.
    pub fn hover(&mut self, name: &str) {
        let place = self.middle(name);
        self.desk.move_to(place);
        self.settle();
    }

    /// Clicks once in the middle of the widget called `name`.
    pub fn click(&mut self, name: &str) {
        self.click_at(self.middle(name), button::LEFT, 1);
    }

    /// Clicks at a physical pixel, so many times at once, and not as a part of the clicks before.
    pub fn click_at(&mut self, place: [f32; 2], button: u8, times: usize) {
        self.desk.move_to(place);
        self.settle();
        std::thread::sleep(APART.saturating_sub(self.clicked.elapsed()));
        for _ in 0..times {
            self.desk.button(button, true);
            self.desk.button(button, false);
        }
        self.clicked = Instant::now();
        self.settle();
    }

    /// Drags with the left button from one pixel to another, by `steps` moves.
    pub fn drag(&mut self, from: [f32; 2], to: [f32; 2], steps: usize) {
        self.desk.move_to(from);
        self.settle();
        self.desk.button(button::LEFT, true);
        self.settle();
        for step in 1..=steps {
            let share = step as f32 / steps as f32;
            self.desk.move_to([0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share));
            self.settle();
        }
        self.desk.button(button::LEFT, false);
        self.settle();
    }

    /// Presses a key and lets it go, while others are held.
    pub fn press(&mut self, held: &[u32], symbol: u32) {
        held.iter().for_each(|&held| self.desk.key(held, true));
        self.desk.key(symbol, true);
        self.desk.key(symbol, false);
        held.iter().rev().for_each(|&held| self.desk.key(held, false));
        self.settle();
    }

    /// Writes a text in place of what is in the field, and ends it with Enter.
    pub fn enter(&mut self, text: &str) {
        self.press(&[key::CONTROL], u32::from('a'));
        text.chars().for_each(|character| self.desk.write(character));
        self.settle();
        self.press(&[], key::ENTER);
    }

    /// What is to be seen.
    pub fn picture(&self) -> Picture {
        self.desk.picture()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.close();
        self.deactivate();
    }
}
