//! A transformer over time.

use burn::tensor::Tensor;
use burn::tensor::activation::{gelu, softmax};

use super::affine::{Affine, GroupNorm, rows};
use super::parameters::Parameters;
use crate::network::unet1d::structure::Transformer;

/// What is added to the variance of its normalization.
const EPSILON: f64 = 1e-6;

#[derive(Debug)]
pub(super) struct BurnTransformer {
    norm: GroupNorm,
    to_in: Affine<3>,
    blocks: Vec<Block>,
    to_out: Affine<3>,
}

#[derive(Debug)]
struct Block {
    attention: Attention,
    cross_attention: Option<Attention>,
    feed_forward: [Affine<2>; 2],
}

impl BurnTransformer {
    pub(super) fn new(structure: &Transformer, from: &mut Parameters) -> Self {
        let Transformer { name, groups, blocks, heads, tokens, .. } = structure;
        let norm = GroupNorm::new(*groups, from.affine(&format!("{name}.to_in.0")));
        let to_in = from.affine(&format!("{name}.to_in.1"));
        let mut block = |index: usize| {
            let block = format!("{name}.blocks.{index}");
            Block {
                attention: Attention::new(&format!("{block}.attention"), *heads, from),
                cross_attention: tokens
                    .map(|_| Attention::new(&format!("{block}.cross_attention"), *heads, from)),
                feed_forward: [0, 2].map(|part| from.affine(&format!("{block}.feed_forward.{part}"))),
            }
        };
        let blocks = (0..*blocks).map(&mut block).collect();
        Self {
            norm: GroupNorm { epsilon: EPSILON, ..norm },
            to_in,
            blocks,
            to_out: from.affine(&format!("{name}.to_out.1")),
        }
    }

    /// `[batch, channels, n]`, and `[batch, tokens, features]` where it attends to tokens.
    pub(super) fn run(&self, x: Tensor<3>, tokens: Option<&Tensor<3>>) -> Tensor<3> {
        let mut x = self.to_in.convolution(self.norm.run(x), 1).swap_dims(1, 2);
        for block in &self.blocks {
            x = block.attention.run(x.clone(), x.clone()) + x;
            if let (Some(attention), Some(tokens)) = (&block.cross_attention, tokens) {
                x = attention.run(x.clone(), tokens.clone()) + x;
            }
            let [first, second] = &block.feed_forward;
            x = second.rows(gelu(first.rows(x.clone()))) + x;
        }
        self.to_out.convolution(x.swap_dims(1, 2), 1)
    }
}

/// Multi-head attention (Vaswani et al. 2017, section 3.2).
#[derive(Debug)]
struct Attention {
    heads: usize,
    norms: [Affine<1>; 2],
    to_q: Tensor<2>,
    to_kv: Tensor<2>,
    to_out: Affine<2>,
}

impl Attention {
    fn new(name: &str, heads: usize, from: &mut Parameters) -> Self {
        Self {
            heads,
            norms: ["norm", "norm_context"].map(|part| from.affine(&format!("{name}.{part}"))),
            to_q: from.tensor(&format!("{name}.to_q.weight")),
            to_kv: from.tensor(&format!("{name}.to_kv.weight")),
            to_out: from.affine(&format!("{name}.attention.to_out")),
        }
    }

    /// What `x`, `[batch, n, channels]`, finds in the `context`, `[batch, m, features]`.
    fn run(&self, x: Tensor<3>, context: Tensor<3>) -> Tensor<3> {
        let [norm, norm_context] = &self.norms;
        let queries = rows(norm.layer_norm(x), &self.to_q);
        let keys_values = rows(norm_context.layer_norm(context), &self.to_kv);
        let [batch, n, inner] = queries.dims();
        let split = |part: Tensor<3>| -> Tensor<4> {
            let m = part.dims()[1];
            part.reshape([batch, m, self.heads, inner / self.heads]).swap_dims(1, 2)
        };
        let [keys, values] = [0, inner].map(|start| split(keys_values.clone().narrow(2, start, inner)));
        let scale = ((inner / self.heads) as f64).powf(-0.5);
        let weights = softmax(split(queries).matmul(keys.swap_dims(2, 3)) * scale, 3);
        self.to_out.rows(weights.matmul(values).swap_dims(1, 2).reshape([batch, n, inner]))
    }
}
