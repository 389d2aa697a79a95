//! A transformer over time.

use super::activation::gelu;
use super::attention::Attention;
use super::convolution::{Affine, Convolution};
use super::engine::Engine;
use super::normalization::GroupNorm;
use super::signal::Signal;
use crate::kernel::{Buffer, Lanes, SharedRows, Work};
use crate::network::Weights;
use crate::network::unet1d::structure::Transformer;

/// What is added to the variance of its normalization.
const EPSILON: f64 = 1e-6;

pub(super) struct CpuTransformer {
    norm: GroupNorm,
    to_in: Convolution,
    blocks: Vec<Block>,
    to_out: Convolution,
}

struct Block {
    attention: Attention,
    cross_attention: Option<Attention>,
    feed_forward: [Convolution; 2],
}

impl CpuTransformer {
    pub(super) fn new(structure: &Transformer, weights: &Weights, panel_columns: usize) -> Self {
        let Transformer { name, channels, groups, blocks, heads, head_features, hidden, tokens } = structure;
        let linear = |name: String, inputs: usize| {
            let [weight, bias] = ["weight", "bias"].map(|part| weights.values(&format!("{name}.{part}")));
            Convolution::linear(&Affine { weight, bias }, inputs, panel_columns)
        };
        let attention = |name: String| Attention::new(weights, &name, [*heads, *head_features], panel_columns);
        let block = |index: usize| {
            let block = format!("{name}.blocks.{index}");
            Block {
                attention: attention(format!("{block}.attention")),
                cross_attention: tokens.map(|_| attention(format!("{block}.cross_attention"))),
                feed_forward: [
                    linear(format!("{block}.feed_forward.0"), *channels),
                    linear(format!("{block}.feed_forward.2"), *hidden),
                ],
            }
        };
        let [weight, bias] = ["weight", "bias"].map(|part| weights.values(&format!("{name}.to_in.0.{part}")));
        Self {
            norm: GroupNorm::new(*groups, weight, bias).with_epsilon(EPSILON),
            to_in: linear(format!("{name}.to_in.1"), *channels),
            blocks: (0..*blocks).map(block).collect(),
            to_out: linear(format!("{name}.to_out.1"), *channels),
        }
    }

    /// The transformer of `x`. `tokens`, `[tokens, features]`, are attended to where it does so.
    pub(super) fn run(&self, engine: &mut Engine, x: &Signal, tokens: Option<&Signal>) -> Signal {
        let normal = self.norm.run(engine, x, None, false);
        let mut x = self.to_in.run(engine, &normal);
        engine.memory.give_back(normal);
        for block in &self.blocks {
            block.attention.add(engine, &mut x, None);
            if let Some(attention) = &block.cross_attention {
                attention.add(engine, &mut x, tokens);
            }
            let [first, second] = &block.feed_forward;
            let mut hidden = first.run(engine, &x);
            let (count, block_rows, width) = (hidden.rows, engine.block_rows(hidden.rows), hidden.width());
            engine.run(&Activate { count, block_rows, rows: SharedRows::new(hidden.values_mut(), width) });
            second.add(engine, &hidden, &mut x);
            engine.memory.give_back(hidden);
        }
        let output = self.to_out.run(engine, &x);
        engine.memory.give_back(x);
        output
    }
}

/// GELU of all rows.
struct Activate<'a> {
    count: usize,
    block_rows: usize,
    rows: SharedRows<'a>,
}

impl Work for Activate<'_> {
    type Scratch = Buffer;

    fn blocks(&self) -> usize {
        self.count.div_ceil(self.block_rows)
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, _: &mut Buffer) {
        for index in block * self.block_rows..((block + 1) * self.block_rows).min(self.count) {
            // SAFETY: blocks have no row in common.
            unsafe { self.rows.row(index) }.iter_mut().for_each(|value| *value = gelu(*value));
        }
    }
}
