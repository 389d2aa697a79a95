//! What a causal network goes on with.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// What a causal network keeps of a signal after an evaluation, to go on with: plain values, or something on its device.
#[derive(Clone)]
pub enum History {
    /// Values in an order that the network alone knows. Zeros stand for nothing before the first value, as at the start of a
    /// window.
    Values(Vec<f32>),
    /// What a device holds. It never changes: what goes along is another in its place, so that copies are free.
    Placed(Arc<dyn Any + Send + Sync>),
}

impl History {
    /// `values` zeros.
    pub fn zeros(values: usize) -> Self {
        Self::Values(vec![0.0; values])
    }

    /// The values; none of what a device holds.
    pub fn values(&self) -> &[f32] {
        match self {
            Self::Values(values) => values,
            Self::Placed(_) => &[],
        }
    }

    /// The same to write.
    pub fn values_mut(&mut self) -> &mut [f32] {
        match self {
            Self::Values(values) => values,
            Self::Placed(_) => &mut [],
        }
    }
}

impl PartialEq for History {
    /// Whether both are the same: of what devices hold, whether both are one thing.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Values(a), Self::Values(b)) => a == b,
            (Self::Placed(a), Self::Placed(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Values(values) => f.debug_tuple("Values").field(values).finish(),
            Self::Placed(_) => f.write_str("Placed"),
        }
    }
}
