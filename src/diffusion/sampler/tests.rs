//! What holds for every sampler.

use super::*;
use crate::diffusion::{
    Draw, Evaluation, Gaussians, KarrasSchedule, NoiseSource, Preconditioning, Prediction, Schedule,
};

fn fast() -> (Schedule, Schedule) {
    let training = Schedule::linear(50, 1e-4, 0.05).expect("valid");
    let fast = Schedule::from_betas(vec![1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5]).expect("valid");
    (training, fast)
}

#[test]
fn no_strength_is_the_carrier_and_full_strength_is_noise() {
    let (training, fast) = fast();
    for kind in SamplerKind::all() {
        // Strengths that would be a step which does nothing are none, and what is no strength is all of it.
        for strength in [0.0, -1.0, f64::MIN_POSITIVE, 1e-12, 1e-9, 1e-4] {
            let none = kind.plan(&Course::of_steps(&training, &fast, strength), Clamp::Last);
            assert!(none.sampler.evaluations().is_empty());
            assert_eq!(none.start, Start { carrier_scale: 1.0, noise_scale: 0.0 });
        }
        for strength in [1.0, 2.0, f64::NAN] {
            let full = kind.plan(&Course::of_steps(&training, &fast, strength), Clamp::Last);
            assert!(full.sampler.evaluations().len() >= 6);
            assert_eq!(full.start, Start { carrier_scale: 0.0, noise_scale: 1.0 });
        }
    }
}

#[test]
fn strength_starts_at_its_own_level_without_jumps() {
    let (training, fast) = fast();
    for kind in SamplerKind::all() {
        let mut last = 0.0;
        for percent in 1..100 {
            let plan = kind.plan(&Course::of_steps(&training, &fast, f64::from(percent) / 100.0), Clamp::Last);
            let Start { carrier_scale, noise_scale } = plan.start;
            assert!((carrier_scale.powi(2) + noise_scale.powi(2) - 1.0).abs() < 1e-6, "unit variance");
            assert!(noise_scale > last, "more strength is more noise");
            let first = plan.sampler.evaluations()[0];
            assert!((first.noise_scale - noise_scale).abs() < 1e-6);
            last = noise_scale;
        }
    }
}

#[test]
fn any_strength_of_any_schedule_is_finite_and_ends_without_noise() {
    let one = Schedule::from_betas(vec![0.5]).expect("valid");
    let tiny = Schedule::from_betas(vec![1e-7]).expect("valid");
    let (training, fast) = fast();
    for schedule in [&one, &tiny, &fast, &training] {
        for steps in 1..=12 {
            let respaced = schedule.respaced(steps).expect("any number of steps");
            assert_eq!(respaced.len(), steps);
            for kind in SamplerKind::all() {
                for strength in [0.0, 1e-9, 1e-3, 0.5, 1.0 - 1e-9, 1.0] {
                    let plan = kind.plan(&Course::of_steps(&training, &respaced, strength), Clamp::Last);
                    let (mut x, mut z, mut memory) = ([0.5, -0.5], [0.0; 2], Vec::new());
                    let count = plan.sampler.evaluations().len();
                    for index in 0..count {
                        let rows = vec![if index + 1 == count { 1e6 } else { 1.0 }; 2 * (count + 1)];
                        let noise = NoiseSource::Given(&rows);
                        let draw = Draw { noise, temperature: 1.0, std: &[], carrier: &[] };
                        let mut noise = Gaussians::new(&draw, index + 1, &mut z);
                        let found = Found { prediction: &[0.1, -0.2], variances: None };
                        plan.sampler.step(index, &mut x, found, &mut noise, &mut memory);
                    }
                    assert!(x.iter().all(|x| x.abs() < 1e5), "{} steps, strength {strength}: {x:?}", steps);
                }
            }
        }
    }
}

