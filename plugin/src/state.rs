//! What a host restores, before it is believed.

use crate::params::RemelParams;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::*;

/// Holds the values of a saved `state` to the parameters' ranges, as nothing after it does: a project that was damaged,
/// or made to harm, could ask for a gain of a million, or save an infinite number, after which it does not load.
pub fn hold_to_ranges(state: &mut PluginState) {
    let params = RemelParams::default();
    let (numbers, counts) = (params.floats(), params.counts());
    for (id, value) in &mut state.params {
        match value {
            ParamValue::F32(value) => {
                if let Some((_, number)) = numbers.iter().find(|(name, _)| name == id) {
                    *value = value.clamp(number.preview_plain(0.0), number.preview_plain(1.0));
                }
            }
            ParamValue::I32(value) => {
                // What is chosen from a list is saved by its name: by a number, it is as if it was the first.
                let count = counts.iter().find(|(name, _)| name == id);
                let range = count.map_or([0, 0], |(_, count)| [0.0, 1.0].map(|end| count.preview_plain(end)));
                *value = (*value).clamp(range[0], range[1]);
            }
            ParamValue::Bool(_) | ParamValue::String(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_held_to_the_ranges() {
        let held = |id: &str, value: ParamValue| {
            let params = [(id.to_owned(), value)].into();
            let mut state = PluginState { version: String::new(), params, fields: [].into() };
            hold_to_ranges(&mut state);
            format!("{:?}", state.params[id])
        };
        assert_eq!(held("output", ParamValue::F32(1e6)), format!("F32({:?})", util::db_to_gain(12.0)));
        assert_eq!(held("output", ParamValue::F32(0.3)), "F32(0.3)");
        assert_eq!(held("shift", ParamValue::F32(f32::INFINITY)), "F32(12.0)");
        assert_eq!(held("tilt", ParamValue::F32(-7.0)), "F32(-6.0)");
        assert_eq!(held("steps", ParamValue::I32(i32::MAX)), "I32(12)");
        assert_eq!(held("seed", ParamValue::I32(-1)), "I32(0)");
        assert_eq!(held("latency", ParamValue::I32(3)), "I32(0)");
        assert_eq!(held("latency", ParamValue::String("live".into())), "String(\"live\")");
        for (id, parameter, _) in RemelParams::default().param_map() {
            let is_held = match parameter {
                ParamPtr::FloatParam(_) => held(&id, ParamValue::F32(f32::INFINITY)) != "F32(inf)",
                _ => held(&id, ParamValue::I32(i32::MAX)) != format!("I32({})", i32::MAX),
            };
            assert!(is_held, "{id}");
        }
    }
}
