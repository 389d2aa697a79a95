//! How much sound a file holds, whatever its header says.

/// The bytes of sound that are read, where a header promises so many and so many are `there`: as many as it says; all of them
/// where it says none, or more than there are, and `tell` hears of it.
pub(super) fn held(promised: u64, there: usize, tell: &mut dyn FnMut(String)) -> usize {
    match promised {
        0 if there > 0 => {
            tell(format!("the header says no length (an unfinished recording?): all {there} bytes are read"));
            there
        }
        promised if promised > there as u64 => {
            tell(format!("cut short: {there} of {promised} bytes of sound are there"));
            there
        }
        promised => promised as usize,
    }
}
