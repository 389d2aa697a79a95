//! What a network may be conditioned on beside mel frames and labels.

/// What a network is told of every window, beside its mel frames and its label. Signals are as long as a window is at the depth
/// where they are told; what is missing at their ends is zeros.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Signals that join the network's own, from its outermost depth in: `[channels, values at that depth]` each.
    pub channels: Vec<Vec<f32>>,
    /// A vector; empty for none.
    pub features: Vec<f32>,
    /// Tokens, `[tokens, features]`; empty for none.
    pub embedding: Vec<f32>,
    /// Scale of classifier-free guidance by the tokens (Ho and Salimans 2022); 1 is the network itself.
    pub embedding_scale: f32,
}

impl Default for Condition {
    /// Nothing.
    fn default() -> Self {
        Self { channels: Vec::new(), features: Vec::new(), embedding: Vec::new(), embedding_scale: 1.0 }
    }
}
