//! The JSON of safetensors files, and that of a model's header in it.

use std::sync::OnceLock;

use remel::checkpoint::{self, ImportOptions, ModelFile};
use serde_json::Value;

/// The metadata entry that holds a model's header.
const ENTRY: &str = "remel.model.1";
/// Most values behind a head.
const MOST_VALUES: u64 = 1 << 20;

/// A file of the head `json` and as many zeros as it says.
pub fn before_values(json: &[u8]) -> Vec<u8> {
    let head: Value = serde_json::from_slice(json).unwrap_or_default();
    let tensors = head.as_object().into_iter().flatten();
    let ends = tensors.filter_map(|(_, tensor)| tensor.get("data_offsets")?.get(1)?.as_u64());
    let values = ends.max().unwrap_or(0).min(MOST_VALUES);
    file(json, &vec![0; values as usize])
}

/// The file of a small model with the header `json`; none where that is no text.
pub fn around_weights(json: &[u8]) -> Option<Vec<u8>> {
    static SMALL: OnceLock<Vec<u8>> = OnceLock::new();
    let (head, values) = split(SMALL.get_or_init(|| small_model("none")));
    let mut head: Value = serde_json::from_slice(head).expect("JSON");
    head["__metadata__"][ENTRY] = std::str::from_utf8(json).ok()?.into();
    Some(file(&serde_json::to_vec(&head).expect("JSON"), values))
}

/// The header of the small model with the prior `prior`.
pub fn header_with(prior: &str) -> Vec<u8> {
    let head: Value = serde_json::from_slice(split(&small_model(prior)).0).expect("JSON");
    head["__metadata__"][ENTRY].as_str().expect("a header").into()
}

/// The JSON before the values of the file `bytes`, and these.
pub fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (length, rest) = bytes.split_first_chunk().expect("a length");
    rest.split_at(u64::from_le_bytes(*length) as usize)
}

fn file(head: &[u8], values: &[u8]) -> Vec<u8> {
    [&(head.len() as u64).to_le_bytes(), head, values].concat()
}

/// A model file of a network with 8 channels and 4 layers.
fn small_model(prior: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let [checkpoint, saved] = ["small.pt", "small.safetensors"].map(|name| folder.path().join(name));
    std::fs::write(&checkpoint, include_bytes!("../../fixtures/diffwave/lmnt_8x4x2/weights.pt")).expect("room");
    let options = ImportOptions { prior: Some(prior.into()), ..ImportOptions::default() };
    let (model, _) = ModelFile::read(&checkpoint).and_then(|file| file.import(&options)).expect("a checkpoint");
    checkpoint::save(&model, &saved).expect("room");
    std::fs::read(saved).expect("a file")
}
