//! What the host knows of the plugin while its editor is open.

use crate::audio::Told;
use crate::editor::Editor;
use clack_extensions::params::{ParamInfoBuffer, PluginParams};
use clack_extensions::state::PluginState;
use clack_host::prelude::*;
use std::time::Duration;

impl Editor {
    /// The parameter's number.
    pub fn id(&mut self, name: &str) -> ClapId {
        let extension: PluginParams = self.extension();
        let handle = self.instance.plugin_handle();
        let mut buffer = ParamInfoBuffer::new();
        let mut found = (0..extension.count(&handle)).filter_map(|index| {
            let info = extension.get_info(&handle, index, &mut buffer)?;
            (info.name == name.as_bytes()).then_some(info.id)
        });
        found.next().unwrap_or_else(|| panic!("no parameter {name}"))
    }

    /// A parameter's value, as the host has it.
    pub fn value(&mut self, name: &str) -> f64 {
        let (extension, id): (PluginParams, _) = (self.extension(), self.id(name));
        extension.get_value(&self.instance.plugin_handle(), id).expect("a value")
    }

    /// The text of a parameter's value.
    pub fn text(&mut self, name: &str) -> String {
        let (extension, id, value): (PluginParams, _, _) = (self.extension(), self.id(name), self.value(name));
        let mut buffer = [0; 128];
        let text = extension.value_to_text(&self.instance.plugin_handle(), id, value, &mut buffer);
        String::from_utf8_lossy(text.expect("a text")).into_owned()
    }

    /// Waits until a parameter has the text.
    pub fn wait_for_text(&mut self, name: &str, text: &str) {
        self.wait(&format!("{name} is {text}"), |editor| editor.text(name) == text);
    }

    /// What the host was told of parameters since the last call.
    pub fn take_told(&mut self) -> Vec<Told> {
        self.settle();
        // A block has gone by.
        std::thread::sleep(Duration::from_millis(50));
        self.console.take_told()
    }

    /// The state as the host saves it.
    pub fn save(&mut self) -> Vec<u8> {
        let extension: PluginState = self.extension();
        let mut state = Vec::new();
        extension.save(&self.instance.plugin_handle(), &mut state).expect("the state saves");
        state
    }
}
