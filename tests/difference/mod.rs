//! How far our numbers are from the original's; what is printed of it is in `tests/golden/README.md`.
#![allow(dead_code, reason = "every test takes one of the two")]

/// The largest difference, of as many finite numbers.
#[track_caller]
fn largest_difference(what: &str, ours: &[f32], theirs: &[f32]) -> f32 {
    assert_eq!(ours.len(), theirs.len(), "{what}: length");
    assert!(ours.iter().all(|value| value.is_finite()), "{what}: not finite");
    ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Fails where a number is off by more than `tolerance`.
#[track_caller]
pub fn assert_within(what: &str, ours: &[f32], theirs: &[f32], tolerance: f32) {
    let worst = largest_difference(what, ours, theirs);
    println!("{what}: off by {worst:.1e}");
    assert!(worst <= tolerance, "{what}: off by {worst}, at most {tolerance} expected");
}

/// Fails where a number is off by `tolerance` of the largest, or more.
#[track_caller]
pub fn assert_close(what: &str, ours: &[f32], theirs: &[f32], tolerance: f32) {
    let largest = theirs.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let worst = largest_difference(what, ours, theirs) / largest;
    println!("{what}: off by {worst:.1e} of the largest value");
    assert!(worst < tolerance, "{what}: off by {worst} of the largest value, less than {tolerance} expected");
}
