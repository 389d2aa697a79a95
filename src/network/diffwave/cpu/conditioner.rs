//! The conditioner's part of a layer's gated sum: computed once per batch where memory allows, else block by block.

use super::blocks::{Scratch, block_rows, row_blocks};
use super::label::{Biases, LayerBiases};
use super::packed::Packed;
use super::upsampler::Upsampler;
use crate::kernel::{Buffer, Edge, Executor, Lanes, Matrix, SharedRows, Work, load, multiply, store};
use crate::mel::Mel;
use crate::network::Weights;
use crate::network::diffwave::config::DiffWaveConfig;
use crate::{Error, Result};

/// Memory for projected conditioners where nothing else is asked for: 256 MiB, or 0.8 s of a base network. A window
/// beyond it takes a sixth more time, and no more memory: plugins have a host beside them.
const KEPT_BYTES: usize = 256 << 20;

/// Where a layer finds the conditioner's part of its gated sum.
#[derive(Clone, Copy)]
pub(super) enum Conditioner<'a> {
    /// There is none: the bias alone.
    None,
    /// It was projected with the batch, bias included, `[rows, 2·width]`.
    Projected(&'a [f32]),
    /// It is projected with every block, from the spectrogram at one row per sample, `[rows, n_mels]`.
    Spectrogram(&'a [f32]),
}

/// The conditioners of a batch.
pub(super) struct Conditioners {
    n_mels: usize,
    /// Most values of `projected`. Layers that find no room in it project theirs with every step.
    kept_values: usize,
    /// None in an unconditional network.
    upsampler: Option<Upsampler>,
    /// The upsampled spectrogram, `[rows, n_mels]`.
    spectrogram: Buffer,
    /// The projections of the first layers, `[rows, 2·width]` each, and their size.
    projected: Buffer,
    size: usize,
}

impl Conditioners {
    /// Takes what it needs of (validated) weights.
    pub(super) fn new(config: &DiffWaveConfig, weights: &Weights) -> Self {
        Self {
            n_mels: config.n_mels.unwrap_or(0),
            kept_values: KEPT_BYTES / size_of::<f32>(),
            upsampler: config.n_mels.map(|_| Upsampler::new(config, weights)),
            spectrogram: Buffer::default(),
            projected: Buffer::default(),
            size: 0,
        }
    }

    /// Keeps at most `bytes` of projected conditioners.
    pub(super) fn limit(&mut self, bytes: usize) {
        self.kept_values = bytes / size_of::<f32>();
    }

    /// Windows of `samples` whose projections are kept together; one at the least.
    pub(super) fn windows_at_once(&self, packed: &Packed, samples: usize) -> usize {
        let window_values = packed.layers.len() * samples * 2 * packed.width;
        (self.kept_values / window_values.max(1)).max(1)
    }

    /// Computes the conditioners of windows of `samples`, without the first `skip` that `mels` have.
    ///
    /// # Errors
    /// Where a spectrogram has another number of bands than the network's.
    pub(super) fn prepare(
        &mut self,
        packed: &Packed,
        executor: &mut Executor<Scratch>,
        biases: &Biases,
        mels: &[&Mel],
        skip: usize,
        samples: usize,
    ) -> Result<()> {
        let Some(upsampler) = &mut self.upsampler else { return Ok(()) };
        if let Some(mel) = mels.iter().find(|mel| mel.n_mels() != self.n_mels) {
            return Err(Error::invalid("conditioner", "mel bands", mel.n_mels(), self.n_mels));
        }
        let rows = mels.len() * samples;
        self.spectrogram.require(rows * self.n_mels);
        for (mel, rows) in mels.iter().zip(self.spectrogram.chunks_exact_mut((samples * self.n_mels).max(1))) {
            upsampler.run(mel, skip, rows);
        }
        self.size = rows * 2 * packed.width;
        let kept_layers = (self.kept_values / self.size.max(1)).min(packed.layers.len());
        self.projected.require(kept_layers * self.size);
        let layers = packed.layers.iter().enumerate();
        for ((index, layer), output) in layers.zip(self.projected.chunks_exact_mut(self.size.max(1))) {
            let Some(matrix) = &layer.conditioner else { break };
            let (biases, spectrogram) = (biases.of_layer(index), &self.spectrogram);
            let output = SharedRows::new(output, 2 * packed.width);
            executor.run(&Projection { matrix, biases, samples, spectrogram, output });
        }
        Ok(())
    }

    /// Where layer `index` finds its conditioner.
    pub(super) fn of_layer(&self, index: usize) -> Conditioner<'_> {
        match (&self.upsampler, self.projected.get(index * self.size..(index + 1) * self.size)) {
            (None, _) => Conditioner::None,
            (Some(_), Some(projected)) => Conditioner::Projected(projected),
            (Some(_), None) => Conditioner::Spectrogram(&self.spectrogram),
        }
    }
}

/// A layer's projection of the conditioner for the whole batch.
struct Projection<'a> {
    /// The projection.
    matrix: &'a Matrix,
    /// Biases of the layer's gated sum.
    biases: LayerBiases<'a>,
    /// Rows of a window.
    samples: usize,
    /// The spectrogram, `[rows, n_mels]`.
    spectrogram: &'a [f32],
    /// What [`Conditioner::Projected`] is, `[rows, 2·width]`.
    output: SharedRows<'a>,
}

impl Projection<'_> {
    fn rows(&self) -> usize {
        self.spectrogram.len() / self.matrix.depth()
    }
}

impl Work for Projection<'_> {
    type Scratch = Scratch;

    fn blocks(&self) -> usize {
        row_blocks(self.rows())
    }

    #[inline(always)]
    fn run<V: Lanes>(&self, block: usize, _: &mut Scratch) {
        let (rows, depth) = (block_rows(block, self.rows()), self.matrix.depth());
        let first = rows.start;
        let frame = |row: usize| &self.spectrogram[(first + row) * depth..][..depth];
        let mut edge = ProjectionEdge { projection: self, first };
        multiply::<V>(self.matrix, rows.len(), frame, &mut edge);
    }
}

struct ProjectionEdge<'a> {
    projection: &'a Projection<'a>,
    first: usize,
}

impl<V: Lanes> Edge<V> for ProjectionEdge<'_> {
    #[inline(always)]
    fn start<const N: usize>(&self, row: usize, column: usize) -> [V; N] {
        let Projection { biases, samples, .. } = self.projection;
        load(&biases.of_row(self.first + row, *samples)[column..])
    }

    #[inline(always)]
    fn finish<const N: usize>(&mut self, row: usize, column: usize, sums: [V; N]) {
        // SAFETY: blocks have no row in common.
        let row = unsafe { self.projection.output.row(self.first + row) };
        store(sums, &mut row[column..]);
    }
}
