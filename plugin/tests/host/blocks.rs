//! Signals through a started plugin, block by block.

use super::library::Host;
use super::session::Drive;
use clack_host::prelude::*;
use std::time::{Duration, Instant};

/// Processes `main` block by block; in real time, no block starts before it is due.
pub fn process_all(
    audio: &mut StartedPluginAudioProcessor<Host>,
    drive: Drive,
    block_samples: usize,
    main: &[f32],
    side: Option<&[f32]>,
) -> [Vec<f32>; 2] {
    let mut out = [Vec::new(), Vec::new()];
    let (start, silence) = (Instant::now(), vec![0.0; block_samples]);
    for at in (0..main.len()).step_by(block_samples) {
        let range = at..(at + block_samples).min(main.len());
        let mut block = [(); 2].map(|()| vec![0.0; range.len()]);
        let side_block = side.map_or(&silence[..range.len()], |side| &side[range.clone()]);
        process_block(
            audio,
            [&main[range.clone()], side_block],
            &mut block,
            side.is_none(),
            &EventBuffer::new(),
        );
        for (out, block) in out.iter_mut().zip(&block) {
            out.extend_from_slice(block);
        }
        if !drive.offline {
            let due = Duration::from_secs_f64(range.end as f64 / f64::from(drive.rate_hz));
            std::thread::sleep(due.saturating_sub(start.elapsed()));
        }
    }
    out
}

/// One block: `main` and `side` go to both channels of their ports. A constant side chain is one that the host
/// has not connected.
pub fn process_block(
    audio: &mut StartedPluginAudioProcessor<Host>,
    [main, side]: [&[f32]; 2],
    out: &mut [Vec<f32>; 2],
    constant_side: bool,
    events: &EventBuffer,
) {
    let (mut main, mut side) = ([main.to_vec(), main.to_vec()], [side.to_vec(), side.to_vec()]);
    let (mut inputs, mut outputs) = (AudioPorts::with_capacity(4, 2), AudioPorts::with_capacity(2, 1));
    let main = main.iter_mut().map(|channel| InputChannel::from_buffer(channel, false)).collect::<Vec<_>>();
    let side =
        side.iter_mut().map(|channel| InputChannel::from_buffer(channel, constant_side)).collect::<Vec<_>>();
    let ports = [main, side].map(|channels| AudioPortBuffer {
        latency: 0,
        channels: AudioPortBufferType::f32_input_only(channels.into_iter()),
    });
    let input = inputs.with_input_buffers(ports);
    let channels = AudioPortBufferType::f32_output_only(out.iter_mut().map(|channel| channel.as_mut_slice()));
    let mut output = outputs.with_output_buffers([AudioPortBuffer { latency: 0, channels }]);
    let mut answers = EventBuffer::new();
    let done = audio.process(&input, &mut output, &events.as_input(), &mut answers.as_output(), None, None);
    done.expect("the block processes");
}
