//! Frames of every published dialect as those of every other, against what the other's original computes of the same clip.

use std::path::Path;

use remel::audio::read_npy;
use remel::mel::{Conversion, Dialect, Mel};

fn frames(dialect: &Dialect) -> Mel {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mel");
    let array = read_npy(&folder.join(format!("{}.npy", dialect.name))).unwrap();
    Mel::from_bands(dialect.n_mels, &array.data)
}

/// The mean distance in dB over what is within 60 dB of the loudest band, between the limits of both dialects, and its mean with its sign.
fn distance_db(made: &Mel, original: &Mel, from: &Dialect, to: &Dialect) -> [f32; 2] {
    let level = |value: f32| 20.0 * to.magnitude(value).max(1e-9).log10();
    let frames = made.frames().min(original.frames());
    let bank_hz = |index: usize| {
        let (bank, bin_hz) = (to.filter_bank(), to.rate_hz as f32 / to.n_fft as f32);
        let (start, weights) = bank.band(index);
        [start as f32 * bin_hz, (start + weights.len()) as f32 * bin_hz]
    };
    let common: Vec<usize> = (0..to.n_mels)
        .filter(|band| bank_hz(*band)[0] >= from.fmin_hz.max(100.0) && bank_hz(*band)[1] <= from.fmax_hz)
        .collect();
    let at = |mel: &Mel, frame: usize, band: usize| level(mel.frame(frame)[band]);
    let all = || (0..frames).flat_map(|frame| common.iter().map(move |band| (frame, *band)));
    let loudest = all().map(|(frame, band)| at(original, frame, band)).fold(f32::MIN, f32::max);
    let differences: Vec<f32> = all()
        .filter(|(frame, band)| at(original, *frame, *band) > loudest - 60.0)
        .map(|(frame, band)| at(made, frame, band) - at(original, frame, band))
        .collect();
    let mean = |each: &dyn Fn(f32) -> f32| {
        differences.iter().map(|d| each(*d)).sum::<f32>() / differences.len() as f32
    };
    [mean(&f32::abs), mean(&|d| d)]
}

#[test]
fn every_dialect_comes_near_every_other() {
    let dialects: Vec<Dialect> = Dialect::names().iter().map(|name| Dialect::named(name).unwrap()).collect();
    for from in &dialects {
        for to in &dialects {
            let made = Conversion::new(from, to).unwrap().apply(&frames(from));
            let [distance, bias] = distance_db(&made, &frames(to), from, to);
            println!("{} to {}: {distance:.2} dB, of it {bias:+.2} dB louder", from.name, to.name);
            assert!(distance < 3.5 && bias.abs() < 2.0, "{} to {}: {distance} {bias}", from.name, to.name);
        }
    }
}

#[test]
fn the_same_bands_are_exact() {
    let [hifigan, tacotron2] = ["hifigan", "tacotron2"].map(|name| Dialect::named(name).unwrap());
    let own = frames(&hifigan);
    let conversion = Conversion::new(&hifigan, &hifigan).unwrap();
    assert!(conversion.losses().is_empty());
    let again = conversion.apply(&own);
    let worst = again.as_frames().iter().zip(own.as_frames()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst < 1e-5, "{worst}");
    assert!(Conversion::new(&tacotron2, &hifigan).unwrap().losses().is_empty());
}

#[test]
fn what_is_lost_is_said() {
    let [wide, narrow] = ["bigvgan2-44k", "hifigan"].map(|name| Dialect::named(name).unwrap());
    let down = Conversion::new(&wide, &narrow).unwrap().losses().join(", ");
    assert_eq!(down, "128 bands interpolated to 80, what was above 8000 Hz is gone");
    let up = Conversion::new(&narrow, &wide).unwrap().losses().join(", ");
    assert_eq!(up, "80 bands interpolated to 128, nothing above 8000 Hz");
}
