//! WaveGrad on the CPU against its formulas in `f64`, on shapes that cut its blocks and parts differently, and how far a
//! call looks.

use remel::diffusion::Denoiser;
use remel::kernel::InstructionSet;
use remel::mel::Mel;
use remel::network::WaveGradConfig;
use remel::network::wavegrad::Formulation;
use remel::network::wavegrad::cpu::WaveGradCpu;

use crate::formulas::{predict, small, weights};
use crate::random::numbers;

const FORMULATIONS: [Formulation; 2] = [Formulation::Lmnt, Formulation::Ivanvovk];

fn best() -> InstructionSet {
    InstructionSet::available().last().unwrap()
}

/// Holds a batch of two windows of `frames` frames against the reference.
fn check(config: &WaveGradConfig, frames: usize, levels: &[f32], set: InstructionSet, threads: usize) {
    config.validate("test").unwrap();
    let (weights, samples) = (weights(config), frames * config.hop());
    let mel = |seed| Mel::from_frames(config.n_mels, numbers(seed, config.n_mels * frames));
    let (mels, x) = ([mel(1), mel(2)], numbers(3, 2 * samples));
    let mut denoiser = WaveGradCpu::with_instruction_set(config, &weights, threads, set).unwrap();
    denoiser.condition(&[&mels[0], &mels[1]], samples).unwrap();
    for level in levels {
        let mut found = vec![f32::NAN; 2 * samples];
        denoiser.predict(&x, *level, &mut found).unwrap();
        for (window, mel) in mels.iter().enumerate() {
            let range = window * samples..(window + 1) * samples;
            let expected = predict(config, &weights, &x[range.clone()], *level, mel);
            let largest = expected.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
            for (sample, (found, expected)) in found[range].iter().zip(&expected).enumerate() {
                let off = (f64::from(*found) - expected).abs();
                let message = format!("{set}, sample {sample} of {samples}: {found}, not {expected}");
                assert!(off < 1e-5 * largest, "{:?}: {message}", config.formulation);
            }
        }
    }
}

#[test]
fn every_instruction_set_gives_the_formulas_numbers() {
    for formulation in FORMULATIONS {
        for set in InstructionSet::available() {
            check(&small(formulation), 7, &[0.83], set, 2);
        }
    }
}

#[test]
fn every_length_from_a_frame_on_and_windows_of_several_parts() {
    for formulation in FORMULATIONS {
        for frames in [1, 2, 3, 5, 16, 17, 128, 129, 300] {
            check(&small(formulation), frames, &[0.9999, 0.3], best(), 2);
        }
    }
}

#[test]
fn networks_of_other_depths() {
    for formulation in FORMULATIONS {
        let shallow = WaveGradConfig {
            factors: vec![3],
            up_channels: vec![4],
            up_dilations: vec![[1, 2, 4, 8]],
            down_channels: Vec::new(),
            down_dilations: Vec::new(),
            ..small(formulation)
        };
        check(&shallow, 9, &[0.5], best(), 1);
        let base = WaveGradConfig::base(formulation, 20);
        let narrow = WaveGradConfig {
            up_first: 24,
            up_channels: vec![16, 16, 12, 8, 8],
            down_first: 4,
            down_channels: vec![8, 8, 12, 16],
            ..base
        };
        check(&narrow, 4, &[0.5], best(), 2);
    }
}

/// A change that is still one after the least weights of all layers. What is no number any more has changed too.
const HUGE: f32 = 1e30;

/// Changes a value of x, or a mel frame, and lists what changes.
#[test]
fn a_call_looks_exactly_as_far_as_it_says() {
    for formulation in FORMULATIONS {
        for config in [small(formulation), WaveGradConfig { up_channels: vec![8; 4], ..small(formulation) }] {
            let (hop, frames) = (config.hop(), 24);
            let layout = config.layout();
            let mut denoiser = WaveGradCpu::new(&config, &weights(&config), 1).unwrap();
            let mut run = |mel: &[f32], x: &[f32]| {
                let mel = Mel::from_frames(config.n_mels, mel.to_vec());
                let mut eps = vec![0.0; x.len()];
                denoiser.condition(&[&mel], x.len()).unwrap();
                denoiser.predict(x, 0.6, &mut eps).unwrap();
                eps
            };
            let (mel, x) = (numbers(1, config.n_mels * frames), numbers(2, frames * hop));
            let plain = run(&mel, &x);
            let mut far = [0; 2];
            for at in 11 * hop..13 * hop {
                let mut other = x.clone();
                other[at] += HUGE;
                let changed = changed(&plain, &run(&mel, &other));
                far = [far[0].max(changed[1].saturating_sub(at)), far[1].max(at.saturating_sub(changed[0]))];
            }
            assert_eq!(far, layout.reach, "{formulation:?}: values before and after that a value looks at");
            let mut other = mel.clone();
            other[12 * config.n_mels..13 * config.n_mels].iter_mut().for_each(|value| *value += HUGE);
            let changed = changed(&plain, &run(&other, &x));
            let far = [changed[1] / hop - 12, 12 - changed[0] / hop];
            assert_eq!(far, layout.conditioner_frames(), "{formulation:?}: frames before and after");
        }
    }
}

/// The first and the last value that differ.
fn changed(one: &[f32], other: &[f32]) -> [usize; 2] {
    let differs = |index: &usize| one[*index] != other[*index];
    [(0..one.len()).find(differs).unwrap(), (0..one.len()).rfind(differs).unwrap()]
}

#[test]
fn nothing_is_nothing_and_what_does_not_fit_is_refused() {
    let config = small(Formulation::Lmnt);
    let mut denoiser = WaveGradCpu::new(&config, &weights(&config), 1).unwrap();
    let mel = Mel::from_frames(5, vec![0.0; 10]);
    let message = denoiser.condition(&[&mel], 31).unwrap_err().to_string();
    assert!(message.contains("mel: found 2 frames of 5 bands, expected 1.03"), "{message}");
    denoiser.condition(&[&Mel::from_frames(5, Vec::new())], 0).unwrap();
    denoiser.predict(&[], 0.5, &mut []).unwrap();
    denoiser.condition(&[&mel], 60).unwrap();
    let message = denoiser.predict(&[0.0; 30], 0.5, &mut [0.0; 60]).unwrap_err().to_string();
    assert!(message.contains("samples of x: found 30, expected 60"), "{message}");
}
