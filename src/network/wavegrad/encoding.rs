//! The encoding of the level that modulations are made with (Chen et al. 2020, section 3 and figure 2).

use super::config::Formulation;

/// Factor on the level in the phases of ivanvovk/WaveGrad.
const LINEAR_SCALE: f32 = 5000.0;
/// The ratio of the slowest sine to the fastest.
const SLOWEST: f32 = 1e-4;

/// The encoding of `level`, √ᾱ, for `channels` (an even number): sines, then as many cosines.
///
/// Phases reach 5000, so that their rounding is heard: they are computed in `f32` in the order in which either source does.
pub fn encoding(formulation: Formulation, channels: usize, level: f32) -> Vec<f32> {
    let half = channels / 2;
    let phase = |index: usize| {
        let place = index as f32 / half as f32;
        match formulation {
            Formulation::Lmnt => {
                let exponent = -(1e4_f64.ln() as f32) * place;
                level * f64::from(exponent).exp() as f32
            }
            Formulation::Ivanvovk => {
                let factor = f64::from(SLOWEST).powf(f64::from(place)) as f32;
                LINEAR_SCALE * level * factor
            }
        }
    };
    let phases: Vec<f64> = (0..half).map(|index| f64::from(phase(index))).collect();
    let sines = phases.iter().map(|phase| phase.sin() as f32);
    sines.chain(phases.iter().map(|phase| phase.cos() as f32)).collect()
}
