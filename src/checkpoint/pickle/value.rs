//! A pickle as plain data: dictionaries, lists, numbers, tensors, whatever classes they were made with.

use std::borrow::Cow;

use super::{Id, Node, Pickle};
use crate::audio::Number;

/// Deepest nesting that is followed.
pub(super) const MOST_DEPTH: usize = 100;
/// Most axes of a tensor.
const MOST_AXES: usize = 8;

/// Plain data.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Value>),
    /// A dictionary or an object's attributes, in their order.
    Map(Vec<(String, Value)>),
    /// A PyTorch tensor or NumPy array.
    Tensor(TensorView),
    /// What is none of these, by the name of its class.
    Opaque(String),
}

/// A tensor that is not read yet.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorView {
    /// Where its values are.
    pub data: Data,
    /// What they are.
    pub number: Number,
    /// Values before its first.
    pub offset: usize,
    /// Length of every axis.
    pub shape: Vec<usize>,
    /// Values from one to the next along every axis.
    pub strides: Vec<usize>,
}

/// Where a tensor's values are.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// In a storage of the file.
    Stored(String),
    /// In the pickle itself.
    Inline(Vec<u8>),
}

/// A storage of the file, as a pickle names it.
#[derive(Clone, Debug, PartialEq)]
pub struct Storage<'a> {
    /// Its name.
    pub key: Cow<'a, str>,
    /// Its class.
    pub class: &'a str,
    /// The type of its numbers; none of a storage of bytes, or of a type that is not read.
    pub number: Option<Number>,
    /// How many they are.
    pub length: usize,
    /// Values of the storage that it lies in before its first.
    pub offset: usize,
}

impl Value {
    /// The entry `key` of a dictionary.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Self::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// What it is, for messages.
    pub fn kind(&self) -> String {
        match self {
            Self::None => "None".into(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Text(text) => format!("\"{}\"", text.chars().take(40).collect::<String>()),
            Self::List(items) => format!("a list of {} items", items.len()),
            Self::Map(entries) => {
                let names: Vec<&str> = entries.iter().take(5).map(|(name, _)| name.as_str()).collect();
                let more = if entries.len() > names.len() { ", …" } else { "" };
                format!("a dictionary of {}{more}", names.join(", "))
            }
            Self::Tensor(tensor) => format!("a tensor of shape {:?}", tensor.shape),
            Self::Opaque(class) => format!("an object of the class {class}"),
        }
    }
}

impl Pickle {
    /// The items of a sequence; none of anything else.
    pub(super) fn sequence(&self, id: Id) -> &[Id] {
        match self.node(id) {
            Node::Sequence(items) => items,
            _ => &[],
        }
    }

    pub(super) fn class(&self, id: Id) -> Option<&str> {
        match self.node(id) {
            Node::Class(name) => Some(name),
            _ => None,
        }
    }

    /// A number that counts something.
    pub(super) fn count(&self, id: Id) -> Result<usize, String> {
        match self.node(id) {
            Node::Int(count) => {
                usize::try_from(*count).map_err(|_| format!("a tensor in its pickle has the size {count}"))
            }
            _ => Err("a tensor in its pickle has a size that is no number".into()),
        }
    }

    /// The numbers of a sequence that has one for each axis of a tensor.
    pub(super) fn counts(&self, id: Id) -> Result<Vec<usize>, String> {
        let items = match self.node(id) {
            // torch.Size
            Node::Object(object) => {
                self.sequence(object.arguments).first().map_or(&[][..], |first| self.sequence(*first))
            }
            _ => self.sequence(id),
        };
        if items.len() > MOST_AXES {
            return Err(format!("a tensor in its pickle has {} axes", items.len()));
        }
        items.iter().map(|item| self.count(*item)).collect()
    }
}

/// Who reads nodes as plain data, and counts how much comes of it: one node may be named a million times.
pub(super) trait Unfold {
    /// The node at `id`, that many levels deep.
    fn value(&mut self, id: Id, depth: usize) -> Result<Value, String>;

    /// Entries by their names: what has no name in text or number is left out.
    fn entries(&mut self, pairs: &[(Id, Id)], depth: usize) -> Result<Vec<(String, Value)>, String>;

    /// Counts so many values, or as much work.
    fn spend(&mut self, values: usize) -> Result<(), String>;

    /// Counts so many bytes that are copied.
    fn copy(&mut self, bytes: usize) -> Result<(), String>;
}