#[test]
fn every_sampler_goes_along_angles_to_the_signal_that_is_found() {
    for kind in SamplerKind::all() {
        for steps in 1..=12 {
            for strength in [1e-2, 0.3, 1.0] {
                for eta in [0.0, 0.5, 1.0] {
                    let course = Course::of_angles(steps, strength).with_eta(eta);
                    let sampler = kind.plan(&course, Clamp::Never).sampler;
                    assert_eq!(sampler.wants(), Prediction::Signal);
                    let (mut x, mut z, mut memory) = ([1.5, -0.5], [0.0; 2], Vec::new());
                    let rows = vec![0.7; 2 * (sampler.evaluations().len() + 1)];
                    let draw =
                        Draw { noise: NoiseSource::Given(&rows), temperature: 1.0, std: &[], carrier: &[] };
                    for index in 0..sampler.evaluations().len() {
                        let mut noise = Gaussians::new(&draw, index + 1, &mut z);
                        let found = Found { prediction: &[0.3, -0.2], variances: None };
                        sampler.step(index, &mut x, found, &mut noise, &mut memory);
                    }
                    let close = (x[0] - 0.3).abs() < 1e-5 && (x[1] + 0.2).abs() < 1e-5;
                    assert!(close, "{} in {steps} from {strength}: {x:?}", kind.name());
                }
            }
        }
    }
}

/// What `kind` makes of noise along `course` where the signal is known at every evaluation.
fn towards_a_known_signal(kind: SamplerKind, course: &Course, signal: [f32; 2]) -> [f32; 2] {
    let plan = kind.plan(course, Clamp::Never);
    let (sampler, rows) = (plan.sampler.as_ref(), [0.7; 2 * 100]);
    let Start { carrier_scale, noise_scale } = plan.start;
    // Where there is a carrier it is that signal.
    let (mut x, mut z, mut memory) = ([1.5, -0.5], [0.0; 2], Vec::new());
    x.iter_mut().zip(signal).for_each(|(x, signal)| *x = noise_scale * *x + carrier_scale * signal);
    let draw = Draw { noise: NoiseSource::Given(&rows), temperature: 1.0, std: &[], carrier: &[] };
    for (index, evaluation) in sampler.evaluations().iter().enumerate() {
        let mut noise = Gaussians::new(&draw, sampler.row(index), &mut z);
        sampler.prepare(index, &mut x, &mut noise);
        let mut prediction = signal;
        Prediction::Signal.convert(sampler.wants(), evaluation, &x, &[], &mut prediction);
        let found = Found { prediction: &prediction, variances: None };
        sampler.step(index, &mut x, found, &mut noise, &mut memory);
    }
    x
}

#[test]
fn samplers_go_along_sigmas_to_the_signal_that_is_found() {
    let schedule = KarrasSchedule { sigma_min: 1e-4, sigma_max: 3.0, rho: 9.0 };
    let k = Preconditioning::K { sigma_data: 0.1, dynamic_threshold: 0.0 };
    for preconditioning in [k, Preconditioning::V] {
        // The one of the package stays where it is without churn.
        for kind in SamplerKind::all().filter(|kind| *kind != SamplerKind::Karras) {
            for (steps, strength) in [(2, 1.0), (5, 1.0), (12, 0.5), (50, 1e-3), (3, 2e-4)] {
                let course = Course::of_sigmas(preconditioning, &schedule.sigmas(steps), strength);
                let x = towards_a_known_signal(kind, &course, [0.3, -0.2]);
                let close = (x[0] - 0.3).abs() < 1e-3 && (x[1] + 0.2).abs() < 1e-3;
                assert!(close, "{} in {steps} from {strength}: {x:?}", kind.name());
            }
        }
    }
}

