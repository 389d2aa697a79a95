//! A pickle read as plain data.

use super::calls::{called, storage};
use super::value::{MOST_DEPTH, Storage, Unfold, Value};
use super::{Id, Node, Pickle};

/// Bytes of text that count as a value.
const VALUE_BYTES: usize = 32;
/// Most values, names and texts included: a small pickle can name one list a million times.
const MOST_VALUES: usize = 400_000;
/// How often the bytes of arrays in a pickle may be copied: each array names its own.
const MOST_COPIES: usize = 4;

impl Pickle {
    /// All of it as plain data.
    ///
    /// # Errors
    /// Where it is nested too deeply, refers to itself without end, or holds a tensor that cannot be.
    pub fn value(&self) -> Result<Value, String> {
        let bytes = self.length.saturating_mul(MOST_COPIES);
        Reading { pickle: self, left: MOST_VALUES, bytes }.value(self.root, 0)
    }

    /// The storages that it names.
    ///
    /// # Errors
    /// Where a name is not one of PyTorch's.
    pub fn storages(&self) -> Result<Vec<Storage<'_>>, String> {
        let named = self.nodes().iter().filter_map(|node| match node {
            Node::Persistent(name) => Some(*name),
            _ => None,
        });
        named.map(|name| storage(self, name)).collect()
    }
}

/// A pickle being read, and how much more may come of it.
struct Reading<'a> {
    pickle: &'a Pickle,
    left: usize,
    /// Bytes that may still be copied.
    bytes: usize,
}

impl Unfold for Reading<'_> {
    fn value(&mut self, id: Id, depth: usize) -> Result<Value, String> {
        if depth > MOST_DEPTH {
            return Err(format!("its pickle is nested deeper than {MOST_DEPTH} levels"));
        }
        let pickle = self.pickle;
        let bytes = match pickle.node(id) {
            Node::Text(text) | Node::Class(text) => text.len(),
            _ => 0,
        };
        self.spend(1 + bytes / VALUE_BYTES)?;
        Ok(match pickle.node(id) {
            Node::None => Value::None,
            Node::Bool(value) => Value::Bool(*value),
            Node::Int(value) => Value::Int(*value),
            Node::Float(value) => Value::Float(*value),
            Node::Text(text) => Value::Text(text.to_string()),
            Node::Bytes(_) => Value::Opaque("bytes".into()),
            Node::Sequence(items) => {
                Value::List(items.iter().map(|item| self.value(*item, depth + 1)).collect::<Result<_, _>>()?)
            }
            Node::Map(pairs) => Value::Map(self.entries(pairs, depth)?),
            Node::Class(name) => Value::Opaque(name.to_string()),
            Node::Persistent(_) => Value::Opaque("torch.Storage".into()),
            Node::Object(object) => called(pickle, self, object, depth)?,
        })
    }

    fn entries(&mut self, pairs: &[(Id, Id)], depth: usize) -> Result<Vec<(String, Value)>, String> {
        let mut entries = Vec::new();
        for (key, value) in pairs {
            self.spend(1)?;
            let name = match self.pickle.node(*key) {
                Node::Text(name) => name.to_string(),
                Node::Int(index) => index.to_string(),
                _ => continue,
            };
            self.spend(name.len() / VALUE_BYTES)?;
            entries.push((name, self.value(*value, depth + 1)?));
        }
        Ok(entries)
    }

    fn spend(&mut self, values: usize) -> Result<(), String> {
        let left = self.left.checked_sub(values);
        self.left = left.ok_or("its pickle unfolds to more values than any checkpoint has")?;
        Ok(())
    }

    fn copy(&mut self, bytes: usize) -> Result<(), String> {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.ok_or("its pickle unfolds to more arrays than it holds")?;
        Ok(())
    }
}
