//! Classes of recordings and of generated sounds.

use std::fs;

use remel::audio::Audio;
use remel::train::config::{DataConfig, Source};
use remel::train::data::{DataSet, Split};

use super::recordings::*;

/// Two recordings of class a, one of b, and one of neither: sines of 300, 350, 1000 and 2000 Hz.
fn recordings_of_two_classes() -> Recordings {
    let recordings = Recordings::new(0);
    let folder = recordings.source();
    for (name, hz) in [("a/deep/1", 300.0), ("a/2", 350.0), ("b/1", 1000.0), ("neither/1", 2000.0)] {
        let path = folder.join(name).with_extension("wav");
        fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        Audio::mono(RATE_HZ, sine(hz, RATE_HZ, RATE_HZ as usize)).write_wav(&path).expect("a WAV file");
    }
    recordings
}

#[test]
fn the_folders_of_classes_label_their_crops() {
    let recordings = recordings_of_two_classes();
    let classes = vec!["b".to_owned(), "a".to_owned()];
    let config = DataConfig { classes, label_dropout: 0.25, ..recordings.config() };
    let mut log = Log::default();
    let set = DataSet::open(&config, RATE_HZ, &mut log).unwrap();
    assert!(log.information[0].ends_with("left out: 1 file in no class's folder"), "{:?}", log.information);
    for split in [Split::Train, Split::Validation] {
        let crops: Vec<_> = (0..200).map(|index| set.crop(split, index, 2048).unwrap()).collect();
        for crop in crops.iter().filter(|crop| crop.class.is_some()) {
            let [deep, deeper, high] = [350.0, 300.0, 1000.0].map(|hz| power(&crop.audio, hz));
            assert_eq!(crop.class, Some(usize::from(deep.max(deeper) > high)), "deep is a, the second");
        }
        let count = |class| crops.iter().filter(|crop| crop.class == class).count();
        assert!(count(Some(0)) > 20 && count(Some(1)) > 20, "each class has its recordings in {split:?}");
        let untold = count(None);
        assert!(if split == Split::Train { (30..70).contains(&untold) } else { untold == 0 }, "{untold}");
    }
    let missing = DataConfig { classes: vec!["a".into(), "c".into()], ..config };
    let message = open(&missing).err().unwrap().to_string();
    assert!(message.contains("source/c") && message.contains("no audio file"), "{message}");
}

#[test]
fn kinds_of_generated_sounds_are_classes() {
    let classes = vec!["burst".to_owned(), "toy".to_owned()];
    let (set, _) = open(&DataConfig { classes, ..DataConfig::new(Source::Additive) }).unwrap();
    let roughness = |audio: &[f32]| {
        let energy = |samples: &mut dyn Iterator<Item = f32>| samples.map(|v| v * v).sum::<f32>();
        let change = energy(&mut audio.windows(2).map(|pair| pair[1] - pair[0]));
        change / energy(&mut audio.iter().copied()).max(1e-6)
    };
    let crops: Vec<_> = (0..100).map(|index| set.crop(Split::Train, index, 4096).unwrap()).collect();
    let median = |class| {
        let of_class = crops.iter().filter(|crop| crop.class == Some(class));
        let mut all: Vec<f32> = of_class.map(|crop| roughness(&crop.audio)).collect();
        all.sort_by(f32::total_cmp);
        assert!(all.len() > 30, "{} crops of class {class}", all.len());
        all[all.len() / 2]
    };
    let [bursts, tones] = [0, 1].map(median);
    assert!(bursts > 3.0 * tones, "noise is rougher than tones: {bursts} against {tones}");
}
