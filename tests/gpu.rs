//! Networks on a GPU, or on software Vulkan where there is none: signals go on where they stood, batches change nothing, and few
//! kernels are started.
#![cfg(feature = "gpu")]
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod device;
mod difference;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use device::first_gpu;
use difference::assert_close;
use remel::checkpoint::{self, Bundled};
use remel::diffusion::SamplerKind;
use remel::mel::Mel;
use remel::model::Model;
use remel::network::Backend;
use remel::render::{Link, Render, Request, SpanPlan, Window};
use remel::vocoder::Vocoder;
use serde_json::Value;

/// Largest difference from the CPU, relative to the loudest sample.
const TOLERANCE: f32 = 2e-3;

fn models() -> [Arc<Model>; 2] {
    let fixture = "tests/fixtures/diffwave/causal_prior_8x4x4/weights.pt";
    let causal = checkpoint::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(fixture), None).unwrap();
    [Arc::new(causal), Arc::new(Bundled::Small.model().for_streams())]
}

/// Frames that move through all bands of the model's dialect.
fn frames(model: &Model, count: usize, offset: f32) -> Mel {
    let dialect = model.dialect().unwrap();
    let value =
        |band: usize, frame: usize| 0.05 + 0.04 * (0.3 * band as f32 + 0.7 * frame as f32 + offset).sin();
    let values = (0..count * dialect.n_mels)
        .map(|index| dialect.compression.compress(value(index % dialect.n_mels, index / dialect.n_mels)));
    Mel::from_frames(dialect.n_mels, values.collect())
}

/// Fails where `found` is not what the CPU renders, which is to be heard.
#[track_caller]
fn assert_rendered(what: &str, found: &[f32], expected: &[f32]) {
    assert!(expected.iter().any(|x| x.abs() > 1e-3), "{what}: silent");
    assert_close(what, found, expected, TOLERANCE);
}

#[test]
fn what_is_rendered_in_chunks_is_what_the_cpu_renders() {
    let Some(gpu) = first_gpu("what_is_rendered_in_chunks_is_what_the_cpu_renders") else { return };
    for model in models() {
        let (mel, name) = (frames(&model, 20, 0.0), &model.header().card.name);
        let render = |backend: &Backend, chunk_frames: usize| {
            let mut vocoder = Vocoder::new(Arc::clone(&model), backend).unwrap();
            let plan = SpanPlan { chunk_frames, left_frames: 4, right_frames: 5 };
            vocoder.synthesize_spans(&mel, &[], &Request::default(), plan, &mut |_, _| ()).unwrap()
        };
        let expected = render(&Backend::Cpu, 5);
        for chunk_frames in [1, 5, 20] {
            assert_rendered(&format!("{name} in {chunk_frames}"), &render(&gpu, chunk_frames), &expected);
        }
    }
}

#[test]
fn every_way_of_sampling_is_that_of_the_cpu() {
    let Some(gpu) = first_gpu("every_way_of_sampling_is_that_of_the_cpu") else { return };
    let own = Request::default();
    let requests = [
        Request { fit: 0.4, ..own.clone() },
        Request { detail: 0.5, ..own.clone() },
        Request { eta: 0.7, temperature: 0.8, ..own.clone() },
        Request { sampler: Some(SamplerKind::Consistency), ..own.clone() },
        // More than a sum a step, so that x comes back after each.
        Request { sampler: Some(SamplerKind::Heun), ..own },
    ];
    for model in models() {
        let (mel, name) = (frames(&model, 8, 0.0), &model.header().card.name);
        for request in &requests {
            let render = |backend: &Backend| {
                let mut vocoder = Vocoder::new(Arc::clone(&model), backend).unwrap();
                let plan = SpanPlan { chunk_frames: 4, left_frames: 4, right_frames: 5 };
                vocoder.synthesize_spans(&mel, &[], request, plan, &mut |_, _| ()).unwrap()
            };
            assert_rendered(&format!("{name}, {request:?}"), &render(&gpu), &render(&Backend::Cpu));
        }
    }
}

#[test]
fn signals_that_are_rendered_together_sound_as_alone() {
    let Some(gpu) = first_gpu("signals_that_are_rendered_together_sound_as_alone") else { return };
    for model in models() {
        let mut vocoder = Vocoder::new(Arc::clone(&model), &gpu).unwrap();
        let (hop, context) = (vocoder.format().hop, vocoder.format().context);
        let length = 3 + context.right_frames;
        let window = |signal: u64, first_frame: usize| Window {
            signal,
            channel: 0,
            first_frame: first_frame as u64,
            mel: frames(&model, 12 + length, signal as f32).slice(first_frame..first_frame + length),
            output: 0..3,
            carrier: Vec::new(),
            link: Link::default(),
            request: Request::default(),
        };
        let mut render = |signals: &[u64]| {
            let mut sounds = vec![Vec::new(); signals.len()];
            for first_frame in [0, 3, 6] {
                let windows: Vec<Window> = signals.iter().map(|s| window(*s, first_frame)).collect();
                let mut out = vec![Vec::new(); signals.len()];
                vocoder.render(&windows.iter().collect::<Vec<_>>(), &mut out).unwrap();
                sounds.iter_mut().zip(&out).for_each(|(sound, out)| sound.extend_from_slice(out));
            }
            signals.iter().for_each(|signal| vocoder.forget(*signal));
            sounds
        };
        let together = render(&[1, 2, 3]);
        for (signal, sound) in [1, 2, 3].into_iter().zip(&together) {
            assert_eq!(sound.len(), 9 * hop);
            assert_rendered(&format!("signal {signal}"), sound, &render(&[signal])[0]);
        }
    }
}

/// A call of BandWave is a kernel for each layer and two around them; two fit what it predicts and take the sampler's step, and two
/// for all calls are what it is told. The driver is given all of them at once.
#[test]
fn a_chunk_is_few_dispatches_and_the_bench_counts_them() {
    if first_gpu("a_chunk_is_few_dispatches_and_the_bench_counts_them").is_none() {
        return;
    }
    let arguments = ["bench", "--backend", "gpu", "--seconds", "0.1", "--mode", "live", "--json"];
    let output = Command::new(env!("CARGO_BIN_EXE_remel")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table: Value = serde_json::from_slice(&output.stdout).unwrap();
    let [_offline, live] = &table.as_array().unwrap()[..] else { panic!("{table}") };
    let (layers, calls) = (12.0, 4.0);
    let expected = calls * (layers + 4.0) + 2.0;
    let work = &live["gpu_per_chunk"];
    // Where nothing sounds, nothing is rendered.
    assert!(work["dispatches"].as_f64().unwrap() <= expected, "{work}");
    assert!(work["submissions"].as_f64().unwrap() <= 1.0, "{work}");
    assert!(live["first_use_s"].as_f64().unwrap() > 0.0, "{live}");
}
