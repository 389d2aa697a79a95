//! Where the gated sums of the layers start from: a layer's bias, and the label of a window projected on top of it.

use super::packed::Packed;
use crate::kernel::Buffer;
use crate::network::Weights;
use crate::network::diffwave::config::DiffWaveConfig;

/// The biases of every layer for the labels of a batch.
pub(super) struct Biases {
    /// The label embedding, `[classes, 128]`; empty in a network without classes.
    embedding: Vec<f32>,
    /// One per window; none where no window has a label.
    labels: Vec<Option<usize>>,
    /// `[layers, windows, 2·width]`; without labels one window stands for all.
    values: Buffer,
    /// 2·width.
    columns: usize,
}

/// The biases of one layer, `[windows, 2·width]`; one window stands for all where there is but one.
#[derive(Clone, Copy)]
pub(super) struct LayerBiases<'a> {
    values: &'a [f32],
    columns: usize,
}

impl Biases {
    /// The biases without labels.
    pub(super) fn new(config: &DiffWaveConfig, weights: &Weights, packed: &Packed) -> Self {
        let embedding = config.classes.map(|_| weights.values("label_embedding.weight").to_vec());
        let mut biases = Self {
            embedding: embedding.unwrap_or_default(),
            labels: Vec::new(),
            values: Buffer::default(),
            columns: 2 * packed.width,
        };
        biases.compute(packed);
        biases
    }

    /// The labels.
    pub(super) fn labels(&self) -> &[Option<usize>] {
        &self.labels
    }

    /// Takes other labels, each one of the network's classes.
    pub(super) fn label(&mut self, packed: &Packed, labels: &[Option<usize>]) {
        if self.labels != labels {
            self.labels.clear();
            self.labels.extend_from_slice(labels);
            self.compute(packed);
        }
    }

    fn compute(&mut self, packed: &Packed) {
        let windows = self.labels.len().max(1);
        self.values.require(packed.layers.len() * windows * self.columns);
        let rows = packed.layers.iter().zip(self.values.chunks_exact_mut(windows * self.columns));
        for (layer, rows) in rows {
            for (window, row) in rows.chunks_exact_mut(self.columns).enumerate() {
                row.copy_from_slice(&layer.bias);
                let label = self.labels.get(window).copied().flatten();
                if let (Some(label), Some(projection)) = (label, &layer.label) {
                    let depth = projection.len() / self.columns;
                    let embedded = &self.embedding[label * depth..][..depth];
                    add_product(row, embedded, projection);
                }
            }
        }
    }

    /// The biases of layer `index`.
    pub(super) fn of_layer(&self, index: usize) -> LayerBiases<'_> {
        let size = self.labels.len().max(1) * self.columns;
        LayerBiases { values: &self.values[index * size..][..size], columns: self.columns }
    }
}

/// Adds `x · matrix` to `sums`. `[out]`, `[in]`, `[in, out]`
fn add_product(sums: &mut [f32], x: &[f32], matrix: &[f32]) {
    for (x, row) in x.iter().zip(matrix.chunks_exact(sums.len())) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += x * value;
        }
    }
}

impl<'a> LayerBiases<'a> {
    /// The bias in window `window`, `[2·width]`.
    #[inline(always)]
    pub(super) fn of(&self, window: usize) -> &'a [f32] {
        match self.values.len() == self.columns {
            true => self.values,
            false => &self.values[window * self.columns..][..self.columns],
        }
    }

    /// The bias of row `row` of all windows, which have `samples` each.
    #[inline(always)]
    pub(super) fn of_row(&self, row: usize, samples: usize) -> &'a [f32] {
        match self.values.len() == self.columns {
            true => self.values,
            false => self.of(row / samples),
        }
    }

    /// The biases of the windows from `first` on.
    pub(super) fn after(self, first: usize) -> Self {
        match self.values.len() == self.columns {
            true => self,
            false => Self { values: &self.values[first * self.columns..], ..self },
        }
    }
}