#[test]
fn strength_along_sigmas_is_a_share_of_the_largest() {
    let sigmas = KarrasSchedule { sigma_min: 0.01, sigma_max: 2.0, rho: 7.0 }.sigmas(8);
    let course = |strength| Course::of_sigmas(Preconditioning::V, &sigmas, strength);
    for kind in SamplerKind::all() {
        for none in [0.0, -1.0, 0.004, 0.005] {
            let plan = kind.plan(&course(none), Clamp::Last);
            assert!(plan.sampler.evaluations().is_empty(), "as little noise as sampling would end with");
            assert_eq!((plan.start, plan.rows()), (Start { carrier_scale: 1.0, noise_scale: 0.0 }, 0));
        }
        for strength in [0.3, 0.9, 1.0] {
            let plan = kind.plan(&course(strength), Clamp::Last);
            let Evaluation { signal_scale, noise_scale, .. } = plan.sampler.evaluations()[0];
            let sigma = noise_scale / signal_scale;
            assert!((sigma - 2.0 * strength as f32).abs() < 1e-5, "{sigma}");
            let carrier_scale = if strength == 1.0 { 0.0 } else { signal_scale };
            assert_eq!(plan.start, Start { carrier_scale, noise_scale });
        }
        assert_eq!(kind.plan(&course(1.0), Clamp::Last).sampler.steps().len(), 7);
    }
}

#[test]
fn no_row_is_drawn_that_is_not_counted() {
    let (training, fast) = fast();
    let sigmas = KarrasSchedule { sigma_min: 0.01, sigma_max: 2.0, rho: 7.0 }.sigmas(5);
    let churn = Churn { amount: 5.0, ..Churn::default() };
    let courses = [
        Course::of_steps(&training, &fast, 1.0),
        Course::of_angles(6, 1.0),
        Course::of_sigmas(Preconditioning::V, &sigmas, 1.0),
    ];
    for (kind, course) in SamplerKind::all().flat_map(|kind| courses.iter().map(move |course| (kind, course))) {
        let plan = kind.plan(&course.clone().with_churn(churn), Clamp::Never);
        let (sampler, rows) = (plan.sampler.as_ref(), vec![0.7; plan.rows()]);
        let draw = Draw { noise: NoiseSource::Given(&rows), temperature: 1.0, std: &[], carrier: &[] };
        let (mut x, mut z, mut memory) = ([0.5], [0.0], Vec::new());
        for index in 0..sampler.evaluations().len() {
            // A row that is not there would be a panic.
            let mut noise = Gaussians::new(&draw, sampler.row(index), &mut z);
            sampler.prepare(index, &mut x, &mut noise);
            let found = Found { prediction: &[0.1], variances: None };
            sampler.step(index, &mut x, found, &mut noise, &mut memory);
        }
        assert!(x[0].is_finite());
    }
}

#[test]
fn evaluations_are_those_of_the_steps() {
    let (training, fast) = fast();
    let courses =
        [Course::of_steps(&training, &fast, 1.0), Course::of_angles(6, 1.0), Course::of_angles(1, 0.4)];
    for kind in SamplerKind::all() {
        for course in &courses {
            let plan = kind.plan(course, Clamp::Never);
            let all: Vec<usize> = plan.sampler.steps().into_iter().flatten().collect();
            assert!(all.into_iter().eq(0..plan.sampler.evaluations().len()), "{}", kind.name());
            assert_eq!(plan.sampler.steps().len(), plan.levels.len());
        }
    }
}

#[test]
fn names_are_read_and_others_refused() {
    for kind in SamplerKind::all() {
        assert_eq!(kind.name().parse::<SamplerKind>().expect("a name"), kind);
        let json = serde_json::to_value(kind).expect("a name");
        assert_eq!(json, kind.name(), "files and command line call it the same");
    }
    assert_eq!("aeuler".parse::<SamplerKind>().expect("a name"), SamplerKind::Ancestral);
    let of_a_file = serde_json::from_value::<SamplerKind>("aeuler".into()).expect("a name");
    assert_eq!(of_a_file, SamplerKind::Ancestral);
    let names: Vec<&str> = SamplerKind::all().map(SamplerKind::name).collect();
    let refusal = "euler".parse::<SamplerKind>().expect_err("no such sampler").to_string();
    assert!(refusal.contains("\"euler\"") && refusal.contains(&names.join(", ")), "{refusal}");
}
