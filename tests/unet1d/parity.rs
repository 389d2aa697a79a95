//! UNet1d held against PyTorch's own numbers (`tests/fixtures/unet1d`, made by `make.py` there).

use crate::cases::{Case, cases, digest, told, weights};
use crate::difference::assert_close;
use remel::diffusion::Condition;
use remel::kernel::InstructionSet;
#[cfg(feature = "burn")]
use remel::network::Backend;
use remel::network::NetworkConfig;
#[cfg(feature = "burn")]
use remel::network::unet1d::burn::UNet1dBurn;
use remel::network::unet1d::cpu::{EncoderCpu, UNet1dCpu};

/// Of the largest value; of magnitude channels, whose sigmoid and tanh are steep, and of networks whose arguments are drawn,
/// some of which normalize what is nearly constant, some times as much.
const TOLERANCE: f32 = 2e-5;
const STEEP_TOLERANCE: f32 = 1e-4;
#[cfg(feature = "train-gpu")]
const GPU_TOLERANCE: f32 = 2e-3;

/// What a prediction of `case` may be off by.
fn tolerance(case: &Case) -> f32 {
    if case.name == "magnitude" || case.name.starts_with("drawn") { STEEP_TOLERANCE } else { TOLERANCE }
}

fn hold(case: &Case, set: InstructionSet, threads: usize) {
    let (config, x, condition) = (case.config(), case.x(), case.condition());
    let mut network = UNet1dCpu::with_instruction_set(&config, &weights(&config), threads, set).unwrap();
    let y = case.array("y");
    for (level, theirs) in case.levels.iter().zip(y.chunks_exact(y.len() / case.levels.len())) {
        let ours = network.call(&x, *level, &condition).unwrap();
        assert_close(
            &format!("{} at level {level} in {set}, {threads} threads", case.name),
            &ours,
            theirs,
            tolerance(case),
        );
    }
}

#[test]
fn names_and_shapes_are_the_packages_own() {
    for case in cases() {
        let mut table = NetworkConfig::tensors(&case.config());
        assert_eq!(table.len(), case.tensors, "{}", case.name);
        table.sort();
        let lines: Vec<String> = table.iter().map(|(name, shape)| format!("{name} {shape:?}\n")).collect();
        assert_eq!(digest(&lines.concat()), case.table, "{}: {}", case.name, lines.concat());
    }
}

#[test]
fn predictions_agree_with_pytorch() {
    for case in cases() {
        for set in InstructionSet::available() {
            hold(&case, set, 1);
        }
        hold(&case, InstructionSet::chosen().unwrap(), 3);
    }
}

#[cfg(feature = "burn")]
#[test]
fn predictions_agree_with_pytorch_in_burn() {
    hold_in_burn(&Backend::Cpu, tolerance);
}

#[cfg(feature = "train-gpu")]
#[test]
fn predictions_agree_with_pytorch_on_the_gpu() {
    let Some(gpu) = crate::device::first_gpu("predictions_agree_with_pytorch_on_the_gpu") else { return };
    hold_in_burn(&gpu, |_| GPU_TOLERANCE);
}

#[cfg(feature = "burn")]
fn hold_in_burn(backend: &Backend, tolerance: fn(&Case) -> f32) {
    for case in cases() {
        let (config, x, condition) = (case.config(), case.x(), case.condition());
        let network = UNet1dBurn::new(&config, &weights(&config), backend).unwrap();
        let y = case.array("y");
        for (level, theirs) in case.levels.iter().zip(y.chunks_exact(y.len() / case.levels.len())) {
            let ours = network.call(&x, *level, &condition).unwrap();
            assert_close(
                &format!("{} at level {level} in burn on {backend}", case.name),
                &ours,
                theirs,
                tolerance(&case),
            );
        }
    }
}

#[test]
fn what_an_encoder_makes_agrees_with_pytorch() {
    for case in cases().iter().filter(|case| case.kind.contains("Autoencoder")) {
        let config = case.config();
        let mut encoder = EncoderCpu::new(&config, &weights(&config), 2).unwrap();
        let latent = encoder.encode(&told("audio", config.in_channels * case.samples)).unwrap();
        let theirs = case.array("latent");
        assert_close(&format!("{}: latent", case.name), &latent, &theirs, TOLERANCE);
        for (index, channels) in encoder.decode(&theirs).unwrap().iter().enumerate() {
            let name = format!("channels{index}");
            assert_close(&format!("{}: {name}", case.name), channels, &case.array(&name), TOLERANCE);
        }
    }
}

#[test]
fn an_upsamplers_input_comes_to_the_rate_as_in_pytorch() {
    let all = cases();
    let case = all.iter().find(|case| case.name == "upsampler").unwrap();
    let Condition { channels, features, .. } = case.condition();
    assert_close("upsampled", &channels[0], &case.array("upsampled"), 1e-6);
    assert_close("features", &features, &case.array("features"), 1e-6);
}

#[test]
fn a_length_that_the_factors_do_not_divide_is_padded_with_zeros_and_trimmed() {
    let all = cases();
    let case = all.iter().find(|case| case.name == "nearest").unwrap();
    let (config, x) = (case.config(), case.x());
    let mut network = UNet1dCpu::new(&config, &weights(&config), 1).unwrap();
    let (samples, short) = (case.samples, case.samples - 7);
    let mut padded = x.clone();
    padded.chunks_exact_mut(samples).for_each(|channel| channel[short..].fill(0.0));
    let cut = |signal: &[f32]| -> Vec<f32> {
        signal.chunks_exact(samples).flat_map(|channel| channel[..short].to_vec()).collect()
    };
    let whole = network.call(&padded, 0.2, &Condition::default()).unwrap();
    assert_eq!(network.call(&cut(&x), 0.2, &Condition::default()).unwrap(), cut(&whole));
}

#[test]
fn what_a_network_is_not_told_is_refused_in_one_line() {
    let all = cases();
    let refusal = |name: &str, change: &dyn Fn(&mut Condition)| {
        let case = all.iter().find(|case| case.name == name).unwrap();
        let (config, mut condition) = (case.config(), case.condition());
        let mut network = UNet1dCpu::new(&config, &weights(&config), 1).unwrap();
        change(&mut condition);
        let message = network.call(&case.x(), 0.2, &condition).unwrap_err().to_string();
        assert!(!message.contains('\n'), "{message}");
        message
    };
    let guided = refusal("small", &|condition| condition.embedding_scale = 5.0);
    assert!(guided.contains("found 5, expected 1"), "{guided}");
    let narrow = refusal("conditional", &|condition| condition.embedding.truncate(13));
    assert!(narrow.contains("found 13 values, expected 1 to 5 tokens of 12 features"), "{narrow}");
    let many = refusal("conditional", &|condition| condition.embedding.resize(6 * 12, 0.0));
    assert!(many.contains("found 72 values, expected 1 to 5 tokens of 12 features"), "{many}");
    let unconditional = refusal("small", &|condition| condition.embedding.push(0.0));
    assert!(unconditional.contains("none: the network is not conditioned on one"), "{unconditional}");
    let fewer = refusal("channels", &|condition| drop(condition.channels.pop()));
    assert!(fewer.contains("found 1 signals, expected 2"), "{fewer}");
    let longer = refusal("channels", &|condition| condition.channels[1].extend([0.0; 8]));
    assert!(longer.contains("found 3 values, expected at most 2 at depth 2"), "{longer}");
    let features = refusal("magnitude", &|condition| condition.features.push(0.0));
    assert!(features.contains("found 7, expected 6"), "{features}");
}
