//! Empty. Its dependencies have the features that the plugin's ask of crates which burn stands on, so that `cargo run`
//! and `cargo xtask check` share one build of burn.
