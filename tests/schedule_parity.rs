//! Schedules and steps held against reference numbers (`tests/fixtures/diffwave/schedules.json`).
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

use std::path::Path;

use remel::diffusion::{Clamp, Procedure, Sampler, Schedule, karras_sigmas};
use serde_json::Value;

fn reference() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diffwave/schedules.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

#[track_caller]
fn assert_close(what: &str, ours: &[f64], theirs: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (index, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{what}[{index}]: {a}, expected {b}");
    }
}

#[test]
fn schedules_are_the_published_ones() {
    let reference = reference();
    let schedules = [
        ("linear_50", Schedule::linear(50, 1e-4, 0.05)),
        ("linear_200", Schedule::linear(200, 1e-4, 0.02)),
        ("quad_50", Schedule::quad(50, 1e-4, 0.05)),
        ("sigmoid_50", Schedule::sigmoid(50, 1e-4, 0.05)),
    ];
    for (name, schedule) in schedules {
        let schedule = schedule.unwrap();
        assert_close(name, schedule.betas(), &numbers(&reference[name]["beta"]), 1e-12);
        assert_close(name, schedule.alpha_bars(), &numbers(&reference[name]["alpha_bar"]), 1e-12);
    }
}

#[test]
fn karras_sigmas_are_the_papers() {
    let expected = numbers(&reference()["karras_10"]["sigma"]);
    assert_close("sigma", &karras_sigmas(10, 0.002, 80.0, 7.0), &expected, 1e-12);
}

#[test]
fn every_step_is_lmnts() {
    let reference = reference();
    for name in ["full_base", "fast_base", "fast_large"] {
        let entry = &reference[name];
        let training = match entry["training"].as_str().unwrap() {
            "linear_50" => Schedule::linear(50, 1e-4, 0.05),
            "linear_200" => Schedule::linear(200, 1e-4, 0.02),
            other => panic!("unknown training schedule {other}"),
        };
        let inference = Schedule::from_betas(numbers(&entry["beta"])).unwrap();
        let sampler =
            Sampler::new(Procedure::Ancestral, &training.unwrap(), &inference, 1.0, Clamp::EveryStep).unwrap();
        let of = |value: fn(&remel::diffusion::Step) -> f32| -> Vec<f64> {
            sampler.steps.iter().rev().map(|step| f64::from(value(step))).collect()
        };
        let (c1, c2) = (numbers(&entry["c1"]), numbers(&entry["c2"]));
        let eps_scale: Vec<f64> = c1.iter().zip(&c2).map(|(c1, c2)| -c1 * c2).collect();
        assert_close(name, &of(|s| s.level), &numbers(&entry["t"]), 1e-6);
        assert_close(name, &of(|s| s.x_scale), &c1, 1e-6);
        assert_close(name, &of(|s| s.eps_scale), &eps_scale, 1e-6);
        assert_close(name, &of(|s| s.noise_scale), &numbers(&entry["sigma"]), 1e-6);
    }
}
