//! The CPU engine against the network's formulas in `f64`, on every shape that cuts its blocks differently.

use remel::diffusion::Denoiser;
use remel::kernel::{InstructionSet, KernelDenoiser};
use remel::mel::Mel;
use remel::network::{DiffWaveConfig, Tensor, Variant, Weights, embedding_row};

mod reference;

use reference::predict;

/// Numbers in [−1, 1] that look random.
fn random(seed: usize, count: usize) -> Vec<f32> {
    let number = |n: usize| {
        let bits = ((n + 1) as u64 * 0x9e37_79b9 + seed as u64).wrapping_mul(0x2545_f491_4f6c_dd1d);
        ((bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(number).collect()
}

fn weights(config: &DiffWaveConfig) -> Weights {
    let mut weights = Weights::default();
    for (seed, (name, shape)) in config.tensors().into_iter().enumerate() {
        let inputs = shape[1..].iter().product::<usize>() as f32;
        let data = random(seed, shape.iter().product()).iter().map(|v| v * (2.0 / inputs).sqrt()).collect();
        weights.insert(name, Tensor { shape, data });
    }
    weights
}

fn config(channels: usize, layers: usize, dilation_cycle: usize) -> DiffWaveConfig {
    DiffWaveConfig {
        channels,
        layers,
        dilation_cycle,
        n_mels: Some(6),
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
    let mel = |seed| Mel::from_frames(6, random(seed, 6 * frames));
    let (mels, x) = ([mel(1), mel(2)], random(3, 2 * samples));
    let mut denoiser =
        KernelDenoiser::with_instruction_set(config, &weights, threads, set).expect("a set that is there");
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
    // Tiles of 4 samples, groups of 6 tiles, blocks of 48 tiles, tiles of 4 · 16 samples at the widest dilation.
    for samples in (1..=17).chain([23, 24, 25, 63, 64, 65, 95, 96, 97, 191, 192, 193, 383, 384, 385, 577, 1000])
    {
        check(&config(5, 5, 5), samples, best(), 1);
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
    let (config, x) = (config(20, 6, 4), random(1, 1500));
    let (weights, mel) = (weights(&config), Mel::from_frames(6, random(2, 36)));
    let render = |threads| {
        let mut denoiser = KernelDenoiser::new(&config, &weights, threads).unwrap();
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
    let mels: Vec<Mel> = (0..windows).map(|seed| Mel::from_frames(6, random(seed, 6 * 24))).collect();
    let mels: Vec<&Mel> = mels.iter().collect();
    let x = random(5, windows * samples);
    // Room for the first three layers of the batch, and for all of a window.
    let layer_bytes = windows * samples * 32 * size_of::<f32>();
    let denoiser = KernelDenoiser::new(&config, &weights, 2).unwrap();
    let mut denoiser = denoiser.with_conditioner_bytes(3 * layer_bytes);
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
    let mut denoiser = KernelDenoiser::new(&config, &weights(&config), 1).unwrap();
    let error = denoiser.condition(&[&Mel::from_frames(7, vec![0.0; 7])], 256).unwrap_err();
    assert_eq!(error.to_string(), "conditioner: mel bands: found 7, expected 6");
    denoiser.condition(&[&Mel::from_frames(6, vec![0.0; 6])], 256).unwrap();
    let error = denoiser.predict(&[0.0; 255], 0.0, &mut [0.0; 256]).unwrap_err();
    assert_eq!(error.to_string(), "CPU engine: samples of x: found 255, expected 256");
    assert!("sse9".parse::<InstructionSet>().is_err());
    assert_eq!(embedding_row(&config, 99.0), embedding_row(&config, 49.0));
}
