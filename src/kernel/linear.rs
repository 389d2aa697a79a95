//! A linear map of one row: what a network needs so seldom that no block is worth it.

/// A linear map with its weight transposed, `[in, out]`, so that the sums of all outputs grow side by side.
pub(crate) struct Linear {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Linear {
    /// The map of `weight`, `[out, in]`, and `bias`, `[out]`.
    pub(crate) fn new(weight: &[f32], bias: Vec<f32>) -> Self {
        let inputs = weight.len() / bias.len();
        let transposed = (0..inputs).flat_map(|k| (0..bias.len()).map(move |n| weight[n * inputs + k]));
        Self { weight: transposed.collect(), bias }
    }

    /// Length of an output.
    pub(crate) fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// Maps `input`, `[in]`, to `output`, `[out]`.
    pub(crate) fn apply(&self, input: &[f32], output: &mut [f32]) {
        output.copy_from_slice(&self.bias);
        for (value, weights) in input.iter().zip(self.weight.chunks_exact(self.bias.len())) {
            for (sum, weight) in output.iter_mut().zip(weights) {
                *sum += value * weight;
            }
        }
    }
}

/// x·sigmoid(x), in place.
pub(crate) fn silu(values: &mut [f32]) {
    values.iter_mut().for_each(|x| *x /= 1.0 + (-*x).exp());
}
