//! What known calls make: PyTorch's tensors and modules, NumPy's numbers and arrays, and whatever is like a dictionary or
//! a list.

use std::borrow::Cow;
use std::collections::HashSet;

use super::value::{Data, MOST_DEPTH, Storage, TensorView, Unfold, Value};
use super::{Id, Node, Object, Pickle, numpy};
use crate::audio::Number;

/// Attributes that hold the parts of a `torch.nn.Module`: what is not in them is in no state dict.
const MODULE_PARTS: [&str; 3] = ["_parameters", "_buffers", "_modules"];

/// What `object` is.
pub(super) fn called(
    pickle: &Pickle,
    reading: &mut dyn Unfold,
    object: &Object,
    depth: usize,
) -> Result<Value, String> {
    let Some(class) = pickle.class(object.class) else {
        return Ok(Value::Opaque("an unnamed function".into()));
    };
    let arguments = pickle.sequence(object.arguments);
    match (class, arguments) {
        (
            "torch._utils._rebuild_tensor" | "torch._utils._rebuild_tensor_v2",
            [storage, offset, shape, strides, ..],
        ) => tensor(pickle, reading, [*storage, *offset, *shape, *strides], None),
        ("torch._utils._rebuild_tensor_v3", [storage, offset, shape, strides, _, _, number, ..]) => {
            tensor(pickle, reading, [*storage, *offset, *shape, *strides], pickle.class(*number))
        }
        // A parameter is its tensor.
        ("torch._utils._rebuild_parameter" | "torch._utils._rebuild_parameter_with_state", [of, ..]) => {
            reading.value(*of, depth + 1)
        }
        // A subclass's tensor is that of the call which it wraps.
        ("torch._tensor._rebuild_from_type_v2", [function, _, wrapped, ..]) => {
            let inner = Object {
                class: *function,
                arguments: *wrapped,
                items: Vec::new(),
                pairs: Vec::new(),
                state: None,
            };
            if depth > MOST_DEPTH {
                Ok(Value::Opaque(class.into()))
            } else {
                called(pickle, reading, &inner, depth + 1)
            }
        }
        ("torch.device", [name, ..]) => reading.value(*name, depth + 1),
        // Sparse, quantized, nested: no weight is, and where one should be it is missed.
        _ if class.starts_with("torch._utils._rebuild_") => Ok(Value::Opaque(class.into())),
        _ => match numpy::called(pickle, reading, class, object)? {
            Some(value) => Ok(value),
            None => collection(pickle, reading, class, object, depth),
        },
    }
}

/// What is like a dictionary (`OrderedDict`, `defaultdict`, `Counter`, `Namespace`, `AttrDict`, any class with
/// attributes) or like a list, whatever its class.
fn collection(
    pickle: &Pickle,
    reading: &mut dyn Unfold,
    class: &str,
    object: &Object,
    depth: usize,
) -> Result<Value, String> {
    // What `__reduce__` of a class without one of its own gives: the class is the first argument.
    let class = match (class, pickle.sequence(object.arguments)) {
        ("copyreg._reconstructor" | "copy_reg._reconstructor" | "copyreg.__newobj__", [first, ..]) => {
            pickle.class(*first).unwrap_or(class)
        }
        _ => class,
    };
    let mut all = Vec::new();
    let mut lists: Vec<&[Id]> = Vec::new();
    for argument in pickle.sequence(object.arguments) {
        reading.spend(1)?;
        match pickle.node(*argument) {
            Node::Map(of) => all.extend(reading.entries(of, depth)?),
            Node::Sequence(of) if is_dictionary(class) => match in_pairs(pickle, reading, of)? {
                Some(of) => all.extend(reading.entries(&of, depth)?),
                None => lists.push(of),
            },
            Node::Sequence(of) => lists.push(of),
            _ => {}
        }
    }
    all.extend(reading.entries(&object.pairs, depth)?);
    lists.push(&object.items);
    let mut attributes = attributes(pickle, reading, object, depth)?;
    if attributes.iter().any(|(name, value)| name == "_modules" && matches!(value, Value::Map(_))) {
        return Ok(Value::Map(module(attributes)));
    }
    // OmegaConf: the nodes of a configuration keep what they hold in one attribute.
    if let Some(held) = attributes.iter().position(|(name, _)| name == "_content" || name == "_val") {
        return Ok(attributes.swap_remove(held).1);
    }
    if !attributes.is_empty() {
        let mut names: HashSet<String> = all.iter().map(|(name, _)| name.clone()).collect();
        all.extend(attributes.into_iter().filter(|(name, _)| names.insert(name.clone())));
    }
    match (all.is_empty(), lists.iter().all(|list| list.is_empty())) {
        (false, _) => Ok(Value::Map(all)),
        (true, false) => {
            let items = lists.into_iter().flatten();
            Ok(Value::List(items.map(|item| reading.value(*item, depth + 1)).collect::<Result<_, _>>()?))
        }
        (true, true) if is_dictionary(class) => Ok(Value::Map(Vec::new())),
        (true, true) => Ok(Value::Opaque(class.into())),
    }
}

