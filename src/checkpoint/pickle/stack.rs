//! What a pickle's program works on: nodes, a stack of them with marks, and those that are kept for later.

use std::collections::HashMap;

use super::{Id, Node};

/// Nodes, and where the program stands.
#[derive(Default)]
pub struct Stack {
    pub nodes: Vec<Node>,
    ids: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
}

impl Stack {
    /// Puts `id` once more.
    pub fn put(&mut self, id: Id) {
        self.ids.push(id);
    }

    /// Puts a mark.
    pub fn mark(&mut self) {
        self.marks.push(self.ids.len());
    }

    /// Under how many keys something is kept.
    pub fn kept(&self) -> u32 {
        self.memo.len() as u32
    }

    /// Makes a node, and puts it.
    pub fn push(&mut self, node: Node) {
        self.ids.push(Id(self.nodes.len() as u32));
        self.nodes.push(node);
    }

    /// The uppermost value, unless a mark is above it.
    pub fn top(&self) -> Result<Id, String> {
        let floor = self.marks.last().copied().unwrap_or(0);
        self.ids[floor..].last().copied().ok_or_else(|| "its pickle takes more than it put".into())
    }

    /// Takes it.
    pub fn pop(&mut self) -> Result<Id, String> {
        let top = self.top()?;
        self.ids.pop();
        Ok(top)
    }

    /// Takes the uppermost value, or the mark above it.
    pub fn pop_any(&mut self) -> Result<(), String> {
        match self.marks.last() {
            Some(mark) if *mark == self.ids.len() => drop(self.marks.pop()),
            _ => drop(self.pop()?),
        }
        Ok(())
    }

    /// Takes the `count` uppermost.
    pub fn last(&mut self, count: usize) -> Result<Vec<Id>, String> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let first = self.ids.len().checked_sub(count).filter(|first| *first >= floor);
        Ok(self.ids.split_off(first.ok_or("its pickle takes more than it put")?))
    }

    /// All above the uppermost mark, which goes.
    pub fn marked(&mut self) -> Result<Vec<Id>, String> {
        let mark = self.marks.pop().ok_or("its pickle takes more than it put")?;
        Ok(self.ids.split_off(mark))
    }

    /// Keeps the uppermost value under `key`.
    pub fn memorize(&mut self, key: u32) -> Result<(), String> {
        let top = self.top()?;
        self.memo.insert(key, top);
        Ok(())
    }

    /// Puts what was kept under `key`.
    pub fn recall(&mut self, key: u32) -> Result<(), String> {
        let id = self.memo.get(&key).ok_or("its pickle refers to what it does not hold")?;
        self.ids.push(*id);
        Ok(())
    }

    /// Appends to the list that is uppermost.
    pub fn append(&mut self, more: Vec<Id>) -> Result<(), String> {
        let target = self.top()?;
        match &mut self.nodes[target.0 as usize] {
            Node::Sequence(items) => items.extend(more),
            Node::Object(object) => object.items.extend(more),
            _ => return Err("its pickle appends to what is no list".into()),
        }
        Ok(())
    }

    /// Sets items of the dictionary that is uppermost.
    pub fn set(&mut self, more: Vec<(Id, Id)>) -> Result<(), String> {
        let target = self.top()?;
        match &mut self.nodes[target.0 as usize] {
            Node::Map(pairs) => pairs.extend(more),
            Node::Object(object) => object.pairs.extend(more),
            _ => return Err("its pickle sets an item of what is no dictionary".into()),
        }
        Ok(())
    }
}
