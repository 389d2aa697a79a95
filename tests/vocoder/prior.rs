//! The spectral prior against numpy, against noise, and against the stream.

use std::path::PathBuf;

use remel::audio::read_npy;
use remel::diffusion::Noise;
use remel::domain::{SpectralFilter, SpectralPrior};
use remel::mel::{Dialect, Mel, mel_of};

fn array(name: &str) -> Vec<f32> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/prior").join(name);
    read_npy(&path).unwrap().data
}

fn dialect() -> Dialect {
    Dialect::named("lmnt-diffwave").unwrap()
}

fn mel() -> Mel {
    Mel::from_bands(80, &array("mel.npy"))
}

/// A frame that falls by 0.4 dB from band to band.
fn tilt() -> Vec<f32> {
    (0..80).map(|band| 0.75 - 0.004 * band as f32).collect()
}

fn energy(x: &[f32]) -> f64 {
    x.iter().map(|x| f64::from(*x).powi(2)).sum()
}

/// Energy of `a` over that of its difference from `b`.
fn ratio_db(a: &[f32], b: &[f32]) -> f64 {
    let off: Vec<f32> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    10.0 * (energy(a) / energy(&off)).log10()
}

#[test]
fn both_directions_are_numpys() {
    let mut filter = SpectralFilter::new(SpectralPrior::default(), &dialect());
    for (name, shapes) in [("shaped.npy", true), ("whitened.npy", false)] {
        let mut x = array("x.npy");
        if shapes {
            filter.shape(&mel(), &mut x)
        } else {
            filter.whiten(&mel(), &mut x)
        }
        let agreement_db = ratio_db(&array(name), &x);
        assert!(agreement_db > 100.0, "{name}: {agreement_db:.1} dB");
    }
}

#[test]
fn whitening_then_shaping_gives_the_signal_back() {
    // Where envelopes are smooth and do not move, the filter can be undone.
    let steady = Mel::from_frames(80, tilt().repeat(12));
    let mut filter = SpectralFilter::new(SpectralPrior::default(), &dialect());
    let mut noise = vec![0.0; 12 * 256];
    Noise::new(3).fill(0, 0, 0, &mut noise);
    let mut x = noise.clone();
    filter.shape(&steady, &mut x);
    filter.whiten(&steady, &mut x);
    let inside = 1024..noise.len() - 1024;
    let agreement_db = ratio_db(&noise[inside.clone()], &x[inside]);
    assert!(agreement_db > 30.0, "{agreement_db:.1} dB");
}

#[test]
fn unit_noise_takes_on_the_mel_it_is_given() {
    let (dialect, frames) = (dialect(), 200);
    let wanted = Mel::from_frames(80, tilt().repeat(frames));
    let prior = SpectralPrior { std: 1.0, ..SpectralPrior::default() };
    let mut x = vec![0.0; frames * 256];
    Noise::new(5).fill(0, 0, 0, &mut x);
    SpectralFilter::new(prior, &dialect).shape(&wanted, &mut x);
    let got = mel_of(&x, &dialect).unwrap();
    for band in (0..80).step_by(8) {
        let power = |mel: &Mel| {
            let powers = (4..frames - 4).map(|f| dialect.magnitude(mel.frame(f)[band]));
            powers.sum::<f32>() / (frames - 8) as f32
        };
        let off_db = 20.0 * (power(&got) / power(&wanted)).log10();
        assert!(off_db.abs() < 1.5, "band {band}: {off_db:.2} dB");
    }
}

#[test]
fn what_the_filter_sees_of_a_sample_is_within_its_reach() {
    let (prior, dialect, mel) = (SpectralPrior::default(), dialect(), mel());
    let reach = remel::domain::Prior::Spectral(prior).reach_frames(&dialect);
    let mut filter = SpectralFilter::new(prior, &dialect);
    let render = |filter: &mut SpectralFilter, first: usize, last: usize| {
        let mut x = array("x.npy")[first * 256..last * 256].to_vec();
        filter.shape(&mel.slice(first..last), &mut x);
        x
    };
    let whole = render(&mut filter, 0, mel.frames());
    let part = render(&mut filter, 3 - reach, 4 + reach);
    let frame = reach * 256..(reach + 1) * 256;
    assert!(ratio_db(&whole[3 * 256..4 * 256], &part[frame]) > 120.0);
}
