//! Archives of folders, as releases are handed out.

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use lzma_rust2::{XzOptions, XzWriter};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use tar::{Archive, Builder, HeaderMode};
use walkdir::WalkDir;

/// How far back what is alike is found: as far as from one program to the next, as all of them hold the same models. Whoever
/// unpacks needs as much memory.
const WINDOW_BYTES: u32 = 64 << 20;
/// Little effort for each byte: the most would save a tenth more in five times the time.
const PRESET: u32 = 1;

/// Packs `folder` into `folder.tar.xz` beside it, and what `sha256sum --check` reads into `folder.tar.xz.sha256`. Equal folders give
/// equal bytes: files are in the order of their names, and nothing tells when and by whom they were made.
///
/// # Errors
/// A file that cannot be read or written, by name.
pub fn pack(folder: &Path) -> Result<PathBuf> {
    let name = folder.file_name().context("a folder with a name")?.to_string_lossy().into_owned();
    let path = folder.with_file_name(format!("{name}.tar.xz"));
    let file = File::create(&path).with_context(|| path.display().to_string())?;
    let mut options = XzOptions::with_preset(PRESET);
    options.lzma_options.dict_size = WINDOW_BYTES;
    let mut archive = Builder::new(XzWriter::new(file, options)?);
    archive.mode(HeaderMode::Deterministic);
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        let inside = Path::new(&name).join(entry.path().strip_prefix(folder)?);
        archive
            .append_path_with_name(entry.path(), &inside)
            .with_context(|| entry.path().display().to_string())?;
    }
    archive.into_inner()?.finish()?;
    let digest = Sha256::digest(fs::read(&path)?);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let sum = path.with_file_name(format!("{name}.tar.xz.sha256"));
    fs::write(&sum, format!("{digest}  {name}.tar.xz\n")).with_context(|| sum.display().to_string())?;
    Ok(path)
}

/// Unpacks the archive `path`, one of cargo's, into `folder`, into files of this moment: such archives say 2006 of all files, and cargo
/// takes what is older than its last build for built.
///
/// # Errors
/// It is no such archive, or a file cannot be written.
pub fn unpack(path: &Path, folder: &Path) -> Result<()> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let mut archive = Archive::new(GzDecoder::new(BufReader::new(file)));
    archive.set_preserve_mtime(false);
    archive.unpack(folder).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lzma_rust2::XzReader;

    #[test]
    fn a_folder_comes_back_whole_and_always_as_the_same_bytes() -> Result<()> {
        let place = std::env::temp_dir().join(format!("remel-archive-{}", std::process::id()));
        let folder = place.join("remel-1.0");
        fs::create_dir_all(folder.join("lib"))?;
        fs::write(folder.join("remel"), "program")?;
        fs::write(folder.join("lib/remel.h"), "header")?;
        let packed = pack(&folder)?;
        let first = fs::read(&packed)?;
        // A later time, which is not kept.
        fs::write(folder.join("remel"), "program")?;
        assert_eq!(fs::read(pack(&folder)?)?, first);
        let sum = fs::read_to_string(place.join("remel-1.0.tar.xz.sha256"))?;
        assert!(sum.ends_with("  remel-1.0.tar.xz\n") && sum.len() == 64 + 19, "{sum}");
        let reader = XzReader::new(File::open(&packed)?, false);
        Archive::new(reader).unpack(place.join("other"))?;
        assert_eq!(fs::read_to_string(place.join("other/remel-1.0/lib/remel.h"))?, "header");
        fs::remove_dir_all(&place)?;
        Ok(())
    }
}
