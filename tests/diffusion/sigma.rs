//! Schedules, diffusions, samplers, inpainting and composition along σ held against audio-diffusion-pytorch 0.0.60
//! (`tests/fixtures/diffusion`).

use std::path::{Path, PathBuf};

use remel::Result;
use remel::audio::read_npy;
use remel::diffusion::{
    Churn, Clamp, Composition, Course, Denoiser, Draw, Inpainting, KarrasSchedule, NoiseSource,
    Preconditioning, Sampling, SamplingPlan,
};
use remel::mel::Mel;
use serde_json::Value;

const VALUES: usize = 64;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diffusion").join(name)
}

fn array(name: &str) -> Vec<f32> {
    read_npy(&file(name)).unwrap().data
}

fn cases(of: &str) -> Vec<Value> {
    let cases: Value = serde_json::from_str(&std::fs::read_to_string(file("cases.json")).unwrap()).unwrap();
    cases[of].as_array().unwrap().clone()
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64()
}

fn count(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

/// The network of the fixtures, in closed form.
struct Network;

impl Denoiser for Network {
    fn condition(&mut self, _: &[&Mel], _: usize) -> Result<()> {
        Ok(())
    }

    fn predict(&mut self, x: &[f32], level: f32, out: &mut [f32]) -> Result<()> {
        let at = |index: Option<usize>| index.and_then(|index| x.get(index)).copied().unwrap_or(0.0);
        for (i, out) in out.iter_mut().enumerate() {
            let sum = 0.8 * x[i] + 0.5 * at(i.checked_sub(1)) - 0.4 * at(Some(i + 2)) + 0.3 * level;
            *out = sum.tanh() + 0.2 * x[i];
        }
        Ok(())
    }
}

/// The plan of a case: options that it does not name are those of the original.
fn plan(case: &Value, sampler: &str, options: &Value, clamp: Clamp) -> SamplingPlan {
    let schedule: KarrasSchedule = read(&case["schedule"]);
    let preconditioning: Preconditioning = read(&case["preconditioning"]);
    let of = |name: &str, default: f64| number(&options[name]).unwrap_or(default);
    let churn = Churn {
        amount: of("s_churn", 0.0),
        range: [of("s_tmin", 0.0), of("s_tmax", f64::INFINITY)],
        noise_scale: of("s_noise", 1.0),
    };
    let course = Course::of_sigmas(preconditioning, &schedule.sigmas(count(&case["steps"])), 1.0);
    let course = course.with_rho(of("rho", 1.0)).with_churn(churn);
    sampler.parse::<remel::diffusion::SamplerKind>().unwrap().plan(&course, clamp)
}

/// Holds `found` against the audio of `case`, and says how near they are.
#[track_caller]
fn assert_agrees(case: &Value, found: &[f32]) {
    let expected: Vec<f32> = read(&case["audio"]);
    assert_eq!(found.len(), expected.len());
    let peak = expected.iter().fold(0.0_f32, |peak, value| peak.max(value.abs()));
    let error = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / peak;
    let of = |name: &str| case[name].to_string();
    println!("{} {} {} steps: {error:.1e} of the peak", of("preconditioning"), of("sampler"), of("steps"));
    assert!(error < 1e-4, "{error} of the peak: {case}");
}

fn draw(noise: &[f32]) -> Draw<'_> {
    Draw { noise: NoiseSource::Given(noise), temperature: 1.0, std: &[], carrier: &[] }
}

#[test]
fn sigmas_are_those_of_the_original() {
    for case in cases("sigmas") {
        let (schedule, expected): (KarrasSchedule, Vec<f64>) = (read(&case["schedule"]), read(&case["sigmas"]));
        let sigmas = schedule.sigmas(count(&case["steps"]));
        // There a zero ends the list, which is not stepped to.
        assert_eq!((sigmas.len() + 1, expected.last()), (expected.len(), Some(&0.0)));
        for (found, expected) in sigmas.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-5 * expected, "{found}, not {expected}");
        }
    }
}

