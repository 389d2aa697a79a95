//! NumPy's numbers and arrays in pickles.

use super::value::{Data, TensorView, Unfold, Value};
use super::{Id, Node, Object, Pickle};
use crate::audio::{Number, strides};

/// Most values of an array in a pickle: schedules and statistics, no recordings.
const MOST_VALUES: usize = 1 << 24;

/// What a call of NumPy's `class` makes; none where that is not one of its numbers or arrays.
pub(super) fn called(
    pickle: &Pickle,
    reading: &mut dyn Unfold,
    class: &str,
    object: &Object,
) -> Result<Option<Value>, String> {
    // NumPy 2 put an underscore before its core.
    let Some(function) =
        class.strip_prefix("numpy.").map(|name| name.trim_start_matches("_").trim_start_matches("core."))
    else {
        return Ok(None);
    };
    let arguments = pickle.sequence(object.arguments);
    match (function, arguments) {
        ("multiarray.scalar", [dtype, bytes]) => scalar(pickle, reading, *dtype, *bytes).map(Some),
        ("multiarray._reconstruct", _) => {
            let state = object.state.map_or(&[][..], |state| pickle.sequence(state));
            let [_, shape, dtype, columns, bytes] = state else { return Ok(None) };
            let columns = matches!(pickle.node(*columns), Node::Bool(true));
            array(pickle, reading, *dtype, *bytes, pickle.counts(*shape)?, columns).map(Some)
        }
        ("numeric._frombuffer", [bytes, dtype, shape, order]) => {
            let columns = matches!(pickle.node(*order), Node::Text(order) if &**order == "F");
            array(pickle, reading, *dtype, *bytes, pickle.counts(*shape)?, columns).map(Some)
        }
        _ => Ok(None),
    }
}

fn scalar(pickle: &Pickle, reading: &mut dyn Unfold, dtype: Id, bytes: Id) -> Result<Value, String> {
    let Some((number, swapped)) = dtype_of(pickle, dtype) else {
        return Ok(Value::Opaque("numpy.generic".into()));
    };
    let bytes = bytes_of(pickle, reading, bytes)?;
    let value = number
        .read(&number.little_endian(&bytes, swapped))
        .first()
        .copied()
        .ok_or("a NumPy number in its pickle has no bytes")?;
    Ok(match number {
        Number::Bool => Value::Bool(value != 0.0),
        number if number.is_float() => Value::Float(value),
        // Exact up to 2⁵³, beyond which no count goes.
        _ => Value::Int(value as i64),
    })
}

fn array(
    pickle: &Pickle,
    reading: &mut dyn Unfold,
    dtype: Id,
    bytes: Id,
    shape: Vec<usize>,
    columns: bool,
) -> Result<Value, String> {
    let Some((number, swapped)) = dtype_of(pickle, dtype) else {
        return Ok(Value::Opaque("numpy.ndarray".into()));
    };
    let bytes = bytes_of(pickle, reading, bytes)?;
    let values = shape.iter().try_fold(1usize, |product, length| product.checked_mul(*length));
    match values.filter(|values| *values <= MOST_VALUES && values * number.size() == bytes.len()) {
        Some(_) => {}
        None => {
            return Err(format!(
                "a NumPy array in its pickle has the shape {shape:?} and {} bytes",
                bytes.len()
            ));
        }
    }
    let data = Data::Inline(number.little_endian(&bytes, swapped).into_owned());
    let strides = strides(&shape, columns);
    Ok(Value::Tensor(TensorView { data, number, offset: 0, shape, strides }))
}

/// What a `numpy.dtype` stands for, and whether its bytes are turned around.
fn dtype_of(pickle: &Pickle, id: Id) -> Option<(Number, bool)> {
    let Node::Object(object) = pickle.node(id) else { return None };
    let Node::Text(name) = pickle.node(*pickle.sequence(object.arguments).first()?) else { return None };
    let state = object.state.map_or(&[][..], |state| pickle.sequence(state));
    let swapped =
        state.get(1).is_some_and(|order| matches!(pickle.node(*order), Node::Text(order) if &**order == ">"));
    Some((Number::of_numpy(name)?, swapped))
}

/// Bytes as they are, or in the text that pickles of the second protocol put them in.
fn bytes_of(pickle: &Pickle, reading: &mut dyn Unfold, id: Id) -> Result<Vec<u8>, String> {
    let node = match pickle.node(id) {
        Node::Object(object) => pickle.sequence(object.arguments).first().map(|first| pickle.node(*first)),
        node => Some(node),
    };
    match node {
        Some(Node::Bytes(bytes)) => {
            reading.copy(bytes.len())?;
            Ok(bytes.to_vec())
        }
        Some(Node::Text(text)) => {
            reading.copy(text.len())?;
            Ok(text.chars().map(|c| c as u32 as u8).collect())
        }
        _ => Ok(Vec::new()),
    }
}
