//! The test signal: two seconds of Japanese speech.
//!
//! Common Voice, clip ja 38843402, CC0; brought to 22 050 Hz.

/// The speech at `rate_hz`, linearly interpolated.
pub fn speech(rate_hz: u32) -> Vec<f32> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host/speech.wav");
    let mut file = hound::WavReader::open(path).expect("the clip lies beside this file");
    let step = f64::from(file.spec().sample_rate) / f64::from(rate_hz);
    let clip: Vec<f32> =
        file.samples::<i16>().map(|sample| f32::from(sample.expect("whole samples")) / 32768.0).collect();
    let samples = ((clip.len() - 1) as f64 / step) as usize;
    let interpolated = (0..samples).map(|index| {
        let at = index as f64 * step;
        let (low, part) = (at as usize, at.fract() as f32);
        clip[low] + part * (clip[low + 1] - clip[low])
    });
    interpolated.collect()
}

/// Root mean square.
pub fn rms(samples: &[f32]) -> f64 {
    let sum: f64 = samples.iter().map(|&sample| f64::from(sample).powi(2)).sum();
    (sum / samples.len().max(1) as f64).sqrt()
}

/// The delay in samples, at most `limit`, at which `later` follows the loudness of `earlier` best, to within
/// `grain` samples.
pub fn loudness_delay(earlier: &[f32], later: &[f32], limit: usize, grain: usize) -> usize {
    let envelope = |samples: &[f32]| samples.chunks(grain).map(rms).collect::<Vec<f64>>();
    let (earlier, later) = (envelope(earlier), envelope(later));
    let likeness = |delay: usize| {
        let pairs: Vec<_> = earlier.iter().zip(&later[delay..]).collect();
        let mean = |of: fn(&(&f64, &f64)) -> f64| pairs.iter().map(of).sum::<f64>() / pairs.len() as f64;
        let (mean_a, mean_b) = (mean(|pair| *pair.0), mean(|pair| *pair.1));
        let (mut ab, mut aa, mut bb) = (0.0, 1e-12, 1e-12);
        for (a, b) in &pairs {
            let (a, b) = (**a - mean_a, **b - mean_b);
            (ab, aa, bb) = (ab + a * b, aa + a * a, bb + b * b);
        }
        ab / f64::sqrt(aa * bb)
    };
    let best = (0..=limit / grain).max_by(|&a, &b| likeness(a).total_cmp(&likeness(b)));
    best.unwrap_or(0) * grain
}
