//! Where what may be lost is kept between processes.

use std::path::PathBuf;

/// Names the folder of what is kept, where it is not the usual one.
pub const CACHE_VARIABLE: &str = "REMEL_CACHE";

/// The folder of what is kept between processes and may be lost: the one that `REMEL_CACHE` names, or `remel` where the system
/// keeps such things. None where neither is there.
pub fn cache_folder() -> Option<PathBuf> {
    let named = std::env::var_os(CACHE_VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from);
    named.or_else(usual)
}

#[cfg(feature = "gpu")]
fn usual() -> Option<PathBuf> {
    Some(dirs::cache_dir()?.join("remel"))
}

/// None: what is kept is of GPUs.
#[cfg(not(feature = "gpu"))]
fn usual() -> Option<PathBuf> {
    None
}
