//! The CPU engine against the network's formulas in `f64`, on every shape that cuts its blocks differently.

use remel::diffusion::Denoiser;
use remel::kernel::InstructionSet;
use remel::mel::Mel;
use remel::network::diffwave::cpu::DiffWaveCpu;
use remel::network::diffwave::embedding_row;
use remel::network::{DiffWaveConfig, Variant};

use crate::random::numbers;
use crate::reference::predict;
use crate::weights::weights;

fn config(channels: usize, layers: usize, dilation_cycle: usize) -> DiffWaveConfig {
    DiffWaveConfig {
        channels,
        layers,
        dilation_cycle,
        n_mels: Some(6),
        classes: None,
        training_steps: 50,
        causal: false,
        variant: Variant::Lmnt,
        learned_variance: false,
    }
}

/// Holds a batch of two windows against the reference.
fn check(config: &DiffWaveConfig, samples: usize, set: InstructionSet, threads: usize) {
    let weights = weights(config);
    let frames = samples.div_ceil(DiffWaveConfig::HOP);
    let mel = |seed| Mel::from_frames(6, numbers(seed, 6 * frames));
    let (mels, x) = ([mel(1), mel(2)], numbers(3, 2 * samples));
    let mut denoiser =
        DiffWaveCpu::with_instruction_set(config, &weights, threads, set).expect("a set that is there");
    denoiser.condition(&[&mels[0], &mels[1]], samples).expect("a fitting batch");
    for level in [0.0, 7.3, 49.0] {
        let mut found = vec![f32::NAN; 2 * samples];
        denoiser.predict(&x, level, &mut found).expect("a fitting batch");
        for (window, mel) in mels.iter().enumerate() {
            let range = window * samples..(window + 1) * samples;
            let expected = predict(config, &weights, &x[range.clone()], level, mel);
            for (sample, (found, expected)) in found[range].iter().zip(&expected).enumerate() {
                let difference = (f64::from(*found) - expected).abs();
                assert!(
                    difference < 1e-4,
                    "{config:?}, {set}, sample {sample} of {samples}: {found}, not {expected}"
                );
            }
        }
    }
}

fn best() -> InstructionSet {
    InstructionSet::available().last().expect("the baseline at least")
}

#[test]
fn every_length_around_a_border_of_blocks_tiles_and_groups() {
    // Tiles of 6 samples, groups of 6 tiles, blocks of 48 tiles, groups of 16 tiles at the widest dilation.
    for samples in
        (1..=19).chain([31, 32, 33, 35, 36, 37, 63, 64, 65, 95, 96, 97, 287, 288, 289, 575, 577, 1000])
    {
        check(&config(5, 5, 5), samples, best(), 1);
    }
}

/// Where dilations are wide, the end of a window is in smaller tiles.
#[test]
fn every_length_of_a_last_group_of_tiles() {
    for samples in [63, 64, 65, 127, 128, 129, 130, 255, 256, 257, 260, 383, 384, 385, 512, 514, 640, 767, 769]
    {
        for causal in [false, true] {
            check(&DiffWaveConfig { causal, ..config(3, 8, 8) }, samples, best(), 2);
        }
    }
}

/// Longer windows go through the layers in parts.
#[test]
fn long_windows_in_parts() {
    for causal in [false, true] {
        for samples in [16_385, 24_600] {
            check(&DiffWaveConfig { causal, ..config(3, 6, 5) }, samples, best(), 2);
        }
    }
    // Several windows are long together, and each is whole.
    check(&config(3, 6, 5), 9000, best(), 2);
}

#[test]
fn every_number_of_channels_that_fills_registers_and_panels_differently() {
    for set in InstructionSet::available() {
        for channels in [1, 8, 16, 17, 33, 48, 64, 80] {
            check(&config(channels, 3, 3), 131, set, 1);
        }
    }
}

#[test]
fn every_formulation_in_every_instruction_set() {
    for set in InstructionSet::available() {
        for causal in [false, true] {
            for variant in [Variant::Lmnt, Variant::Unscaled] {
                for n_mels in [Some(6), None] {
                    check(&DiffWaveConfig { causal, variant, n_mels, ..config(12, 7, 6) }, 301, set, 2);
                }
            }
        }
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let (config, x) = (config(20, 6, 4), numbers(1, 1500));
    let (weights, mel) = (weights(&config), Mel::from_frames(6, numbers(2, 36)));
    let render = |threads| {
        let mut denoiser = DiffWaveCpu::new(&config, &weights, threads).unwrap();
        let mut eps = vec![0.0; 1500];
        denoiser.condition(&[&mel], 1500).unwrap();
        denoiser.predict(&x, 3.0, &mut eps).unwrap();
        eps
    };
    let alone = render(1);
    assert!((2..5).all(|threads| render(threads) == alone));
}

/// Conditioners beyond the memory for them are projected with every step, to the same numbers.
#[test]
fn a_batch_too_large_to_keep_its_conditioners_agrees_with_its_windows() {
    let (config, samples, windows) = (config(4, 8, 5), 6144, 12);
    let weights = weights(&config);
    let mels: Vec<Mel> = (0..windows).map(|seed| Mel::from_frames(6, numbers(seed, 6 * 24))).collect();
    let mels: Vec<&Mel> = mels.iter().collect();
    let x = numbers(5, windows * samples);
    // Room for the first three layers of the batch, and for all of a window.
    let layer_bytes = windows * samples * 32 * size_of::<f32>();
    let denoiser = DiffWaveCpu::new(&config, &weights, 2).unwrap();
    let mut denoiser = denoiser.with_conditioner_bytes(3 * layer_bytes);
    assert_eq!(denoiser.windows_at_once(samples), 3 * windows / 8, "eight layers each");
    assert_eq!(denoiser.windows_at_once(1000 * samples), 1, "a window is never refused");
    let mut batch = vec![0.0; windows * samples];
    denoiser.condition(&mels, samples).unwrap();
    denoiser.predict(&x, 7.3, &mut batch).unwrap();
    for (window, mel) in mels.iter().enumerate() {
        let range = window * samples..(window + 1) * samples;
        let mut alone = vec![0.0; samples];
        denoiser.condition(&[mel], samples).unwrap();
        denoiser.predict(&x[range.clone()], 7.3, &mut alone).unwrap();
        assert!(alone == batch[range], "window {window}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let config = config(4, 2, 2);
    let mut denoiser = DiffWaveCpu::new(&config, &weights(&config), 1).unwrap();
    let error = denoiser.condition(&[&Mel::from_frames(7, vec![0.0; 7])], 256).unwrap_err();
    assert_eq!(error.to_string(), "conditioner: mel bands: found 7, expected 6");
    denoiser.condition(&[&Mel::from_frames(6, vec![0.0; 6])], 256).unwrap();
    let error = denoiser.predict(&[0.0; 255], 0.0, &mut [0.0; 256]).unwrap_err();
    assert_eq!(error.to_string(), "CPU engine: samples of x: found 255, expected 256");
    assert!("sse9".parse::<InstructionSet>().is_err());
    assert_eq!(embedding_row(&config, 99.0), embedding_row(&config, 49.0));
}