#[test]
fn samples_are_those_of_the_original() {
    let noise = array("noise.npy");
    for case in cases("sampled") {
        let plan = plan(&case, case["sampler"].as_str().unwrap(), &case["options"], Clamp::Last);
        assert_eq!(plan.rows(), count(&case["rows"]), "a row for the start and for every draw");
        let noise = &noise[..plan.rows() * VALUES];
        let mut sampling = Sampling::default();
        let found = sampling.run(&mut Network, &plan, &[draw(noise)], VALUES, &mut || ()).unwrap();
        assert_agrees(&case, found);
    }
}

#[test]
fn inpaintings_are_those_of_the_original() {
    let (noise, source) = (array("noise.npy"), array("source.npy"));
    for case in cases("inpainted") {
        let plan = plan(&case, "adpm2", &case, Clamp::Never);
        let (kept, resamples): (Vec<bool>, _) = (read(&case["mask"]), count(&case["resamples"]));
        let rows = Inpainting::rows(&plan, resamples);
        assert_eq!(rows, count(&case["rows"]));
        let noise = &noise[..rows * VALUES];
        let inpainting = Inpainting { source: &source, kept: &kept, resamples };
        let (mut sampling, mut calls) = (Sampling::default(), 0);
        let found =
            inpainting.run(&mut sampling, &mut Network, &plan, &draw(noise), &mut || calls += 1).unwrap();
        assert_agrees(&case, found);
        let as_it_was = |i: usize| found[i].to_bits() == source[i].to_bits();
        assert!((0..VALUES).filter(|i| kept[*i]).all(as_it_was), "what is kept changed");
        assert_eq!(calls, Inpainting::calls(&plan, resamples));
    }
}

#[test]
fn compositions_are_those_of_the_original() {
    let (noise, source) = (array("noise.npy"), array("source.npy"));
    for case in cases("composed") {
        let plan = plan(&case, "adpm2", &case, Clamp::Never);
        let (spans, resamples) = (count(&case["spans"]), count(&case["resamples"]));
        let composition = Composition { start: &source, channels: 1, spans, resamples };
        let rows = composition.rows(&plan);
        assert_eq!(rows, count(&case["rows"]));
        let noise = &noise[..rows * VALUES];
        let mut sampling = Sampling::default();
        let found = composition.run(&mut sampling, &mut Network, &plan, &draw(noise), &mut || ()).unwrap();
        let start = if case["keep_start"] == true { &source[..] } else { &[] };
        assert_agrees(&case, &[start, &found].concat());
    }
}

/// The network of the fixtures for each of two channels, `[2, values]`.
struct Stereo;

impl Denoiser for Stereo {
    fn condition(&mut self, _: &[&Mel], _: usize) -> Result<()> {
        Ok(())
    }

    fn predict(&mut self, x: &[f32], level: f32, out: &mut [f32]) -> Result<()> {
        let channels = x.chunks_exact(VALUES).zip(out.chunks_exact_mut(VALUES));
        channels.into_iter().try_for_each(|(x, out)| Network.predict(x, level, out))
    }
}

#[test]
fn channels_are_composed_side_by_side() {
    let (noise, source) = (array("noise.npy"), array("source.npy"));
    let case = &cases("composed")[0];
    let (plan, mut sampling) = (plan(case, "adpm2", case, Clamp::Never), Sampling::default());
    let mut composed = |denoiser: &mut dyn Denoiser, start: &[f32], noise: &[f32], channels| {
        let composition = Composition { start, channels, spans: 3, resamples: 1 };
        composition.run(&mut sampling, denoiser, &plan, &draw(noise), &mut || ()).unwrap()
    };
    let quiet: Vec<f32> = source.iter().map(|value| 0.5 * value).collect();
    let shifted = &noise[7 * VALUES..];
    let rows = noise.chunks(VALUES).zip(shifted.chunks(VALUES));
    let both: Vec<f32> = rows.flat_map(|(left, right)| [left, right].concat()).collect();
    let stereo = composed(&mut Stereo, &[&source[..], &quiet].concat(), &both, 2);
    let mono = [composed(&mut Network, &source, &noise, 1), composed(&mut Network, &quiet, shifted, 1)];
    assert!(stereo == mono.concat());
}
