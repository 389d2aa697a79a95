//! The CPU engine against PyTorch, in every instruction set of this machine.

use std::path::{Path, PathBuf};

use remel::audio::read_npy;
use remel::checkpoint;
use remel::diffusion::Denoiser;
use remel::kernel::InstructionSet;
use remel::mel::Mel;
use remel::network::diffwave::cpu::DiffWaveCpu;

/// Largest difference from PyTorch, both in `f32`.
const TOLERANCE: f32 = 1e-4;

/// Folders of networks with reference predictions; those with classes are held in `tests/models/classes.rs`.
fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diffwave");
    let folders = std::fs::read_dir(root).expect("the fixtures").map(|entry| entry.expect("a folder").path());
    let labelled =
        |folder: &Path| folder.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(b"classes_"));
    let mut folders: Vec<PathBuf> =
        folders.filter(|folder| folder.join("eps.npy").exists() && !labelled(folder)).collect();
    folders.sort();
    folders
}

fn mel(folder: &Path) -> Mel {
    let path = folder.join("mel.npy");
    if !path.exists() {
        return Mel::default();
    }
    let array = read_npy(&path).expect("a spectrogram");
    Mel::from_bands(array.shape[0], &array.data)
}

#[test]
fn predictions_agree_with_pytorch() {
    let folders = fixtures();
    assert_eq!(folders.len(), 7);
    for folder in folders {
        let weights = ["weights.pt", "bare.pt"].map(|name| folder.join(name));
        let weights = weights.iter().find(|path| path.exists()).unwrap();
        let model = checkpoint::load(weights, None).unwrap();
        let [x, levels, eps] =
            ["x", "levels", "eps"].map(|name| read_npy(&folder.join(format!("{name}.npy"))).unwrap());
        let (mel, samples) = (mel(&folder), x.data.len());
        for set in InstructionSet::available() {
            for threads in [1, 2] {
                let (network, weights) = (model.header().network.diffwave("test").unwrap(), model.weights());
                let mut denoiser = DiffWaveCpu::with_instruction_set(network, weights, threads, set).unwrap();
                denoiser.condition(&[&mel], samples).unwrap();
                for (level, expected) in levels.data.iter().zip(eps.data.chunks_exact(samples)) {
                    let mut found = vec![f32::NAN; samples];
                    denoiser.predict(&x.data, *level, &mut found).unwrap();
                    let difference = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                    println!(
                        "{} {set} {threads} {level}: {difference:e}",
                        folder.file_name().unwrap().display()
                    );
                    assert!(difference < TOLERANCE && found.iter().all(|v| v.is_finite()));
                }
            }
        }
    }
}
