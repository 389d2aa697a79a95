//! What known calls make: PyTorch's tensors and modules, NumPy's numbers and arrays, and whatever is like a dictionary or
//! a list.

use super::value::{Data, MOST_DEPTH, Storage, TensorView, Unfold, Value};
use super::{Id, Node, Object, Pickle, numpy};
use crate::audio::Number;

/// Attributes that hold the parts of a `torch.nn.Module`: what is not in them is in no state dict.
const MODULE_PARTS: [&str; 3] = ["_parameters", "_buffers", "_modules"];

/// Most axes of a tensor.
const MOST_AXES: usize = 8;

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
        ) => tensor(pickle, [*storage, *offset, *shape, *strides], None),
        ("torch._utils._rebuild_tensor_v3", [storage, offset, shape, strides, _, _, number, ..]) => {
            tensor(pickle, [*storage, *offset, *shape, *strides], pickle.class(*number))
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
        _ => match numpy::called(pickle, class, object)? {
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
    let mut pairs = Vec::new();
    let mut items = Vec::new();
    for argument in pickle.sequence(object.arguments) {
        match pickle.node(*argument) {
            Node::Map(of) => pairs.extend_from_slice(of),
            Node::Sequence(of) => match in_pairs(pickle, of) {
                Some(of) if is_dictionary(class) => pairs.extend(of),
                _ => items.extend_from_slice(of),
            },
            _ => {}
        }
    }
    pairs.extend_from_slice(&object.pairs);
    items.extend_from_slice(&object.items);
    let entries = reading.entries(&pairs, depth)?;
    let attributes = attributes(pickle, reading, object, depth)?;
    if let Some(parts) = module(&attributes) {
        return Ok(Value::Map(parts));
    }
    // OmegaConf: the nodes of a configuration keep what they hold in one attribute.
    if let Some((_, held)) = attributes.iter().find(|(name, _)| name == "_content" || name == "_val") {
        return Ok(held.clone());
    }
    let mut all = entries;
    for (name, value) in attributes {
        if !all.iter().any(|(other, _)| *other == name) {
            all.push((name, value));
        }
    }
    match (all.is_empty(), items.is_empty()) {
        (false, _) => Ok(Value::Map(all)),
        (true, false) => {
            Ok(Value::List(items.iter().map(|item| reading.value(*item, depth + 1)).collect::<Result<_, _>>()?))
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
fn in_pairs(pickle: &Pickle, items: &[Id]) -> Option<Vec<(Id, Id)>> {
    items
        .iter()
        .map(|item| <[Id; 2]>::try_from(pickle.sequence(*item)).ok().map(|[key, value]| (key, value)))
        .collect()
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

/// The state dict of a module, whose parts are among its attributes.
fn module(attributes: &[(String, Value)]) -> Option<Vec<(String, Value)>> {
    let part = |name: &str| match attributes.iter().find(|(other, _)| other == name) {
        Some((_, Value::Map(entries))) => {
            Some(entries.iter().filter(|(_, value)| *value != Value::None).cloned())
        }
        _ => None,
    };
    let is_module = part("_modules").is_some();
    is_module.then(|| MODULE_PARTS.iter().filter_map(|name| part(name)).flatten().collect())
}

/// The tensor of a call's first four arguments, of numbers that are named beside them or by its storage; opaque where they
/// are of no type that is read.
fn tensor(
    pickle: &Pickle,
    [storage, offset, shape, strides]: [Id; 4],
    number: Option<&str>,
) -> Result<Value, String> {
    let Node::Persistent(name) = pickle.node(storage) else {
        return Err("a tensor in its pickle has no storage".into());
    };
    let stored = self::storage(pickle, *name)?;
    let Some(number) = number.map_or(stored.number, numbers_of) else {
        return Ok(Value::Opaque(number.map_or(stored.class, str::to_owned)));
    };
    let offset =
        pickle.count(offset)?.checked_add(stored.offset).ok_or("a tensor in its pickle has no place")?;
    let (shape, strides) = (pickle.counts(shape)?, pickle.counts(strides)?);
    if shape.len() != strides.len() || shape.len() > MOST_AXES {
        return Err(format!("a tensor in its pickle has the shape {shape:?} and the strides {strides:?}"));
    }
    Ok(Value::Tensor(TensorView { data: Data::Stored(stored.key), number, offset, shape, strides }))
}

/// The storage under the name `name`: `('storage', class, key, place, length)`, and in early files a view of it.
pub(super) fn storage(pickle: &Pickle, name: Id) -> Result<Storage, String> {
    let strange = || "its pickle names a storage in a way that PyTorch does not".to_owned();
    let [_, class, key, _, length, view @ ..] = pickle.sequence(name) else { return Err(strange()) };
    let key = match pickle.node(*key) {
        Node::Text(key) => key.to_string(),
        Node::Int(key) => key.to_string(),
        _ => return Err(strange()),
    };
    let class = pickle.class(*class).ok_or_else(strange)?.to_owned();
    let offset = match view.first().map(|view| pickle.sequence(*view)) {
        Some([_, offset, _]) => pickle.count(*offset)?,
        _ => 0,
    };
    Ok(Storage { key, number: numbers_of(&class), class, length: pickle.count(*length)?, offset })
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
