//! The way up: from mel frames, modulated stage by stage, to the noise.

use super::network::{Network, Part, Planes};
use super::packed::Up;
use super::plane::{Plane, width};
use super::product::{Activated, Product, Start};
use super::rates::{Change, Resampling};
use crate::kernel::{Buffer, Executor};
use crate::network::wavegrad::config::{Formulation, WaveGradConfig};
use crate::network::wavegrad::reach::Span;

/// One stage.
struct Rise<'a> {
    up: &'a Up,
    film: &'a Plane,
    formulation: Formulation,
    factor: usize,
    dilations: [usize; 4],
    /// Rows of the whole window after it.
    rows: usize,
    /// What is needed before it, of its modulations, and after it.
    before: Span,
    modulated: Span,
    after: Span,
    inputs: usize,
    threads: usize,
}

impl Network {
    /// From the first convolution over the mel frames to `span` of the noise, `eps`.
    pub(super) fn way_up(&mut self, window: usize, span: Span, part: &Part, eps: &mut [f32]) {
        let Self { config, packed, executor, planes, conditions, .. } = self;
        let Planes { ends: [input, output], activated: [active, next_active], hidden, films } = planes;
        let (mut active, mut next_active) = (active, next_active);
        let threads = executor.threads();
        let [condition, active_condition] = &conditions[window];
        for (stage, up) in packed.up.iter().enumerate() {
            let rise = Rise::new(config, part, stage, up, &films[stage], threads);
            match stage {
                0 => rise.first(executor, condition, active_condition, hidden),
                _ => rise.first(executor, input, active, hidden),
            }
            rise.second(executor, hidden, output);
            rise.last(executor, hidden, output, [input, next_active]);
            std::mem::swap(&mut active, &mut next_active);
        }
        output.begin(span, packed.last.width);
        let product = Product::new(&packed.last, input, span, threads);
        executor.run(&Product { raw: Some(output.rows()), ..product });
        for (eps, row) in eps.iter_mut().zip(span.first..) {
            *eps = output.row(row)[0];
        }
    }
}

impl<'a> Rise<'a> {
    fn new(
        config: &WaveGradConfig,
        part: &Part,
        stage: usize,
        up: &'a Up,
        film: &'a Plane,
        threads: usize,
    ) -> Self {
        Self {
            up,
            film,
            formulation: config.formulation,
            factor: config.factors[stage],
            dilations: config.up_dilations[stage],
            rows: config.rate(stage) * part.frames,
            before: part.needs.up[stage],
            modulated: part.needs.films[stage],
            after: part.needs.up[stage + 1],
            inputs: width(config.up_inputs(stage)),
            threads,
        }
    }

    /// The last row of the window before the stage.
    fn last_row(&self) -> isize {
        (self.rows / self.factor) as isize - 1
    }

    /// What is needed of a layer that has so many rows to either side of what comes out.
    fn needed(&self, around: usize) -> Span {
        self.after.grown(around).within(self.rows)
    }

    /// Takes modulated sums into `plane`.
    fn taken<'b>(&'b self, plane: &'b mut Plane) -> Option<Activated<'b>> {
        Some(Activated { rows: plane.rows(), film: Some(self.film), encoding: None })
    }

    /// The first convolution and the residual beside it, of the rows before the stage: `raw`, and their leaky rectifier.
    fn first(
        &self,
        executor: &mut Executor<Buffer>,
        raw: &Plane,
        active: &Plane,
        [residual, one, other]: &mut [Plane; 3],
    ) {
        let (width, factor) = (self.up.first.width, self.factor);
        residual.begin(self.before, width);
        let product = Product::new(&self.up.residual, raw, self.before, self.threads);
        executor.run(&Product { raw: Some(residual.rows()), ..product });
        let input = match self.formulation {
            Formulation::Lmnt => active,
            Formulation::Ivanvovk => {
                let span = self.modulated.grown(self.dilations[0]).within(self.rows);
                other.begin(span, self.inputs);
                let change = Change::Up { plane: active, factor, last: self.last_row() };
                executor.run(&Resampling { change, span, raw: Some(other.rows()), activated: None });
                &*other
            }
        };
        one.begin(self.modulated.in_groups(factor), width);
        let product = Product::new(&self.up.first, input, self.modulated, self.threads);
        executor.run(&Product { activated: self.taken(one), ..product });
    }

    /// The second convolution, to whose `output` the residual is added.
    fn second(
        &self,
        executor: &mut Executor<Buffer>,
        [residual, one, other]: &mut [Plane; 3],
        output: &mut Plane,
    ) {
        let span = self.needed(self.dilations[2] + self.dilations[3]);
        output.begin(span, self.up.first.width);
        other.begin(span, self.up.first.width);
        let (factor, last) = (self.factor, self.last_row());
        let start = match self.formulation {
            Formulation::Lmnt => Start::Nearest(residual, factor),
            Formulation::Ivanvovk => Start::Interpolated { plane: residual, factor, last },
        };
        let product = Product::new(&self.up.others[0], one, span, self.threads);
        let raw = Some(output.rows());
        executor.run(&Product { start, raw, activated: self.taken(other), ..product });
    }

    /// The third and the fourth, added to what the second gave: the stage's output, and its leaky rectifier.
    fn last(
        &self,
        executor: &mut Executor<Buffer>,
        [_, one, other]: &mut [Plane; 3],
        before: &Plane,
        [output, active]: [&mut Plane; 2],
    ) {
        let span = self.needed(self.dilations[3]);
        one.begin(span, self.up.first.width);
        let product = Product::new(&self.up.others[1], other, span, self.threads);
        executor.run(&Product { activated: self.taken(one), ..product });
        output.begin(self.after, self.up.first.width);
        active.begin(self.after, self.up.first.width);
        executor.run(&Product {
            start: Start::Row(before),
            raw: Some(output.rows()),
            activated: Some(Activated { rows: active.rows(), film: None, encoding: None }),
            ..Product::new(&self.up.others[2], one, self.after, self.threads)
        });
    }
}
