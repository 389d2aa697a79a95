//! What a machine cannot run is skipped by name.

use std::io::Write;

/// Says that `test` is skipped, and `why`, also where the output of tests that pass is not shown.
pub fn skipped(test: &str, why: &str) {
    // The macros' output is kept back; what is written to the stream itself is not.
    writeln!(std::io::stderr(), "SKIPPED {test}: {why}").expect("the terminal is there");
}
