//! Multi-head attention (Vaswani et al. 2017, section 3.2), some queries at a time, so that no matrix of all of them is kept.

use super::activation::exp;
use super::convolution::{Affine, Convolution};
use super::engine::Engine;
use super::normalization::normalize_rows;
use super::signal::{Signal, width_of};
use crate::kernel::{Buffer, Edge, Lanes, Matrix, ROWS, SharedRows, Work, multiply, store};
use crate::network::Weights;

/// Queries of a block.
const QUERIES: usize = 2 * ROWS;

/// An attention of a signal to itself or to tokens, both normalized before.
pub(super) struct Attention {
    heads: usize,
    head_features: usize,
    queries: Convolution,
    /// Keys, then values.
    keys_values: Convolution,
    to_out: Convolution,
    panel_columns: usize,
}

impl Attention {
    /// That of (validated) `weights` whose names begin with `name`. `[heads, features of a head]`
    pub(super) fn new(
        weights: &Weights,
        name: &str,
        [heads, head_features]: [usize; 2],
        panel_columns: usize,
    ) -> Self {
        let to_out = format!("{name}.attention.to_out");
        let affine = Affine {
            weight: weights.values(&format!("{to_out}.weight")),
            bias: weights.values(&format!("{to_out}.bias")),
        };
        Self {
            heads,
            head_features,
            queries: normalized(weights, &format!("{name}.to_q"), &format!("{name}.norm"), panel_columns),
            keys_values: normalized(
                weights,
                &format!("{name}.to_kv"),
                &format!("{name}.norm_context"),
                panel_columns,
            ),
            to_out: Convolution::linear(&affine, heads * head_features, panel_columns),
            panel_columns,
        }
    }

    /// Adds to `x` what it finds in `tokens`, or in itself where there are none.
    pub(super) fn add(&self, engine: &mut Engine, x: &mut Signal, tokens: Option<&Signal>) {
        let normal = normalize_rows(engine, x);
        let queries = self.queries.run(engine, &normal);
        let keys_values = match tokens {
            None => self.keys_values.run(engine, &normal),
            Some(tokens) => {
                let tokens = normalize_rows(engine, tokens);
                let keys_values = self.keys_values.run(engine, &tokens);
                engine.memory.give_back(tokens);
                keys_values
            }
        };
        engine.memory.give_back(normal);
        let heads: Vec<Head> = (0..self.heads).map(|head| self.head(head, &keys_values)).collect();
        let inner = self.heads * self.head_features;
        let mut found = engine.signal(x.rows, inner);
        let (heads, queries_in, features) = (&heads, &queries, self.head_features);
        let rows = SharedRows::new(found.values_mut(), width_of(inner));
        engine.run(&Attend { heads, queries: queries_in, keys: keys_values.rows, features, rows });
        self.to_out.add(engine, &found, x);
        [queries, keys_values, found].into_iter().for_each(|signal| engine.memory.give_back(signal));
    }

    fn head(&self, head: usize, keys_values: &Signal) -> Head {
        let (features, width, inner) =
            (self.head_features, keys_values.width(), self.heads * self.head_features);
        let (count, values) = (keys_values.rows, keys_values.values());
        let scale = (features as f32).powf(-0.5);
        let at = |row: usize, part: usize, feature: usize| {
            values[row * width + part * inner + head * features + feature]
        };
        Head {
            keys: Matrix::pack(features, width_of(count), self.panel_columns, |feature, row| {
                if row < count { scale * at(row, 0, feature) } else { 0.0 }
            }),
            values: Matrix::pack(count, width_of(features), self.panel_columns, |row, feature| {
                if feature < features { at(row, 1, feature) } else { 0.0 }
            }),
        }
    }
}

/// The linear map `name` after the affine map of the normalization `norm`: W·(g∘z + b) = (W·diag g)·z + W·b.
fn normalized(weights: &Weights, name: &str, norm: &str, panel_columns: usize) -> Convolution {
    let weight = weights.values(&format!("{name}.weight"));
    let [scale, shift] = ["weight", "bias"].map(|part| weights.values(&format!("{norm}.{part}")));
    let mut scaled = weight.to_vec();
    for row in scaled.chunks_exact_mut(scale.len()) {
        row.iter_mut().zip(scale).for_each(|(weight, scale)| *weight *= scale);
    }
    let shifted = |row: &[f32]| row.iter().zip(shift).map(|(weight, shift)| weight * shift).sum();
    let bias: Vec<f32> = weight.chunks_exact(scale.len()).map(shifted).collect();
    Convolution::linear(&Affine { weight: &scaled, bias: &bias }, scale.len(), panel_columns)
}

/// What one head looks into.
struct Head {
    /// `[features, keys]`, scaled.
    keys: Matrix,
    /// `[keys, features]`
    values: Matrix,
}

/// What all heads find for some queries.
struct Attend<'a> {
    heads: &'a [Head],
    queries: &'a Signal,
    keys: usize,
    features: usize,
    /// `[queries, heads · features]`
    rows: SharedRows<'a>,
}

impl Work for Attend<'_> {
    type Scratch = Buffer;

    fn blocks(&self) -> usize {
        self.queries.rows.div_ceil(QUERIES)
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, scratch: &mut Buffer) {
        let (first, features) = (block * QUERIES, self.features);
        let count = QUERIES.min(self.queries.rows - first);
        let (width, keys, found_width) = (self.queries.width(), width_of(self.keys), width_of(features));
        scratch.require(QUERIES * (keys + found_width));
        let (weights, found) = scratch.split_at_mut(QUERIES * keys);
        for (index, head) in self.heads.iter().enumerate() {
            let query =
                |row: usize| &self.queries.values()[(first + row) * width + index * features..][..features];
            multiply::<V>(&head.keys, count, query, &mut Into { rows: weights, width: keys });
            let mut sums = [0.0; QUERIES];
            for (row, sum) in weights.chunks_exact_mut(keys).zip(&mut sums).take(count) {
                *sum = exponentials(&mut row[..self.keys]);
            }
            let weights_of = |row: usize| &weights[row * keys..][..self.keys];
            multiply::<V>(&head.values, count, weights_of, &mut Into { rows: found, width: found_width });
            for (row, sum) in sums.iter().enumerate().take(count) {
                // SAFETY: blocks have no row in common.
                let target = unsafe { self.rows.row(first + row) };
                let found = &found[row * found_width..][..features];
                for (target, found) in target[index * features..].iter_mut().zip(found) {
                    *target = found / sum;
                }
            }
        }
        for row in first..first + count {
            // SAFETY: as above.
            let row = unsafe { self.rows.row(row) };
            row[self.heads.len() * features..].fill(0.0);
        }
    }
}

/// Makes exponentials of a row less its largest value, and gives their sum: a softmax that is not divided yet.
#[inline(always)]
fn exponentials(row: &mut [f32]) -> f32 {
    let largest = row.iter().fold(f32::NEG_INFINITY, |largest, value| largest.max(*value));
    row.iter_mut().for_each(|value| *value = exp(*value - largest));
    row.iter().sum()
}

/// Products that go into rows, from zero.
struct Into<'a> {
    rows: &'a mut [f32],
    width: usize,
}

impl<V: Lanes> Edge<V> for Into<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, _row: usize, _column: usize) -> [V; N] {
        [V::splat(0.0); N]
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        store(sums, &mut self.rows[row * self.width + column..]);
    }
}
