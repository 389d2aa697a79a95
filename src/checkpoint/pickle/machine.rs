//! The stack machine that a pickle is a program for.

use super::input::{Input, integer_line, legacy_text, long, text};
use super::stack::Stack;
use super::{Id, Node, Object};

/// Most operations of a pickle, and so most nodes, entries and references that can come of it: a checkpoint has some
/// dozens for each tensor.
pub const MOST_OPERATIONS: usize = 1_000_000;
/// Longest name of a class with its module's: two texts, each there once, can be put together a hundred thousand times.
const MOST_CLASS_NAME: usize = 500;

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
    let mut machine = Machine { input: Input::new(bytes), stack: Stack::default() };
    for _ in 0..MOST_OPERATIONS {
        if let Some(root) = machine.step()? {
            return Ok(Pickle { nodes: machine.stack.nodes, root, length: machine.input.at });
        }
    }
    Err(format!("its pickle has more than {MOST_OPERATIONS} operations"))
}

struct Machine<'a> {
    input: Input<'a>,
    stack: Stack,
}

impl Machine<'_> {
    /// Does one operation; the result, where it was the last.
    fn step(&mut self) -> Result<Option<Id>, String> {
        let code = self.input.take(1)?[0];
        match code {
            b'.' => return self.stack.pop().map(Some),
            // The protocol, and the length of a frame: all that they tell is in what follows.
            0x80 => drop(self.input.take(1)?),
            0x95 => drop(self.input.take(8)?),
            b'(' => self.stack.mark(),
            b'0' => drop(self.stack.pop_any()?),
            b'1' => drop(self.stack.marked()?),
            b'2' => {
                let top = self.stack.top()?;
                self.stack.put(top);
            }
            b'q' => self.stack.memorize(self.input.take(1)?[0].into())?,
            b'r' => self.stack.memorize(self.input.u32()?)?,
            b'p' => self.stack.memorize(self.input.number_line()?)?,
            0x94 => self.stack.memorize(self.stack.kept())?,
            b'h' => self.stack.recall(self.input.take(1)?[0].into())?,
            b'j' => self.stack.recall(self.input.u32()?)?,
            b'g' => self.stack.recall(self.input.number_line()?)?,
            b'a' => {
                let item = self.stack.pop()?;
                self.stack.append(vec![item])?;
            }
            b'e' | 0x90 => {
                let items = self.stack.marked()?;
                self.stack.append(items)?;
            }
            b's' => {
                let (value, key) = (self.stack.pop()?, self.stack.pop()?);
                self.stack.set(vec![(key, value)])?;
            }
            b'u' => {
                let pairs = pairs(&self.stack.marked()?)?;
                self.stack.set(pairs)?;
            }
            b'b' => {
                let state = self.stack.pop()?;
                let target = self.stack.top()?;
                // The attributes of what is no object, a module's dictionary of hooks for one, are nothing to us.
                if let Node::Object(object) = &mut self.stack.nodes[target.0 as usize] {
                    object.state = Some(state);
                }
            }
            _ => {
                let node = self.value(code)?;
                self.stack.push(node);
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
            b't' | b'l' | 0x91 => Node::Sequence(self.stack.marked()?),
            b'd' => Node::Map(pairs(&self.stack.marked()?)?),
            0x85 => Node::Sequence(self.stack.last(1)?),
            0x86 => Node::Sequence(self.stack.last(2)?),
            0x87 => Node::Sequence(self.stack.last(3)?),
            b'c' => {
                let (module, name) = (text(self.input.line()?)?, text(self.input.line()?)?);
                class(module, name)?
            }
            0x93 => {
                let (name, module) = (self.stack.pop()?, self.stack.pop()?);
                match (&self.stack.nodes[module.0 as usize], &self.stack.nodes[name.0 as usize]) {
                    (Node::Text(module), Node::Text(name)) => class(module, name)?,
                    _ => return Err("a class in its pickle has no name".into()),
                }
            }
            b'R' | 0x81 => {
                let (arguments, class) = (self.stack.pop()?, self.stack.pop()?);
                object(class, arguments)
            }
            0x92 => {
                let (_named, arguments, class) = (self.stack.pop()?, self.stack.pop()?, self.stack.pop()?);
                object(class, arguments)
            }
            b'Q' => Node::Persistent(self.stack.pop()?),
            b'P' => {
                let name = Node::Text(text(self.input.line()?)?.into());
                self.stack.push(name);
                Node::Persistent(self.stack.pop()?)
            }
            other => {
                return Err(format!(
                    "its pickle holds the operation 0x{other:02x}, which is none or a rare one"
                ));
            }
        })
    }
}

fn class(module: &str, name: &str) -> Result<Node, String> {
    if module.len() + name.len() > MOST_CLASS_NAME {
        return Err(format!("a class in its pickle has a name of {} bytes", module.len() + name.len()));
    }
    Ok(Node::Class(format!("{module}.{name}").into()))
}

fn object(class: Id, arguments: Id) -> Node {
    Node::Object(Box::new(Object { class, arguments, items: Vec::new(), pairs: Vec::new(), state: None }))
}

fn pairs(items: &[Id]) -> Result<Vec<(Id, Id)>, String> {
    let (pairs, []) = items.as_chunks::<2>() else { return Err("its pickle has a key without a value".into()) };
    Ok(pairs.iter().map(|[key, value]| (*key, *value)).collect())
}
