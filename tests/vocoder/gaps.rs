//! What a causal network makes of a signal with gaps: dropped chunks, silence, values that are no numbers, other signals in
//! between; and that its chunks leave no seams.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use remel::render::{Render, Request, Window};
use remel::stream::LatencyMode;
use remel::vocoder::Vocoder;

use crate::counting::{HOP, breaking, close, counting, mel, small, whitened, window};
use crate::live::live;

#[test]
fn after_a_gap_a_signal_is_soon_what_it_would_have_been() {
    let (model, mel) = (small(), mel(200, 0, 0));
    let (mut vocoder, samples) = counting(&model);
    let whole = counting(&model).0.synthesize(&mel, &[], &Request::default(), &mut |_, _| ()).unwrap();
    let (plan, mut out) = (vocoder.plan(4), [Vec::new()]);
    let steps = model.header().inference_betas.len();
    for chunk in (0..10).chain(20..40) {
        samples.store(0, Ordering::Relaxed);
        vocoder.render(&[&window(&mel, plan, 4 * chunk, 4, &[], &Request::default())], &mut out).unwrap();
        let most = 4 + 2 * model.header().decoder_frames();
        assert!(samples.load(Ordering::Relaxed) <= steps * most * HOP, "chunk {chunk}");
        if !(20..26).contains(&chunk) {
            close(&out[0], &whole[4 * chunk * HOP..4 * (chunk + 1) * HOP], "the whole render");
        }
    }
}

#[test]
fn what_is_not_a_number_is_gone_with_its_chunk() {
    for model in [small(), whitened(), Arc::new(live())] {
        let (mut vocoder, _, breaks) = breaking(&model);
        let (plan, mel, mut out) = (vocoder.plan(4), mel(80, 0, 0), [Vec::new()]);
        for chunk in 0..10 {
            breaks.store(chunk == 4, Ordering::Relaxed);
            vocoder.render(&[&window(&mel, plan, 4 * chunk, 4, &[], &Request::default())], &mut out).unwrap();
            assert_eq!(out[0].len(), 4 * HOP);
            let silent = out[0].iter().all(|x| *x == 0.0);
            assert!(out[0].iter().all(|x| x.is_finite()) && silent == (chunk == 4), "chunk {chunk}");
        }
    }
}

#[test]
fn other_signals_change_no_bit() {
    let (model, mel) = (small(), mel(60, 0, 0));
    let render = |vocoder: &mut Vocoder, signal: u64, position: usize, length: usize| {
        let plan = vocoder.plan(4);
        let window = Window { signal, ..window(&mel, plan, position, length, &[], &Request::default()) };
        let mut out = [Vec::new()];
        vocoder.render(&[&window], &mut out).unwrap();
        out
    };
    let (mut alone, mut together) = (counting(&model).0, counting(&model).0);
    for chunk in 0..12 {
        // The same sound in chunks of its own, ahead of this one and behind.
        render(&mut together, 2, 2 * chunk, 2);
        render(&mut together, 3, 3 * chunk + 9, 3);
        let expected = render(&mut alone, 1, 4 * chunk, 4);
        assert!(render(&mut together, 1, 4 * chunk, 4) == expected, "chunk {chunk}");
        // Nothing is taken for another signal's, and nothing is kept of one that is gone.
        together.forget(2);
    }
}

#[test]
fn silence_is_silent_and_what_follows_begins_anew() {
    let model = small();
    let dialect = model.dialect().unwrap();
    let (mut frames, silent) = (mel(120, 0, 0), 40..90);
    silent.clone().for_each(|frame| frames.frame_mut(frame).fill(dialect.silence()));
    let (mut vocoder, samples) = counting(&model);
    let plan = vocoder.plan(4);
    let sound = vocoder.synthesize_spans(&frames, &[], &Request::default(), plan, &mut |_, _| ()).unwrap();
    let quiet = (silent.start + plan.left_frames + 4) * HOP..(silent.end - plan.right_frames - 4) * HOP;
    assert!(sound[quiet].iter().all(|x| *x == 0.0), "silence in is silence out");
    assert!(sound[92 * HOP..].iter().any(|x| *x != 0.0) && sound.len() == 120 * HOP);
    let steps = model.header().inference_betas.len();
    assert!(samples.load(Ordering::Relaxed) < steps * 110 * HOP, "silence takes no work");
}

#[test]
fn a_long_causal_render_is_one_however_it_is_cut() {
    let (model, mel) = (small(), mel(50, 0, 0));
    let request = Request::default();
    let whole = counting(&model).0.synthesize(&mel, &[], &request, &mut |_, _| ()).unwrap();
    for chunk in [1, 3, 16, 49] {
        let (mut vocoder, samples) = counting(&model);
        let plan = vocoder.plan(chunk);
        let cut = vocoder.synthesize_spans(&mel, &[], &request, plan, &mut |_, _| ()).unwrap();
        close(&cut, &whole, "chunks");
        let most = model.header().inference_betas.len() * (50 * HOP);
        assert_eq!(samples.load(Ordering::Relaxed), most, "chunks of {chunk}");
    }
}

#[test]
fn the_bundled_network_has_no_seams() {
    let model = Arc::new(live());
    // Of the phases that are reconstructed later, tests/vocoder/phase.rs has the seams.
    let request = Request { coherence: 0.0, ..Request::default() };
    let mel = mel(100, 0, 0);
    let (mut vocoder, _) = counting(&model);
    let whole = vocoder.synthesize(&mel, &[], &request, &mut |_, _| ()).unwrap();
    let error_db = |found: &[f32], whole: &[f32]| {
        let energy = |values: &mut dyn Iterator<Item = f32>| values.map(|v| f64::from(v * v)).sum::<f64>();
        let error = energy(&mut found.iter().zip(whole).map(|(a, b)| a - b));
        10.0 * (error / energy(&mut whole.iter().copied())).log10()
    };
    let plan = LatencyMode::Live.plan(&vocoder.format());
    let cut = vocoder.synthesize_spans(&mel, &[], &request, plan, &mut |_, _| ()).unwrap();
    let going_on_db = error_db(&cut, &whole);
    eprintln!("seams: {going_on_db:.1} dB");
    assert!(going_on_db < -100.0, "{going_on_db} dB");
}
