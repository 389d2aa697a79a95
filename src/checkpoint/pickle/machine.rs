//! The stack machine that a pickle is a program for.

use std::collections::HashMap;

use super::input::{Input, integer_line, legacy_text, long, text};
use super::{Id, Node, Object};

/// Most operations of a pickle, and so most nodes, entries and references that can come of it: a checkpoint has some
/// dozens for each tensor.
pub const MOST_OPERATIONS: usize = 1_000_000;

/// A pickle in memory.
#[derive(Debug)]
pub struct Pickle {
    nodes: Vec<Node>,
    /// What the pickle holds.
    pub root: Id,
    /// Bytes that it takes up.
    pub length: usize,
}

impl Pickle {
    /// The node at `id`.
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// All nodes.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }
}

/// Reads the pickle that `bytes` begin with.
///
/// # Errors
/// Why it is none, in words.
pub fn read(bytes: &[u8]) -> Result<Pickle, String> {
    let mut machine = Machine {
        input: Input::new(bytes),
        nodes: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
    };
    for _ in 0..MOST_OPERATIONS {
        if let Some(root) = machine.step()? {
            return Ok(Pickle { nodes: machine.nodes, root, length: machine.input.at });
        }
    }
    Err(format!("its pickle has more than {MOST_OPERATIONS} operations"))
}

struct Machine<'a> {
    input: Input<'a>,
    nodes: Vec<Node>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
}

