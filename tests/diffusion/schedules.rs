//! Schedules and steps held against reference numbers (`tests/fixtures/diffwave/schedules.json`).

use std::path::Path;

use remel::diffusion::{
    Clamp, Course, Draw, Found, Gaussians, KarrasSchedule, NoiseSource, SamplerKind, Schedule,
};
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
    let schedule = KarrasSchedule { sigma_min: 0.002, sigma_max: 80.0, rho: 7.0 };
    assert_close("sigma", &schedule.sigmas(10), &expected, 1e-12);
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
        let plan = SamplerKind::Ancestral
            .plan(&Course::of_steps(&training.unwrap(), &inference, 1.0), Clamp::EveryStep);
        let sampler = plan.sampler.as_ref();
        let count = sampler.evaluations().len();
        // The scales of x, ε and z are what a step makes of ones among zeros; references count from the least noise.
        let scale = |index: usize, [x, eps, z]: [f32; 3]| {
            let (mut x, mut buffer, rows) = ([x], [0.0], vec![z; count + 1]);
            let draw = Draw { noise: NoiseSource::Given(&rows), temperature: 1.0, std: &[], carrier: &[] };
            let found = Found { prediction: &[eps], variances: None };
            let mut noise = Gaussians::new(&draw, index + 1, &mut buffer);
            sampler.step(index, &mut x, found, &mut noise, &mut Vec::new());
            f64::from(x[0])
        };
        let of = |unit: [f32; 3]| -> Vec<f64> { (0..count).rev().map(|index| scale(index, unit)).collect() };
        let (c1, c2) = (numbers(&entry["c1"]), numbers(&entry["c2"]));
        let eps_scale: Vec<f64> = c1.iter().zip(&c2).map(|(c1, c2)| -c1 * c2).collect();
        let levels = sampler.evaluations().iter().rev().map(|evaluation| f64::from(evaluation.level));
        assert_close(name, &levels.collect::<Vec<_>>(), &numbers(&entry["t"]), 1e-6);
        assert_close(name, &of([1.0, 0.0, 0.0]), &c1, 1e-6);
        assert_close(name, &of([0.0, 1.0, 0.0]), &eps_scale, 1e-6);
        assert_close(name, &of([0.0, 0.0, 1.0]), &numbers(&entry["sigma"]), 1e-6);
    }
}
