//! A pickle as plain data: dictionaries, lists, numbers, tensors, whatever classes they were made with.

use super::calls::called;
use super::{Id, Node, Pickle};
use crate::checkpoint::values::Number;

/// Deepest nesting that is followed.
pub(super) const MOST_DEPTH: usize = 100;
/// Most values, each name and each 32 bytes counted as one more: a small pickle can name one list a million times.
const MOST_VALUES: usize = 2_000_000;

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
pub struct Storage {
    /// Its name.
    pub key: String,
    /// Its class.
    pub class: String,
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
    /// All of it as plain data.
    ///
    /// # Errors
    /// Where it is nested too deeply, refers to itself without end, or holds a tensor that cannot be.
    pub fn value(&self) -> Result<Value, String> {
        Reading { pickle: self, left: MOST_VALUES }.value(self.root, 0)
    }

    /// The storages that it names.
    ///
    /// # Errors
    /// Where a name is not one of PyTorch's.
    pub fn storages(&self) -> Result<Vec<Storage>, String> {
        let named = self.nodes().iter().filter_map(|node| match node {
            Node::Persistent(name) => Some(*name),
            _ => None,
        });
        named.map(|name| super::calls::storage(self, name)).collect()
    }

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

    pub(super) fn counts(&self, id: Id) -> Result<Vec<usize>, String> {
        let items = match self.node(id) {
            // torch.Size
            Node::Object(object) => {
                self.sequence(object.arguments).first().map_or(&[][..], |first| self.sequence(*first))
            }
            _ => self.sequence(id),
        };
        items.iter().map(|item| self.count(*item)).collect()
    }
}

/// A pickle being read, and how much more may come of it.
pub(super) struct Reading<'a> {
    pub(super) pickle: &'a Pickle,
    left: usize,
}

impl Reading<'_> {
    pub(super) fn value(&mut self, id: Id, depth: usize) -> Result<Value, String> {
        if depth > MOST_DEPTH {
            return Err(format!("its pickle is nested deeper than {MOST_DEPTH} levels"));
        }
        let pickle = self.pickle;
        self.spend(match pickle.node(id) {
            Node::Text(text) => text.len(),
            Node::Bytes(bytes) => bytes.len(),
            _ => 0,
        })?;
        Ok(match pickle.node(id) {
            Node::None => Value::None,
            Node::Bool(value) => Value::Bool(*value),
            Node::Int(value) => Value::Int(*value),
            Node::Float(value) => Value::Float(*value),
            Node::Text(text) => Value::Text(text.to_string()),
            Node::Bytes(_) => Value::Opaque("bytes".into()),
            Node::Sequence(items) => Value::List(self.list(items, depth)?),
            Node::Map(pairs) => Value::Map(self.entries(pairs, depth)?),
            Node::Class(name) => Value::Opaque(name.to_string()),
            Node::Persistent(_) => Value::Opaque("torch.Storage".into()),
            Node::Object(object) => called(self, object, depth)?,
        })
    }

    pub(super) fn list(&mut self, items: &[Id], depth: usize) -> Result<Vec<Value>, String> {
        items.iter().map(|item| self.value(*item, depth + 1)).collect()
    }

    /// Entries by their names: what has no name in text (a step's number is one) is left out.
    pub(super) fn entries(&mut self, pairs: &[(Id, Id)], depth: usize) -> Result<Vec<(String, Value)>, String> {
        let mut entries = Vec::new();
        for (key, value) in pairs {
            let name = match self.pickle.node(*key) {
                Node::Text(name) => name.to_string(),
                Node::Int(index) => index.to_string(),
                _ => continue,
            };
            self.spend(name.len())?;
            entries.push((name, self.value(*value, depth + 1)?));
        }
        Ok(entries)
    }

    fn spend(&mut self, bytes: usize) -> Result<(), String> {
        let left = self.left.checked_sub(1 + bytes / 32);
        self.left = left.ok_or("its pickle unfolds to more values than any checkpoint has")?;
        Ok(())
    }
}
