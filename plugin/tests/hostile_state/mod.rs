//! A host that hands the plugin a state of any bytes: what a project file that a stranger made holds.
//!
//! The plugin's seeded tests and a target of `fuzz/` both come here.

use clack_extensions::params::{ParamInfoBuffer, ParamInfoFlags, PluginParams};
use clack_extensions::state::PluginState;
use clack_host::prelude::*;

/// A host that has no wishes.
struct Host;

/// What it answers to the plugin's requests: nothing.
struct Silent;

impl SharedHandler<'_> for Silent {
    fn request_restart(&self) {}
    fn request_process(&self) {}
    fn request_callback(&self) {}
}

impl HostHandlers for Host {
    type Shared<'a> = Silent;
    type MainThread<'a> = ();
    type AudioProcessor<'a> = ();
}

/// A parameter as hosts see it.
pub struct Parameter {
    /// Its number, which hosts save automation by.
    pub id: u32,
    pub name: String,
    pub is_stepped: bool,
    /// Its value as text.
    pub text: String,
}

/// An instance of the plugin that is linked into this program.
pub struct Instance(PluginInstance<Host>);

impl Instance {
    /// A new one.
    pub fn new() -> Self {
        // SAFETY: the entry is our own plugin's.
        let entry = unsafe { PluginEntry::load_from_raw(&remel_plugin::clap_entry, c"") }.expect("a plugin");
        let host = HostInfo::new("Remel's tests", "Remel", "", "1").expect("no zero bytes");
        let instance = PluginInstance::<Host>::new(|_| Silent, |_| (), &entry, c"org.remel.remel", &host);
        Self(instance.expect("an instance"))
    }

    /// Loads the state `json`, or is refused; every parameter is within its range then, and the state that is saved loads
    /// as itself.
    pub fn take(&mut self, json: &[u8]) {
        if !self.load(json) {
            return;
        }
        self.parameters();
        let saved = self.save();
        assert!(self.load(&saved), "its own state is refused: {:?}", String::from_utf8_lossy(&saved));
        assert_eq!(self.save(), saved);
    }

    /// The state, without its length.
    pub fn save(&mut self) -> Vec<u8> {
        let (extension, mut state): (PluginState, _) = (self.extension(), Vec::new());
        extension.save(&self.0.plugin_handle(), &mut state).expect("the state saves");
        state.split_off(8)
    }

    /// Loads the state `json`. Whether it was taken.
    pub fn load(&mut self, json: &[u8]) -> bool {
        let extension: PluginState = self.extension();
        let state = [&(json.len() as u64).to_le_bytes(), json].concat();
        extension.load(&self.0.plugin_handle(), &mut state.as_slice()).is_ok()
    }

    /// All parameters, in their order, each of which is within its range.
    pub fn parameters(&mut self) -> Vec<Parameter> {
        let extension: PluginParams = self.extension();
        let handle = self.0.plugin_handle();
        let (mut buffer, mut text) = (ParamInfoBuffer::new(), [0; 128]);
        let listed = (0..extension.count(&handle)).map(|index| {
            let info = extension.get_info(&handle, index, &mut buffer).expect("a listed parameter");
            let (id, range) = (info.id, info.min_value..=info.max_value);
            let value = extension.get_value(&handle, id).expect("a value");
            assert!(range.contains(&value), "parameter {id:?}: {value} is not within {range:?}");
            let text = extension.value_to_text(&handle, id, value, &mut text).expect("a text").to_vec();
            Parameter {
                id: id.get(),
                name: String::from_utf8_lossy(info.name).into_owned(),
                is_stepped: info.flags.contains(ParamInfoFlags::IS_STEPPED),
                text: String::from_utf8_lossy(&text).trim_end_matches(char::from(0)).to_owned(),
            }
        });
        listed.collect()
    }

    fn extension<E>(&mut self) -> E
    where
        E: clack_host::extensions::Extension<ExtensionSide = clack_host::extensions::PluginExtensionSide>,
    {
        self.0.plugin_handle().get_extension().expect("the plugin has this extension")
    }
}
