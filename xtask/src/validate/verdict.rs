//! What is said of a run.

use std::fmt;

/// What one run of a validator came to.
pub struct Verdict {
    /// The validator with its options and its version.
    pub validator: String,
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
    /// What failed, and where more about it is written.
    pub remarks: Vec<String>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        let Self { validator, passed, failed, skipped, remarks } = self;
        write!(to, "{validator}: {passed} passed, {failed} failed, {skipped} skipped")?;
        remarks.iter().try_for_each(|remark| write!(to, "; {remark}"))
    }
}
