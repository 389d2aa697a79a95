//! The small trained models of `assets/models/examples`, with the README's commands.

use crate::command::Folder;
use remel::audio::{Audio, read_npy};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/models/examples");
/// Bytes that they may have together.
const MOST_BYTES: u64 = 3_000_000;

/// Runs `line` with the model `name` and finds `samples` samples at 16 kHz in what it writes, neither silent nor clipped.
#[track_caller]
fn sounds(folder: &Folder, line: &str, name: &str, output: &str, samples: usize) -> Audio {
    folder.succeeds(&format!(
        "{line} --model {EXAMPLES}/{name}.safetensors --backend cpu --steps 12 -o {output}"
    ));
    let audio = Audio::read(&folder.path(output)).unwrap();
    assert_eq!((audio.rate_hz, audio.channels.len(), audio.samples()), (16_000, 1, samples), "{line}");
    let sound = &audio.channels[0];
    let rms = (sound.iter().map(|x| x * x).sum::<f32>() / samples as f32).sqrt();
    let clipped = sound.iter().filter(|x| x.abs() >= 0.999).count();
    assert!(rms > 0.003 && clipped * 20 < samples, "{line}: rms {rms}, {clipped} clipped");
    audio
}

#[test]
fn each_command_makes_sound_out_of_the_box() {
    let folder = Folder::with(&["tone.wav"]);
    let two = sounds(&folder, "generate --seconds 2", "generator", "two.wav", 32_000);
    let anew = sounds(&folder, "inpaint two.wav --mask 0.8-1.2 --resamples 2", "generator", "anew.wav", 32_000);
    let same = |at: usize| (two.channels[0][at] - anew.channels[0][at]).abs() < 1e-3;
    assert!((0..12_700).chain(19_300..32_000).all(same) && !(13_000..19_000).all(same), "made anew elsewhere");
    let longer = sounds(&folder, "compose two.wav --spans 1 --keep-start", "generator", "longer.wav", 48_000);
    assert!(longer.channels[0][..32_000] == two.channels[0], "begins as before");
    sounds(&folder, "upsample tone.wav", "upsampler", "high.wav", 16_000);
    folder.succeeds(&format!("encode tone.wav --model {EXAMPLES}/autoencoder.safetensors -o latent.npy"));
    let [channels, values] = read_npy(&folder.path("latent.npy")).unwrap().shape[..] else {
        panic!("two axes")
    };
    assert_eq!(channels, 8);
    sounds(&folder, "decode latent.npy", "autoencoder", "again.wav", values * 16);
    for class in ["tone", "pluck", "burst"] {
        let line = format!("generate --embedding {EXAMPLES}/embeddings/{class}.npy");
        sounds(&folder, &line, "conditional", &format!("{class}.wav"), 16_000);
    }
}

#[test]
fn together_they_are_small() {
    let files = std::fs::read_dir(EXAMPLES).unwrap().map(|file| file.unwrap().metadata().unwrap());
    let bytes: u64 = files.filter(|file| file.is_file()).map(|file| file.len()).sum();
    assert!(bytes < MOST_BYTES, "{bytes} bytes");
}

#[cfg(feature = "train")]
#[test]
fn recipes_are_read() {
    let recipes = std::fs::read_dir(EXAMPLES).unwrap().map(|file| file.unwrap().path());
    let mut read = 0;
    for recipe in recipes.filter(|path| path.extension().is_some_and(|extension| extension == "toml")) {
        remel::train::config::TrainConfig::read(&recipe).unwrap();
        read += 1;
    }
    assert_eq!(read, 4);
}
