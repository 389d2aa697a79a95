//! Presets as a host finds and loads them.

use super::library::{entry, host_info};
use super::session::Session;
use clack_extensions::preset_discovery::prelude::*;
use clack_host::prelude::*;
use clack_host::utils::{Timestamp, UniversalPluginId};
use std::ffi::{CStr, CString};
use std::path::Path;

/// What the plugin tells of where presets are, and of the presets there.
#[derive(Default)]
struct Index {
    endings: Vec<String>,
    locations: Vec<(String, bool)>,
    presets: Vec<Found>,
    errors: Vec<String>,
}

/// A preset as the plugin tells of it.
#[derive(Debug, Default)]
struct Found {
    name: String,
    key: Option<String>,
    plugin: String,
    factory: bool,
    description: String,
    features: Vec<String>,
}

fn text(text: &CStr) -> String {
    text.to_string_lossy().into_owned()
}

impl IndexerImpl for Index {
    fn declare_filetype(&mut self, file_type: FileType) -> Result<(), HostError> {
        self.endings.extend(file_type.file_extension.map(text));
        Ok(())
    }
    fn declare_location(&mut self, location: LocationInfo) -> Result<(), HostError> {
        self.locations.push((text(location.name), location.location == Location::Plugin));
        Ok(())
    }
    fn declare_soundpack(&mut self, _: Soundpack) -> Result<(), HostError> {
        Ok(())
    }
}

impl Index {
    fn latest(&mut self) -> &mut Found {
        self.presets.last_mut().expect("a preset that has begun")
    }
}

impl MetadataReceiverImpl for Index {
    fn on_error(&mut self, _: i32, message: Option<&CStr>) {
        self.errors.extend(message.map(text));
    }
    fn begin_preset(&mut self, name: Option<&CStr>, key: Option<&CStr>) -> Result<(), HostError> {
        let name = name.map(text).unwrap_or_default();
        self.presets.push(Found { name, key: key.map(text), ..Found::default() });
        Ok(())
    }
    fn add_plugin_id(&mut self, id: UniversalPluginId) {
        self.latest().plugin = format!("{} {}", text(id.abi), text(id.id));
    }
    fn set_soundpack_id(&mut self, _: &CStr) {}
    fn set_flags(&mut self, flags: Flags) {
        self.latest().factory = flags == Flags::IS_FACTORY_CONTENT;
    }
    fn add_creator(&mut self, _: &CStr) {}
    fn set_description(&mut self, description: &CStr) {
        self.latest().description = text(description);
    }
    fn set_timestamps(&mut self, _: Option<Timestamp>, _: Option<Timestamp>) {}
    fn add_feature(&mut self, feature: &CStr) {
        self.latest().features.push(text(feature));
    }
    fn add_extra_info(&mut self, _: &CStr, _: &CStr) {}
}

/// The plugin's only provider of presets.
fn provider() -> Provider<Index> {
    let entry = entry();
    let factory: PresetDiscoveryFactory = entry.get_factory().expect("the plugin has presets");
    let ids: Vec<&CStr> = factory.provider_descriptors().filter_map(ProviderDescriptor::id).collect();
    let [id] = ids[..] else { panic!("one provider: {ids:?}") };
    Provider::instantiate(Index::default(), &entry, id, &host_info()).expect("a provider")
}

/// The presets at `location`.
fn presets(location: Location) -> Index {
    let mut index = Index::default();
    provider().get_metadata(location, &mut index);
    index
}

fn path_of(path: &Path) -> CString {
    CString::new(path.to_string_lossy().into_owned()).expect("no zero bytes")
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn factory_presets_are_listed_with_what_hosts_show() {
    let provider = provider();
    assert_eq!(provider.indexer().endings, ["remelpreset"]);
    assert_eq!(provider.indexer().locations[0], ("Factory".to_owned(), true));
    let index = presets(Location::Plugin);
    assert!(index.presets.len() >= 16 && index.errors.is_empty(), "{:?}", index.errors);
    for preset in &index.presets {
        assert_eq!(preset.plugin, "clap org.remel.remel", "{preset:?}");
        assert_eq!(preset.key.as_ref(), Some(&preset.name));
        assert!(preset.factory && !preset.description.is_empty() && preset.features.len() == 1, "{preset:?}");
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn every_factory_preset_loads_and_saves() {
    let mut session = Session::open();
    session.set("Output", 0.5);
    session.set("Latency", 2.0);
    let mut states = Vec::new();
    for preset in presets(Location::Plugin).presets {
        let key = CString::new(preset.name.clone()).expect("no zero bytes");
        assert!(session.load_preset(Location::Plugin, Some(&key)), "{}", preset.name);
        assert_eq!((session.value("Output"), session.value("Latency")), (0.5, 2.0), "{}", preset.name);
        let state = session.save();
        let said = String::from_utf8_lossy(&state).into_owned();
        assert!(said.contains(&preset.name), "{said}");
        assert!(!states.contains(&state), "{} is another preset too", preset.name);
        states.push(state);
    }
    assert!(!session.load_preset(Location::Plugin, Some(c"No such preset")));
    assert!(!session.load_preset(Location::Plugin, None));
    assert_eq!(session.save(), states[states.len() - 1], "what does not load changes nothing");
    let told = session.take_told();
    assert_eq!(told.len(), states.len() + 2);
    assert_eq!(told[0], "loaded Talking Pad");
    assert_eq!(told[states.len()], "preset No such preset: there is no factory preset of this name");
}

#[test]
#[ignore = "needs the bundle: cargo xtask check"]
fn the_users_files_are_listed_and_loaded_and_hostile_ones_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let [good, bad, lost] =
        ["Mine", "Bad", "Lost"].map(|name| folder.path().join(name).with_extension("remelpreset"));
    let parameters = r#""parameters":{"strength":0.25,"carrier":"main","mix":7}"#;
    std::fs::write(&good, format!(r#"{{"remel_preset":1,"category":"Pads",{parameters}}}"#)).expect("a file");
    std::fs::write(&bad, "{\"remel_preset\":9}").expect("a file");
    std::fs::write(&lost, r#"{"remel_preset":1,"model":"/nowhere/gone.pt"}"#).expect("a file");

    let index = presets(Location::File { path: &path_of(&good) });
    let [preset] = &index.presets[..] else { panic!("one preset") };
    assert_eq!((preset.name.as_str(), &preset.key, preset.factory), ("Mine", &None, false));
    assert_eq!(preset.features, ["pads"]);
    let index = presets(Location::File { path: &path_of(&bad) });
    assert!(index.presets.is_empty());
    assert!(index.errors[0].ends_with("remel_preset: found 9, expected 1"), "{:?}", index.errors);

    let mut session = Session::open();
    assert!(session.load_preset(Location::File { path: &path_of(&good) }, None));
    assert_eq!(session.value("Strength"), 0.25);
    assert_eq!((session.value("Carrier"), session.value("Mix")), (1.0, 1.0), "within the range");
    let before = session.save();
    for path in [bad, lost, folder.path().join("none.remelpreset"), folder.path().to_owned()] {
        assert!(!session.load_preset(Location::File { path: &path_of(&path) }, None), "{}", path.display());
    }
    assert_eq!(session.save(), before);
    let told = session.take_told();
    assert_eq!(told.len(), 5);
    assert!(told[2].ends_with("its model /nowhere/gone.pt is not there"), "{told:?}");
    assert!(told.iter().all(|line| line.lines().count() == 1), "{told:?}");
}
