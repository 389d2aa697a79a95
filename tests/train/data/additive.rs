//! Generated sounds.

use remel::train::config::{DataConfig, Source};
use remel::train::data::{AdditiveGenerator, Draws, Split, Tone};

use super::recordings::*;

#[test]
fn additive_sounds_are_endless_bounded_and_audible() {
    let (set, _) = open(&DataConfig::new(Source::Additive)).unwrap();
    assert!(set.holds(Split::Validation) && set.seconds(Split::Train).is_none());
    let unmeasured = DataConfig { validation: 0.0, ..DataConfig::new(Source::Additive) };
    assert!(!open(&unmeasured).unwrap().0.holds(Split::Validation));
    for split in [Split::Train, Split::Validation] {
        let crops: Vec<_> = (0..200).map(|index| set.crop(split, index, 4096).unwrap().audio).collect();
        assert!(crops.iter().all(|crop| crop.iter().all(|v| v.is_finite() && v.abs() <= 1.0)));
        let audible = crops.iter().filter(|crop| crop.iter().any(|v| v.abs() > 1e-3)).count();
        assert!(audible > 180, "{audible} of 200 crops of {split:?} can be heard");
        assert!(crops.windows(2).all(|pair| pair[0] != pair[1] || pair[0].iter().all(|v| *v == 0.0)));
    }
    assert_ne!(set.crop(Split::Train, 0, 4096).unwrap(), set.crop(Split::Validation, 0, 4096).unwrap());
    let generator = AdditiveGenerator::new(RATE_HZ);
    let sound = |index| generator.sound(&mut Draws::new(4, 0, index), 4096);
    assert_eq!(sound(1), sound(1));
}

#[test]
fn a_tone_has_the_partials_that_were_asked_for() {
    let render = |tone: &Tone| tone.render(RATE_HZ, RATE_HZ as usize, &mut Draws::new(0, 0, 0));
    let cases = [
        (Tone::steady(200.0, 6), vec![200.0, 400.0, 600.0, 800.0, 1000.0, 1200.0]),
        (Tone { spacing: 2.0, ..Tone::steady(150.0, 4) }, vec![150.0, 450.0, 750.0, 1050.0]),
        (Tone { spacing: 2.0, offset: 0.3, ..Tone::steady(100.0, 4) }, vec![100.0, 230.0, 430.0, 630.0]),
        (
            Tone { inharmonicity: 0.01, ..Tone::steady(100.0, 3) },
            vec![100.0, 200.0 * (1.04_f64 / 1.01).sqrt(), 300.0 * (1.09_f64 / 1.01).sqrt()],
        ),
        // What would fold is silent.
        (Tone::steady(4000.0, 5), vec![4000.0, 8000.0]),
    ];
    for (tone, expected_hz) in cases {
        let sound = render(&tone);
        for &frequency_hz in &expected_hz {
            let found = power(&sound, frequency_hz);
            assert!((found - 1.0).abs() < 0.02, "{tone:?}: power {found} at {frequency_hz} Hz");
        }
        let energy = sound.iter().map(|v| f64::from(v * v)).sum::<f64>() / sound.len() as f64;
        let expected = expected_hz.len() as f64 / 2.0;
        assert!(
            (energy / expected - 1.0).abs() < 0.01,
            "{tone:?}: {energy}, {expected} expected: more partials"
        );
    }
    let tilted = render(&Tone { tilt_db: -6.0206, ..Tone::steady(200.0, 4) });
    assert!((power(&tilted, 800.0) - 1.0 / 16.0).abs() < 2e-3);
}
