//! Edits of frames: neutral ones, and each that a user can ask for.

use super::*;

fn ramp(n_mels: usize) -> Vec<f32> {
    (0..n_mels).map(|band| -8.0 + 0.05 * band as f32).collect()
}

fn edited(edit: &mut MelEdit, frame: &[f32], settings: &MelEditSettings) -> Vec<f32> {
    let mut frame = frame.to_vec();
    edit.apply(0, &mut frame, settings);
    frame
}

#[test]
fn neutral_settings_change_no_bit() {
    for name in Dialect::names() {
        let dialect = Dialect::named(name).unwrap();
        let mut edit = MelEdit::new(&dialect, 1);
        for scale in [1.0, 0.1, -0.3] {
            let frame: Vec<f32> = ramp(dialect.n_mels).iter().map(|value| value * scale).collect();
            assert_eq!(edited(&mut edit, &frame, &MelEditSettings::default()), frame, "{name}");
        }
    }
}

#[test]
fn an_octave_up_moves_a_peak_to_twice_its_frequency() {
    let dialect = Dialect::named("hifigan").unwrap();
    let mut edit = MelEdit::new(&dialect, 1);
    let mut frame = vec![dialect.silence(); dialect.n_mels];
    frame[20] = 0.0;
    let peak_hz = edit.centres_hz[20];
    let shifted =
        edited(&mut edit, &frame, &MelEditSettings { shift_semitones: 12.0, ..MelEditSettings::default() });
    let peak = (0..shifted.len()).max_by(|&a, &b| shifted[a].total_cmp(&shifted[b])).unwrap();
    let spacing_hz = edit.centres_hz[peak + 1] - edit.centres_hz[peak];
    assert!((edit.centres_hz[peak] - 2.0 * peak_hz).abs() <= spacing_hz, "{peak}");
    // What would come from above the highest band is silence.
    let low = MelEditSettings { shift_semitones: -12.0, ..MelEditSettings::default() };
    let shifted = edited(&mut edit, &vec![0.0; dialect.n_mels], &low);
    assert_eq!(*shifted.last().unwrap(), dialect.silence());
    assert_eq!(shifted[0], 0.0);
}

#[test]
fn tilt_scales_bands_by_their_octaves_from_1_khz() {
    for (name, per_db) in [("hifigan", 10f32.ln() / 20.0), ("lmnt-diffwave", 0.01), ("ivanvovk-wavegrad", 0.1)]
    {
        let dialect = Dialect::named(name).unwrap();
        let mut edit = MelEdit::new(&dialect, 1);
        let frame = vec![0.45; dialect.n_mels];
        let tilted = edited(
            &mut edit,
            &frame,
            &MelEditSettings { tilt_db_per_octave: 3.0, ..MelEditSettings::default() },
        );
        for (band, value) in tilted.iter().enumerate() {
            let db = 3.0 * (edit.centres_hz[band] / 1000.0).log2() as f32;
            assert!((value - 0.45 - db * per_db).abs() < 1e-4, "{name} {band}");
        }
        let silent = vec![dialect.silence(); dialect.n_mels];
        let loud = MelEditSettings { tilt_db_per_octave: 12.0, ..MelEditSettings::default() };
        assert_eq!(edited(&mut edit, &silent, &loud), silent, "{name}");
    }
}

#[test]
fn freeze_holds_and_smear_decays_and_reset_forgets() {
    let dialect = Dialect::named("hifigan").unwrap();
    let mut edit = MelEdit::new(&dialect, 1);
    let (low, high) = (vec![-4.0; 80], vec![0.0; 80]);
    let freeze = MelEditSettings { freeze: true, ..MelEditSettings::default() };
    assert_eq!(edited(&mut edit, &low, &freeze), low, "the first frame is what there is to hold");
    assert_eq!(edited(&mut edit, &high, &freeze), low);
    assert_eq!(edited(&mut edit, &high, &MelEditSettings::default()), high);
    let smear = MelEditSettings { smear: 0.5, ..MelEditSettings::default() };
    assert_eq!(edited(&mut edit, &low, &smear)[7], -2.0);
    assert_eq!(edited(&mut edit, &low, &smear)[7], -3.0);
    edit.reset();
    assert_eq!(edited(&mut edit, &high, &smear), high);
}

#[test]
fn what_is_smeared_most_is_heard_soon_and_long() {
    let dialect = Dialect::named("hifigan").unwrap();
    let mut edit = MelEdit::new(&dialect, 1);
    let (silence, sound) = (vec![dialect.silence(); 80], vec![0.0; 80]);
    let smear = MelEditSettings { smear: 1.0, ..MelEditSettings::default() };
    edited(&mut edit, &silence, &smear);
    let mut after =
        |frame: &[f32], frames: usize| (0..frames).map(|_| edited(&mut edit, frame, &smear)[7]).last().unwrap();
    assert!(after(&sound, 60) > 0.2 * dialect.silence());
    assert!(after(&silence, 100) > 0.25 * dialect.silence());
}
