//! The figures of `remel::compare` against the same figures computed with PyTorch in float64
//! (`tests/fixtures/compare/make.py`): equal to one part in ten thousand.

use std::collections::BTreeMap;
use std::path::Path;

use remel::compare::compare;

fn clip(name: &str) -> Vec<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let mut reader = hound::WavReader::open(path).expect("a fixture");
    reader.samples::<i16>().map(|sample| f32::from(sample.expect("16 bit")) / 32768.0).collect()
}

#[test]
fn figures_agree_with_pytorch() {
    let comparison = compare(&clip("mel/clip_22050.wav"), &clip("compare/test_22050.wav"), 22050).unwrap();
    assert_eq!((comparison.compared_samples, comparison.ignored_samples), (22050, 100));
    let references: BTreeMap<String, f64> =
        serde_json::from_str(include_str!("fixtures/compare/compare.json")).unwrap();
    let found = serde_json::to_value(comparison).unwrap();
    assert_eq!(references.len(), 5);
    for (field, reference) in references {
        let value = found[&field].as_f64().unwrap();
        println!("{field}: {value:.6}, reference {reference:.6}, relative {:.1e}", value / reference - 1.0);
        assert!((value / reference - 1.0).abs() < 1e-4, "{field}: {value}, reference {reference}");
    }
}
