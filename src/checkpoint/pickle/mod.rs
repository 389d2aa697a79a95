//! Python's pickles, parsed and never run: calls are kept as what was called with what, and those that are known are
//! read as what they would have made.
//!
//! Own code, because the readers that there are keep of any object but a tensor its class's name alone: NumPy's numbers,
//! `defaultdict`s and `Namespace`s, which checkpoints are full of, were lost.

mod calls;
mod input;
mod machine;
mod numpy;
mod reading;
mod stack;
mod value;

pub use machine::{Pickle, read};
pub use value::{Data, TensorView, Value};

/// A node of a pickle, by its place among all of them. Nodes refer to one another by such places, so that a pickle that
/// refers to itself, or is nested a million times, is dropped like any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(u32);

/// What a pickle is made of.
#[derive(Clone, Debug)]
pub enum Node {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Box<str>),
    Bytes(Box<[u8]>),
    /// A list, tuple or set.
    Sequence(Vec<Id>),
    Map(Vec<(Id, Id)>),
    /// A class or function, as `module.name`.
    Class(Box<str>),
    /// What a call gives.
    Object(Box<Object>),
    /// What lies outside of the pickle under this name.
    Persistent(Id),
}

/// A call, and what was put into its result.
#[derive(Clone, Debug)]
pub struct Object {
    /// What was called.
    pub class: Id,
    /// What with: a sequence.
    pub arguments: Id,
    /// Items that were appended.
    pub items: Vec<Id>,
    /// Items that were set.
    pub pairs: Vec<(Id, Id)>,
    /// Attributes.
    pub state: Option<Id>,
}
