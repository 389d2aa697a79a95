//! By what hosts know the plugin. It never changes: projects go by it.

/// The name that CLAP hosts, and presets, go by.
pub const CLAP_ID: &str = "org.remel.remel";
