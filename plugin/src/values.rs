//! Values of parameters by id, as presets, undo and A/B keep them.

use crate::params::RemelParams;
use nice_plug::params::internals::ParamPtr;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::*;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How far two values of one parameter, both within 0 to 1, may be apart and count as one: hosts keep them in other formats.
const SAME: f32 = 1e-4;

/// Normalized values, 0 to 1, by parameter id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(pub BTreeMap<String, f32>);

impl Values {
    /// Those of the parameters of `params` whose id `wanted` takes.
    pub fn of(params: &RemelParams, wanted: impl Fn(&str) -> bool) -> Self {
        let all = params.param_map().into_iter().filter(|(id, _, _)| wanted(id));
        // SAFETY: the pointers lead into `params`, which outlives this call.
        Self(all.map(|(id, param, _)| (id, unsafe { param.unmodulated_normalized_value() })).collect())
    }

    /// Sets the parameters of `params`, which belongs to no host, to these values.
    pub fn put_into(&self, params: &RemelParams) {
        for (id, param, _) in params.param_map() {
            if let Some(&value) = self.0.get(&id) {
                // SAFETY: the pointer leads into `params`, which outlives this call.
                unsafe { param._internal_set_normalized_value(value) };
            }
        }
    }

    /// Whether both hold the same ids, and values that no ear tells apart.
    pub fn is_like(&self, other: &Self) -> bool {
        let same = |(a, b): ((&String, &f32), (&String, &f32))| a.0 == b.0 && (a.1 - b.1).abs() <= SAME;
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(same)
    }

    /// These values as a state of the plugin holds them.
    pub fn for_state(&self) -> BTreeMap<String, ParamValue> {
        let params = RemelParams::default();
        self.put_into(&params);
        let all = params.param_map().into_iter().filter(|(id, _, _)| self.0.contains_key(id));
        // SAFETY: the pointers lead into `params`, which outlives this call.
        all.map(|(id, param, _)| (id, unsafe { plain(param) })).collect()
    }

    /// These values as people write them: numbers in the parameters' own units, choices by their ids.
    pub fn to_json(&self) -> Map<String, Value> {
        let plain = self.for_state().into_iter().map(|(id, value)| {
            let value = match value {
                // As short as it can be said: 0.55, not 0.550000011920929.
                ParamValue::F32(number) => number.to_string().parse::<f64>().map_or(Value::Null, Value::from),
                ParamValue::I32(number) => number.into(),
                ParamValue::Bool(on) => on.into(),
                ParamValue::String(id) => id.into(),
            };
            (id, value)
        });
        plain.collect()
    }

    /// All of a preset's parameters: those in `json` as it says, within their ranges, and the others at their defaults. `wanted` are
    /// the ids that count; what is of another id or kind is left out and told of, a phrase each.
    pub fn from_json(json: &Map<String, Value>, wanted: impl Fn(&str) -> bool) -> (Self, Vec<String>) {
        let params = RemelParams::default();
        let known: BTreeMap<_, _> = params.param_map().into_iter().map(|(id, param, _)| (id, param)).collect();
        let mut notices = Vec::new();
        for (id, value) in json {
            match known.get(id).filter(|_| wanted(id)) {
                // SAFETY: the pointer leads into `params`, which outlives this call.
                Some(&param) if unsafe { set(param, value) } => {}
                Some(_) => {
                    notices.push(format!("{}: {} is no value of it", short(id), short(&value.to_string())))
                }
                None => notices.push(format!("{}: no parameter of a preset", short(id))),
            }
        }
        (Self::of(&params, wanted), notices)
    }
}

