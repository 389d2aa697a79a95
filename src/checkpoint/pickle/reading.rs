//! A pickle read as plain data.

use super::calls::{called, storage};
use super::value::{MOST_DEPTH, Storage, Unfold, Value};
use super::{Id, Node, Pickle};

/// Most values, each name and each 32 bytes counted as one more: a small pickle can name one list a million times.
const MOST_VALUES: usize = 400_000;

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
        named.map(|name| storage(self, name)).collect()
    }
}

/// A pickle being read, and how much more may come of it.
struct Reading<'a> {
    pickle: &'a Pickle,
    left: usize,
}

impl Unfold for Reading<'_> {
    fn value(&mut self, id: Id, depth: usize) -> Result<Value, String> {
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
}

impl Reading<'_> {
    fn spend(&mut self, bytes: usize) -> Result<(), String> {
        let left = self.left.checked_sub(1 + bytes / 32);
        self.left = left.ok_or("its pickle unfolds to more values than any checkpoint has")?;
        Ok(())
    }
}
