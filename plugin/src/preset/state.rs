//! A preset as a host loads it: what it makes of a state.

use super::{Bank, Preset, read};
use crate::choices::SavedModel;
use crate::model;
use nice_plug::params::persist::{deserialize_field, serialize_field};
use nice_plug::plugin::PluginState;
use nice_plug::prelude::PresetLocation;

/// What `state` becomes with the preset at `location`, or why it does not, in a line.
pub fn loaded(location: PresetLocation, key: Option<&str>, state: PluginState) -> Result<PluginState, String> {
    match location {
        PresetLocation::File(path) => {
            let (preset, _) = read(path).map_err(|error| error.to_string())?;
            with(&preset, state)
        }
        PresetLocation::Plugin => {
            let bank = Bank::read(None);
            let key = key.unwrap_or_default();
            let preset = bank
                .factory(key)
                .ok_or_else(|| format!("preset {key}: there is no factory preset of this name"))?;
            with(preset, state)
        }
    }
}

/// `state` with what `preset` sets.
fn with(preset: &Preset, mut state: PluginState) -> Result<PluginState, String> {
    let field = state.fields.get("model").map(|field| deserialize_field::<SavedModel>(field));
    let saved = field.transpose().map_err(|error| format!("model: {error}"))?.unwrap_or_default();
    let choice = preset.choice(&saved.choice);
    if let Some(missing) = model::missing(&choice) {
        return Err(format!("preset {}: its model {} is not there", preset.name, missing.display()));
    }
    if choice != saved.choice {
        let saved = SavedModel { choice, seen: None };
        let field = serialize_field(&saved).map_err(|error| format!("model: {error}"))?;
        state.fields.insert("model".to_owned(), field);
    }
    let name = serialize_field(&preset.name).map_err(|error| format!("preset: {error}"))?;
    state.fields.insert("preset".to_owned(), name);
    state.params.extend(preset.values.for_state());
    Ok(state)
}