/// The plain value of `param`.
///
/// # Safety
/// It leads to a parameter that lives.
unsafe fn plain(param: ParamPtr) -> ParamValue {
    // SAFETY: the caller's.
    unsafe {
        match param {
            ParamPtr::FloatParam(param) => ParamValue::F32((*param).unmodulated_plain_value()),
            ParamPtr::IntParam(param) => ParamValue::I32((*param).unmodulated_plain_value()),
            ParamPtr::BoolParam(param) => ParamValue::Bool((*param).unmodulated_plain_value()),
            ParamPtr::EnumParam(param) => match (*param).unmodulated_plain_id() {
                Some(id) => ParamValue::String(id.to_owned()),
                None => ParamValue::I32((*param).unmodulated_plain_value()),
            },
        }
    }
}

/// Sets `param` to `value` within its range. False where that is no value of it.
///
/// # Safety
/// It leads to a parameter that lives and belongs to no host.
unsafe fn set(param: ParamPtr, value: &Value) -> bool {
    // SAFETY: the caller's.
    unsafe {
        match (param, value) {
            (ParamPtr::FloatParam(_) | ParamPtr::IntParam(_), Value::Number(number)) => {
                let Some(number) = number.as_f64() else { return false };
                let number = (number as f32).clamp(param.preview_plain(0.0), param.preview_plain(1.0));
                param._internal_set_normalized_value(param.preview_normalized(number));
                true
            }
            (ParamPtr::BoolParam(_), &Value::Bool(on)) => {
                param._internal_set_normalized_value(f32::from(u8::from(on)));
                true
            }
            (ParamPtr::EnumParam(param), Value::String(id)) => (*param).set_from_id(id),
            _ => false,
        }
    }
}

/// The beginning of `text`, for a message: a file may hold anything at any length.
fn short(text: &str) -> String {
    text.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).expect("an object")
    }

    #[test]
    fn values_come_back_from_what_is_written() {
        let (values, notices) = Values::from_json(
            &json(r#"{"mix":0.25,"steps":5,"freeze":true,"mel_from":"side","shift":-3.5,"output":2.0}"#),
            |_| true,
        );
        assert_eq!(notices, Vec::<String>::new());
        let written = values.to_json();
        assert_eq!(written["mix"], 0.25);
        assert_eq!(written["steps"], 5);
        assert_eq!(written["shift"], -3.5);
        assert_eq!(written["mel_from"], "side");
        assert_eq!(written["carrier"], "noise", "the default where nothing is said");
        let (again, _) = Values::from_json(&written, |_| true);
        assert!(again.is_like(&values));
        assert_eq!(again.to_json(), written);
    }

    #[test]
    fn hostile_values_are_held_or_left_out_and_told_of() {
        let text = r#"{"mix":1e300,"shift":-1e300,"steps":-7,"seed":1e9,"freeze":"yes","mel_from":"moon",
            "carrier":3,"tilt":null,"smear":[1],"latency":"live","a\u0007b":1}"#;
        let (values, notices) = Values::from_json(&json(text), |id| id != "latency");
        assert!(values.0.values().all(|value| (0.0..=1.0).contains(value)), "{values:?}");
        let written = values.to_json();
        assert_eq!((&written["mix"], &written["shift"]), (&1.0.into(), &(-12.0).into()));
        assert_eq!((&written["steps"], &written["seed"]), (&0.into(), &9999.into()));
        assert!(!written.contains_key("latency"));
        let told = ["freeze", "mel_from", "carrier", "tilt", "smear", "latency", "a b"];
        assert_eq!(notices.len(), told.len(), "{notices:?}");
        for id in told {
            assert!(notices.iter().any(|notice| notice.starts_with(&format!("{id}: "))), "{id}: {notices:?}");
        }
    }

    #[test]
    fn a_small_difference_is_none_and_a_large_one_is_one() {
        let params = RemelParams::default();
        let values = Values::of(&params, |_| true);
        let mut near = values.clone();
        near.0.insert("mix".into(), 0.99999);
        let mut far = values.clone();
        far.0.insert("mix".into(), 0.99);
        assert!(values.is_like(&near) && !values.is_like(&far));
        assert!(!values.is_like(&Values::of(&params, |id| id != "mix")));
    }
}
