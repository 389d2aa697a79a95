//! The CPU engine's causal form in pieces: whatever the cuts, it predicts what it predicts for the whole.

use proptest::prelude::*;
use remel::diffusion::{CausalDenoiser, Denoiser, History};
use remel::kernel::InstructionSet;
use remel::mel::Mel;
use remel::network::diffwave::cpu::DiffWaveCpu;
use remel::network::{DiffWaveConfig, Variant};

use crate::random::numbers;
use crate::weights::weights;

const HOP: usize = DiffWaveConfig::HOP;
/// Windows of a batch.
const WINDOWS: usize = 2;

fn config(variant: Variant) -> DiffWaveConfig {
    DiffWaveConfig {
        channels: 12,
        layers: 9,
        dilation_cycle: 7,
        n_mels: Some(6),
        classes: None,
        training_steps: 50,
        causal: true,
        variant,
        learned_variance: false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn any_cuts_give_the_whole(
        cuts in prop::collection::vec(prop_oneof![1usize..40, 1usize..600], 1..8),
        unscaled: bool,
        threads in 1usize..4,
    ) {
        let config = config(if unscaled { Variant::Unscaled } else { Variant::Lmnt });
        let weights = weights(&config);
        let samples: usize = cuts.iter().sum();
        let frames = samples.div_ceil(HOP) + 1;
        let mels: Vec<Mel> = (0..WINDOWS).map(|seed| Mel::from_frames(6, numbers(seed, 6 * frames))).collect();
        let mels: Vec<&Mel> = mels.iter().collect();
        let x: Vec<Vec<f32>> = (0..WINDOWS).map(|seed| numbers(seed + 7, samples)).collect();
        for set in InstructionSet::available() {
            let mut denoiser = DiffWaveCpu::with_instruction_set(&config, &weights, threads, set).unwrap();
            let mut whole = vec![0.0; WINDOWS * samples];
            denoiser.condition(&mels, samples).unwrap();
            denoiser.predict(&x.concat(), 7.3, &mut whole).unwrap();
            let mut histories = vec![denoiser.new_history(); WINDOWS];
            let mut skip = 0;
            for cut in &cuts {
                let part: Vec<f32> = x.iter().flat_map(|x| &x[skip..skip + cut]).copied().collect();
                let mut eps = vec![f32::NAN; WINDOWS * cut];
                let mut before: Vec<&mut History> = histories.iter_mut().collect();
                denoiser.condition_after(&mels, skip, *cut).unwrap();
                denoiser.predict_after(&part, 7.3, &mut eps, &mut before).unwrap();
                for window in 0..WINDOWS {
                    let found = &eps[window * cut..(window + 1) * cut];
                    let expected = &whole[window * samples + skip..][..*cut];
                    let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                    prop_assert!(worst < 1e-5, "{} from {}: off by {}", set, skip, worst);
                }
                skip += cut;
            }
        }
    }
}

#[test]
fn histories_that_do_not_fit_are_refused() {
    let config = config(Variant::Lmnt);
    let mut denoiser = DiffWaveCpu::new(&config, &weights(&config), 1).unwrap();
    let mel = Mel::from_frames(6, vec![0.0; 6]);
    denoiser.condition(&[&mel], 100).unwrap();
    let mut message = |histories: &mut [&mut History]| {
        let error = denoiser.predict_after(&[0.0; 100], 0.0, &mut [0.0; 100], histories);
        error.unwrap_err().to_string()
    };
    // Dilations 1 to 64, then 1 and 2: twice 130 rows of 16 channels.
    let expected = "CPU engine: values of a history: found 5, expected 4160";
    assert_eq!(message(&mut [&mut History::zeros(5)]), expected);
    assert_eq!(
        message(&mut [&mut History::zeros(0), &mut History::zeros(0)]),
        "CPU engine: histories: found 2, expected 1"
    );
}

#[test]
fn only_a_causal_network_goes_on() {
    let config = DiffWaveConfig { causal: false, ..config(Variant::Lmnt) };
    let mut denoiser = DiffWaveCpu::new(&config, &weights(&config), 1).unwrap();
    assert!(denoiser.causal().is_none());
}
