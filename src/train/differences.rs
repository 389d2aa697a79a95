//! In what two models differ, field by field, by the names that a configuration has for the fields.

use std::fmt::Display;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::mel::Dialect;
use crate::model::ModelHeader;

/// Fields of a network's configuration that its mel dialect or classes fix, and that are told of as these.
const FIXED: [&str; 5] = ["n_mels", "hop", "bins", "bands", "classes"];

/// A field that is something else than it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    field: String,
    found: String,
    expected: String,
}

impl Display for Difference {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: found {}, expected {}", self.field, self.found, self.expected)
    }
}

/// All of them in a line, where there are any.
pub fn listed(differences: &[Difference]) -> Option<String> {
    let listed: Vec<String> = differences.iter().map(Difference::to_string).collect();
    (!listed.is_empty()).then(|| listed.join("; "))
}

/// What makes the weights of `found` those of another model than `expected`: network, mel dialect, rate, classes, prior and
/// training schedule. How a model is sampled, and its card, do not.
pub fn differences(found: &ModelHeader, expected: &ModelHeader) -> Vec<Difference> {
    let mut all = Comparison::default();
    all.network(found, expected);
    all.dialect(found.dialect.as_ref(), expected.dialect.as_ref());
    if found.dialect.is_none() && expected.dialect.is_none() {
        all.text("network.rate_hz", found.rate_hz, expected.rate_hz);
    }
    all.text("data.classes", classes(found), classes(expected));
    all.tagged("network.prior", &found.prior, &expected.prior);
    all.text("schedule", schedule(&found.training_betas), schedule(&expected.training_betas));
    all.0
}

/// What makes a model be sampled otherwise, though its weights are for the same.
pub fn sampling_differences(found: &ModelHeader, expected: &ModelHeader) -> Vec<Difference> {
    let mut all = Comparison::default();
    let betas = |header: &ModelHeader| format!("{:?}", header.inference_betas);
    all.text("schedule.inference_betas", betas(found), betas(expected));
    all.value("training.objective's sampler", &found.sampler, &expected.sampler);
    all.value("null label (of data.label_dropout)", &found.null_label, &expected.null_label);
    all.0
}

/// The differences so far.
#[derive(Default)]
struct Comparison(Vec<Difference>);

impl Comparison {
    fn network(&mut self, found: &ModelHeader, expected: &ModelHeader) {
        let (found, expected) = (fields(&found.network), fields(&expected.network));
        if found.get("kind") != expected.get("kind") {
            return self.value("network.kind", &found.get("kind"), &expected.get("kind"));
        }
        self.fields("network", &found, &expected, &FIXED);
    }

    fn dialect(&mut self, found: Option<&Dialect>, expected: Option<&Dialect>) {
        let name =
            |dialect: Option<&Dialect>| dialect.map_or("none".to_owned(), |dialect| dialect.name.clone());
        match name(found) == name(expected) {
            true => self.fields("network.conditioner", &fields(&found), &fields(&expected), &[]),
            false => self.text("network.conditioner", name(found), name(expected)),
        }
    }

    /// What is `none` or of a `kind`, and then has fields.
    fn tagged(&mut self, field: &str, found: &impl Serialize, expected: &impl Serialize) {
        let (found, expected) = (fields(found), fields(expected));
        match found.get("kind") == expected.get("kind") {
            true => self.fields(field, &found, &expected, &[]),
            false => self.value(field, &found.get("kind"), &expected.get("kind")),
        }
    }

    /// The fields of two tables, but for those of `without`.
    fn fields(
        &mut self,
        table: &str,
        found: &Map<String, Value>,
        expected: &Map<String, Value>,
        without: &[&str],
    ) {
        let keys = found.keys().chain(expected.keys().filter(|key| !found.contains_key(*key)));
        for key in keys.filter(|key| !without.contains(&key.as_str())) {
            self.value(&format!("{table}.{key}"), &found.get(key), &expected.get(key));
        }
    }

    fn value(&mut self, field: &str, found: &impl Serialize, expected: &impl Serialize) {
        self.text(field, shown(found), shown(expected));
    }

    fn text<T: PartialEq + ToString>(&mut self, field: &str, found: T, expected: T) {
        if found != expected {
            let (found, expected) = (found.to_string(), expected.to_string());
            self.0.push(Difference { field: field.to_owned(), found, expected });
        }
    }
}

/// The fields of a structure; none where it is nothing.
fn fields(structure: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(structure) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// A value as a configuration has it.
fn shown(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        Ok(Value::Null) | Err(_) => "none".into(),
        Ok(other) => other.to_string(),
    }
}

fn classes(header: &ModelHeader) -> String {
    match header.classes.is_empty() {
        true => "none".into(),
        false => header.classes.join(", "),
    }
}

/// A training schedule in some words; those of other programs were computed in single precision.
fn schedule(betas: &[f64]) -> String {
    match betas {
        [] => "none".into(),
        [first, .., last] => format!("{} steps, β {first:.3e} to {last:.3e}", betas.len()),
        [only] => format!("1 step, β {only:.3e}"),
    }
}
