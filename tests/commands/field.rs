//! How far a network sees: what `remel info` says of it, and `remel generate` of lengths beyond it.

use crate::command::Folder;

/// Dilations 1, 2, 4, 8 and 16 to either side, at 22050 Hz.
const MODEL: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/diffwave/lmnt_unconditional_12x5x5/weights.pt");

#[test]
fn info_has_the_receptive_field_of_a_call_and_of_all_steps() {
    let output = Folder::with(&[]).succeeds(&format!("info {MODEL}"));
    let said = String::from_utf8(output.stdout).unwrap();
    // Six steps, of which each goes 31 samples farther to either side: 373 samples.
    assert!(said.contains("field        63 samples (3 ms) a call, 17 ms in all steps\n"), "{said}");
    // A causal network of spectra sees frames.
    let output = Folder::with(&[]).succeeds("info small");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.lines().any(|line| line.starts_with("field ") && line.ends_with("in all steps")), "{said}");
}

#[test]
fn what_is_longer_than_all_steps_see_is_generated_with_a_warning() {
    let folder = Folder::with(&[]);
    let warning = |more: &str| {
        let output = folder.succeeds(&format!("generate --model {MODEL} --backend cpu {more} -o a.wav"));
        let said = String::from_utf8(output.stderr).unwrap();
        said.lines().find(|line| line.starts_with("warning: --seconds: ")).map(str::to_owned)
    };
    assert!(warning("--seconds 0.1").unwrap().contains(" 0.02 s "));
    assert_eq!(warning("--seconds 0.016"), None);
    // With fifty steps, 3101 samples.
    assert_eq!(warning("--seconds 0.1 --schedule full"), None);
}
