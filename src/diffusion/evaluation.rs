//! One call of a network.

/// One call of the network on the way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// What the network is told of the noise in x.
    pub level: f32,
    /// √ᾱ: scale of the signal in x.
    pub signal_scale: f32,
    /// √(1 − ᾱ): scale of the noise in x.
    pub noise_scale: f32,
}
