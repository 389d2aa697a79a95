//! The way down: x at ever lower rates, and the modulations that are made of it.

use super::network::{Network, Part, Planes};
use super::packed::Film;
use super::plane::{Plane, width};
use super::product::{Activated, Product};
use super::rates::{Change, Resampling};
use crate::kernel::{Buffer, Executor, UNIT};

impl Network {
    /// From x to the modulations of all stages.
    pub(super) fn way_down(&mut self, x: &[f32], part: &Part) {
        let Self { config, packed, executor, planes, .. } = self;
        let Planes { ends: [input, output], hidden: [one, other, next], films, .. } = planes;
        let (mut input, mut output, threads) = (input, output, executor.threads());
        let (top, needs) = (config.stages() - 1, &part.needs);
        let span = needs.down[0];
        one.begin(span, UNIT);
        let raw = Some(one.rows());
        executor.run(&Resampling { change: Change::Around(x), span, raw, activated: None });
        input.begin(span, packed.down_first.width);
        let product = Product::new(&packed.down_first, one, span, threads);
        executor.run(&Product { raw: Some(input.rows()), ..product });
        modulate(executor, &packed.films[top], part, top, [input, one, &mut films[top]], config.hop());
        for (stage, down) in packed.down.iter().enumerate() {
            let (at, dilations) = (top - 1 - stage, &config.down_dilations[stage]);
            let (mut around, rate) = (dilations.iter().sum::<usize>(), config.rate(at));
            let needed = |around: usize| needs.down[stage + 1].grown(around).within(rate * part.frames);
            let (span, factor) = (needed(around), config.down_factor(stage));
            one.begin(span, width(config.down_inputs(stage)));
            other.begin(span, width(config.down_inputs(stage)));
            let change = Change::Down { plane: input, factor, taken: config.formulation.taken(factor) };
            let (raw, activated) = (Some(one.rows()), Some(other.rows()));
            executor.run(&Resampling { change, span, raw, activated });
            for (index, convolution) in down.convolutions.iter().enumerate() {
                around -= dilations[index];
                let product = Product::new(convolution, other, needed(around), threads);
                if index + 1 < dilations.len() {
                    next.begin(needed(around), convolution.width);
                    let activated = Some(Activated { rows: next.rows(), film: None, encoding: None });
                    executor.run(&Product { activated, ..product });
                    std::mem::swap(other, next);
                } else {
                    output.begin(needed(around), convolution.width);
                    let beside = Some((&down.residual, &*one));
                    executor.run(&Product { raw: Some(output.rows()), beside, ..product });
                }
            }
            std::mem::swap(&mut input, &mut output);
            modulate(executor, &packed.films[at], part, at, [input, one, &mut films[at]], rate);
        }
    }
}

/// Makes shifts and scales of what the way down has at the `rate` of the way up's stage `stage`.
fn modulate(
    executor: &mut Executor<Buffer>,
    film: &Film,
    part: &Part,
    stage: usize,
    [input, hidden, target]: [&mut Plane; 3],
    rate: usize,
) {
    let (threads, span) = (executor.threads(), part.needs.films[stage]);
    let around = span.grown(1).within(rate * part.frames);
    hidden.begin(around, film.input.width);
    let encoding = Some(&*part.encodings[stage]);
    executor.run(&Product {
        activated: Some(Activated { rows: hidden.rows(), film: None, encoding }),
        ..Product::new(&film.input, input, around, threads)
    });
    target.begin(span, film.output.width);
    let product = Product::new(&film.output, hidden, span, threads);
    executor.run(&Product { raw: Some(target.rows()), ..product });
}
