//! A stream at any host rate is the offline render between the same two resamplers.

use proptest::prelude::*;

use super::latency::Demands;
use super::*;
use crate::Result;
use crate::mel::{Dialect, Mel, MelStream};
use crate::render::{Context, Format, Link, Render, Request, SpanPlan, Window};

/// Sound that depends on the position and on every frame of the window.
struct Fake(Format);

impl Render for Fake {
    fn format(&self) -> Format {
        self.0
    }

    fn render(&mut self, windows: &[&Window], out: &mut [Vec<f32>]) -> Result<()> {
        for (window, out) in windows.iter().zip(out) {
            let colour: f32 = window.mel.as_frames().iter().enumerate().map(|(i, v)| v * (i % 5) as f32).sum();
            let start = (window.first_frame + window.output.start as u64) * self.0.hop as u64;
            let samples = start..start + (window.output.len() * self.0.hop) as u64;
            out.clear();
            out.extend(samples.map(|position| (position as f32 * 0.37).sin() * (0.1 * colour).cos()));
        }
        Ok(())
    }
}

fn dialect() -> Dialect {
    let mut dialect = Dialect::named("tacotron2").unwrap();
    (dialect.n_fft, dialect.win, dialect.hop, dialect.n_mels) = (64, 64, 16, 6);
    dialect
}

fn format() -> Format {
    Format {
        rate_hz: 22050,
        hop: 16,
        n_mels: 6,
        context: Context::default(),
        quantum_frames: None,
        side_by_side: 1,
        chunk_frames: 4,
        tail_samples: 0,
    }
}

/// The offline render: resample all, render chunk by chunk, resample back.
fn offline(input: &[f32], demands: Demands) -> Vec<f32> {
    let timing = demands.timing();
    let mut to_model = timing.resampler_in(2, input.len()).unwrap();
    to_model.push(input.len(), |row, index| if row == 0 { input[index] } else { 0.0 });
    let mut model = vec![0.0; timing.to_model.outputs(input.len() as u64) as usize];
    to_model.pull(0, &mut model);
    let mut mel = Mel::new(6);
    MelStream::new(&dialect()).unwrap().push(&model, |frame| mel.push(frame));
    let (mut rendered, mut samples, mut begin) = (vec![0.0; timing.lag_samples], vec![Vec::new()], 0);
    for index in 0.. {
        let span = demands.plan.span(index);
        if span.window.end > mel.frames() {
            break;
        }
        if span.window.clone().all(|frame| dialect().is_silent(mel.frame(frame))) {
            begin = span.output.end;
            rendered.resize(timing.lag_samples + begin * 16, 0.0);
            continue;
        }
        let span = span.after(begin);
        let window = Window {
            signal: 0,
            channel: 0,
            first_frame: span.window.start as u64,
            mel: mel.slice(span.window.clone()),
            output: span.output_in_window(),
            carrier: Vec::new(),
            link: Link::default(),
            request: Request::default(),
        };
        Fake(format()).render(&[&window], &mut samples).unwrap();
        rendered.extend_from_slice(&samples[0]);
    }
    rendered.resize(model.len(), 0.0);
    let mut to_host = super::resampler::Resampler::new(
        timing.to_host,
        1,
        rendered.len(),
        timing.output_delay_host,
        timing.lag_samples as i64,
    )
    .unwrap();
    to_host.push(rendered.len(), |_, index| rendered[index]);
    let mut heard = vec![0.0; input.len()];
    to_host.pull(0, &mut heard);
    heard
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_stream_is_the_offline_render_between_the_same_resamplers(
        host_rate_hz in prop_oneof![
            prop::sample::select(vec![8000u32, 22050, 44100, 48000, 96000]),
            8000u32..=192_000,
        ],
        chunk_frames in 1usize..6,
        left_frames in 0usize..4,
        right_frames in 0usize..4,
        max_block_frames in 1usize..3000,
        blocks in prop::collection::vec(1usize..2000, 1..10),
    ) {
        let plan = SpanPlan { chunk_frames, left_frames, right_frames };
        let engine = Engine::start(|| {}).unwrap();
        let key = RendererKey::from("fake");
        engine.register(key.clone(), Box::new(Fake(format())), None).unwrap();
        let config = StreamConfig {
            host_rate_hz, channels: 1, max_block_frames, dialect: dialect(), plan, budget_ms: 2.0, offline: true,
        };
        let (mut stream, _) = Stream::open(&config, &engine, &key).unwrap();
        let total = stream.latency().total_host_samples + 3000;
        let input: Vec<f32> = (0..total).map(|index| ((index * 7919) % 1000) as f32 / 1000.0 - 0.5).collect();
        let mut heard = input.clone();
        let mut rest = &mut heard[..];
        for block in blocks.into_iter().cycle() {
            let (now, later) = rest.split_at_mut(block.min(rest.len()));
            stream.process(&mut [now], None, &Controls::default());
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        let demands = Demands {
            host_rate_hz, format: format(), plan, look_ahead_samples: 32, max_block_frames, budget_ms: 2.0,
        };
        prop_assert_eq!(heard, offline(&input, demands));
    }
}
