//! The colours of a mel in a picture.

/// What is no number: neither loud nor soft.
const NO_NUMBER: [u8; 3] = [0x80; 3];

/// The red, green and blue of `value` in a picture that is near-black at `darkest` and below, goes over violet and orange
/// (Inferno, of matplotlib) and is a pale yellow at `brightest` and above. No number at all is grey.
pub fn colour(value: f32, [darkest, brightest]: [f32; 2]) -> [u8; 3] {
    let share = (value - darkest) / (brightest - darkest).max(f32::MIN_POSITIVE);
    if share.is_nan() {
        return NO_NUMBER;
    }
    let colour = colorous::INFERNO.eval_continuous(f64::from(share.clamp(0.0, 1.0)));
    [colour.r, colour.g, colour.b]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_run_from_dark_to_bright_over_the_range() {
        let brightness = |value| colour(value, [-20.0, 20.0]).map(u32::from).iter().sum::<u32>();
        let rising: Vec<_> = (-20..=20).map(|value| brightness(value as f32)).collect();
        assert!(rising.is_sorted() && rising[0] < 16 && rising[40] > 500, "{rising:?}");
        assert_eq!([brightness(-30.0), brightness(f32::INFINITY)], [rising[0], rising[40]]);
    }

    #[test]
    fn a_range_of_one_value_and_no_number_have_colours() {
        assert_eq!(colour(3.0, [3.0; 2]), colour(0.0, [0.0, 1.0]));
        assert_eq!(colour(f32::NAN, [0.0, 1.0]), NO_NUMBER);
    }
}