impl Machine<'_> {
    /// Does one operation; the result, where it was the last.
    fn step(&mut self) -> Result<Option<Id>, String> {
        let code = self.input.take(1)?[0];
        match code {
            b'.' => return self.pop().map(Some),
            // The protocol, and the length of a frame: all that they tell is in what follows.
            0x80 => drop(self.input.take(1)?),
            0x95 => drop(self.input.take(8)?),
            b'(' => self.marks.push(self.stack.len()),
            b'0' => drop(self.pop_any()?),
            b'1' => drop(self.marked()?),
            b'2' => {
                let top = self.top()?;
                self.stack.push(top);
            }
            b'q' => self.memorize(|m| Ok(m.input.take(1)?[0].into()))?,
            b'r' => self.memorize(|m| m.input.u32())?,
            b'p' => self.memorize(|m| m.input.number_line())?,
            0x94 => self.memorize(|m| Ok(m.memo.len() as u32))?,
            b'h' => self.recall(|m| Ok(m.input.take(1)?[0].into()))?,
            b'j' => self.recall(|m| m.input.u32())?,
            b'g' => self.recall(|m| m.input.number_line())?,
            b'a' => {
                let item = self.pop()?;
                self.append(vec![item])?;
            }
            b'e' | 0x90 => {
                let items = self.marked()?;
                self.append(items)?;
            }
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set(vec![(key, value)])?;
            }
            b'u' => {
                let pairs = pairs(&self.marked()?)?;
                self.set(pairs)?;
            }
            b'b' => {
                let state = self.pop()?;
                let target = self.top()?;
                // The attributes of what is no object, a module's dictionary of hooks for one, are nothing to us.
                if let Node::Object(object) = &mut self.nodes[target.0 as usize] {
                    object.state = Some(state);
                }
            }
            _ => {
                let node = self.value(code)?;
                self.push(node);
            }
        }
        Ok(None)
    }

    /// The node that an operation makes.
    fn value(&mut self, code: u8) -> Result<Node, String> {
        Ok(match code {
            b'N' => Node::None,
            0x88 => Node::Bool(true),
            0x89 => Node::Bool(false),
            b'J' => Node::Int(self.input.u32()?.cast_signed().into()),
            b'K' => Node::Int(self.input.take(1)?[0].into()),
            b'M' => Node::Int(u16::from_le_bytes(self.input.array()?).into()),
            0x8a => long(self.input.counted(1)?),
            0x8b => long(self.input.counted(4)?),
            b'I' | b'L' => integer_line(self.input.line()?)?,
            b'G' => Node::Float(f64::from_be_bytes(self.input.array()?)),
            b'F' => {
                Node::Float(text(self.input.line()?)?.parse().map_err(|_| "a number in its pickle is none")?)
            }
            b'X' => Node::Text(text(self.input.counted(4)?)?.into()),
            0x8c => Node::Text(text(self.input.counted(1)?)?.into()),
            0x8d => Node::Text(text(self.input.counted(8)?)?.into()),
            b'V' | b'S' => Node::Text(text(self.input.line()?)?.trim_matches(['\'', '"']).into()),
            // Strings of Python 2, which are bytes.
            b'T' => legacy_text(self.input.counted(4)?),
            b'U' => legacy_text(self.input.counted(1)?),
            b'B' => Node::Bytes(self.input.counted(4)?.into()),
            b'C' => Node::Bytes(self.input.counted(1)?.into()),
            0x8e | 0x96 => Node::Bytes(self.input.counted(8)?.into()),
            b')' | b']' | 0x8f => Node::Sequence(Vec::new()),
            b'}' => Node::Map(Vec::new()),
            b't' | b'l' | 0x91 => Node::Sequence(self.marked()?),
            b'd' => Node::Map(pairs(&self.marked()?)?),
            0x85 => Node::Sequence(self.last(1)?),
            0x86 => Node::Sequence(self.last(2)?),
            0x87 => Node::Sequence(self.last(3)?),
            b'c' => {
                let (module, name) = (text(self.input.line()?)?, text(self.input.line()?)?);
                Node::Class(format!("{module}.{name}").into())
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                match (&self.nodes[module.0 as usize], &self.nodes[name.0 as usize]) {
                    (Node::Text(module), Node::Text(name)) => Node::Class(format!("{module}.{name}").into()),
                    _ => return Err("a class in its pickle has no name".into()),
                }
            }
            b'R' | 0x81 => {
                let (arguments, class) = (self.pop()?, self.pop()?);
                object(class, arguments)
            }
            0x92 => {
                let (_named, arguments, class) = (self.pop()?, self.pop()?, self.pop()?);
                object(class, arguments)
            }
            b'Q' => Node::Persistent(self.pop()?),
            b'P' => {
                let name = Node::Text(text(self.input.line()?)?.into());
                self.push(name);
                Node::Persistent(self.pop()?)
            }
            other => {
                return Err(format!(
                    "its pickle holds the operation 0x{other:02x}, which is none or a rare one"
                ));
            }
        })
    }

    fn push(&mut self, node: Node) {
        self.stack.push(Id(self.nodes.len() as u32));
        self.nodes.push(node);
    }

    fn top(&self) -> Result<Id, String> {
        let floor = self.marks.last().copied().unwrap_or(0);
        self.stack[floor..].last().copied().ok_or_else(|| "its pickle takes more than it put".into())
    }

    fn pop(&mut self) -> Result<Id, String> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    /// Takes the uppermost value, or the mark above it.
    fn pop_any(&mut self) -> Result<(), String> {
        match self.marks.last() {
            Some(mark) if *mark == self.stack.len() => drop(self.marks.pop()),
            _ => drop(self.pop()?),
        }
        Ok(())
    }

    fn last(&mut self, count: usize) -> Result<Vec<Id>, String> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let first = self.stack.len().checked_sub(count).filter(|first| *first >= floor);
        Ok(self.stack.split_off(first.ok_or("its pickle takes more than it put")?))
    }

    /// All above the uppermost mark, which goes.
    fn marked(&mut self) -> Result<Vec<Id>, String> {
        let mark = self.marks.pop().ok_or("its pickle takes more than it put")?;
        Ok(self.stack.split_off(mark))
    }

    fn memorize(&mut self, key: impl Fn(&mut Self) -> Result<u32, String>) -> Result<(), String> {
        let (key, top) = (key(self)?, self.top()?);
        self.memo.insert(key, top);
        Ok(())
    }

    fn recall(&mut self, key: impl Fn(&mut Self) -> Result<u32, String>) -> Result<(), String> {
        let key = key(self)?;
        let id = self.memo.get(&key).ok_or("its pickle refers to what it does not hold")?;
        self.stack.push(*id);
        Ok(())
    }

    fn append(&mut self, more: Vec<Id>) -> Result<(), String> {
        let target = self.top()?;
        match &mut self.nodes[target.0 as usize] {
            Node::Sequence(items) => items.extend(more),
            Node::Object(object) => object.items.extend(more),
            _ => return Err("its pickle appends to what is no list".into()),
        }
        Ok(())
    }

    fn set(&mut self, more: Vec<(Id, Id)>) -> Result<(), String> {
        let target = self.top()?;
        match &mut self.nodes[target.0 as usize] {
            Node::Map(pairs) => pairs.extend(more),
            Node::Object(object) => object.pairs.extend(more),
            _ => return Err("its pickle sets an item of what is no dictionary".into()),
        }
        Ok(())
    }
}

fn object(class: Id, arguments: Id) -> Node {
    Node::Object(Box::new(Object { class, arguments, items: Vec::new(), pairs: Vec::new(), state: None }))
}

fn pairs(items: &[Id]) -> Result<Vec<(Id, Id)>, String> {
    let (pairs, []) = items.as_chunks::<2>() else { return Err("its pickle has a key without a value".into()) };
    Ok(pairs.iter().map(|[key, value]| (*key, *value)).collect())
}