fn is_dictionary(class: &str) -> bool {
    let name = class.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    name.contains("dict") || name == "counter" || name == "namespace"
}

/// `items` as pairs, where each is one.
fn in_pairs(pickle: &Pickle, reading: &mut dyn Unfold, items: &[Id]) -> Result<Option<Vec<(Id, Id)>>, String> {
    reading.spend(items.len())?;
    let pair = |item: &Id| <[Id; 2]>::try_from(pickle.sequence(*item)).ok();
    Ok(items.iter().map(|item| pair(item).map(|[key, value]| (key, value))).collect())
}

/// The attributes of an object: its state, or both parts of one that has slots.
fn attributes(
    pickle: &Pickle,
    reading: &mut dyn Unfold,
    object: &Object,
    depth: usize,
) -> Result<Vec<(String, Value)>, String> {
    let Some(state) = object.state else { return Ok(Vec::new()) };
    let parts = match pickle.node(state) {
        Node::Sequence(parts) => parts.as_slice(),
        _ => std::slice::from_ref(&state),
    };
    let mut attributes = Vec::new();
    for part in parts {
        reading.spend(1)?;
        match pickle.node(*part) {
            Node::Map(pairs) => attributes.extend(reading.entries(pairs, depth + 1)?),
            Node::Object(inner) if !inner.pairs.is_empty() => {
                attributes.extend(reading.entries(&inner.pairs, depth + 1)?);
            }
            _ => {}
        }
    }
    Ok(attributes)
}

/// The state dict of a module, whose parts are among its `attributes`.
fn module(mut attributes: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let mut part = |name: &str| match attributes.iter_mut().find(|(other, _)| other == name) {
        Some((_, Value::Map(entries))) => std::mem::take(entries),
        _ => Vec::new(),
    };
    MODULE_PARTS.iter().flat_map(|name| part(name)).filter(|(_, value)| *value != Value::None).collect()
}

/// The tensor of a call's first four arguments, of numbers that are named beside them or by its storage; opaque where they
/// are of no type that is read.
fn tensor(
    pickle: &Pickle,
    reading: &mut dyn Unfold,
    [storage, offset, shape, strides]: [Id; 4],
    number: Option<&str>,
) -> Result<Value, String> {
    let Node::Persistent(name) = pickle.node(storage) else {
        return Err("a tensor in its pickle has no storage".into());
    };
    let stored = self::storage(pickle, *name)?;
    let Some(number) = number.map_or(stored.number, numbers_of) else {
        return Ok(Value::Opaque(number.unwrap_or(stored.class).to_owned()));
    };
    let offset =
        pickle.count(offset)?.checked_add(stored.offset).ok_or("a tensor in its pickle has no place")?;
    let (shape, strides) = (pickle.counts(shape)?, pickle.counts(strides)?);
    if shape.len() != strides.len() {
        return Err(format!("a tensor in its pickle has the shape {shape:?} and the strides {strides:?}"));
    }
    reading.copy(stored.key.len())?;
    let data = Data::Stored(stored.key.into_owned());
    Ok(Value::Tensor(TensorView { data, number, offset, shape, strides }))
}

/// The storage under the name `name`: `('storage', class, key, place, length)`, and in early files a view of it.
pub(super) fn storage(pickle: &Pickle, name: Id) -> Result<Storage<'_>, String> {
    let strange = || "its pickle names a storage in a way that PyTorch does not".to_owned();
    let [_, class, key, _, length, view @ ..] = pickle.sequence(name) else { return Err(strange()) };
    let key = match pickle.node(*key) {
        Node::Text(key) => Cow::Borrowed(&**key),
        Node::Int(key) => Cow::Owned(key.to_string()),
        _ => return Err(strange()),
    };
    let class = pickle.class(*class).ok_or_else(strange)?;
    let offset = match view.first().map(|view| pickle.sequence(*view)) {
        Some([_, offset, _]) => pickle.count(*offset)?,
        _ => 0,
    };
    Ok(Storage { key, number: numbers_of(class), class, length: pickle.count(*length)?, offset })
}

/// The numbers of a `torch.float32`, or of a `torch.FloatStorage`.
fn numbers_of(class: &str) -> Option<Number> {
    Some(match class.rsplit('.').next()? {
        "DoubleStorage" | "float64" | "double" => Number::F64,
        "FloatStorage" | "float32" | "float" => Number::F32,
        "HalfStorage" | "float16" | "half" => Number::F16,
        "BFloat16Storage" | "bfloat16" => Number::BF16,
        "LongStorage" | "int64" | "long" => Number::I64,
        "IntStorage" | "int32" | "int" => Number::I32,
        "ShortStorage" | "int16" | "short" => Number::I16,
        "CharStorage" | "int8" => Number::I8,
        "ByteStorage" | "uint8" => Number::U8,
        "BoolStorage" | "bool" => Number::Bool,
        _ => return None,
    })
}
