//! Compiled pipelines on disk, so that the second process need not compile them.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use wgpu::{AdapterInfo, Features, PipelineCache, PipelineCacheDescriptor, util};

use crate::network::cache_folder::cache_folder;

/// What a file begins with, before the checksum of the rest.
const MAGIC: &[u8; 8] = b"remelgpu";

/// The file of a device's pipelines, where the device can say what it has compiled (Vulkan) and the system has a folder for it.
/// Elsewhere the driver keeps its own.
pub(super) struct PipelineFile {
    cache: Option<PipelineCache>,
    path: Option<PathBuf>,
}

impl PipelineFile {
    /// The pipelines that were kept for this device and driver.
    pub(super) fn open(info: &AdapterInfo, device: &wgpu::Device) -> Self {
        if !device.features().contains(Features::PIPELINE_CACHE) {
            return Self { cache: None, path: None };
        }
        let path = util::pipeline_cache_key(info).and_then(|key| Some(cache_folder()?.join(key)));
        let kept = path.as_ref().and_then(|path| fs::read(path).ok()).and_then(checked);
        let descriptor = PipelineCacheDescriptor { label: None, data: kept.as_deref(), fallback: true };
        // SAFETY: what the checksum lets pass was written by `keep`, from what `get_data` gave for an adapter of the same key.
        let cache = unsafe { device.create_pipeline_cache(&descriptor) };
        Self { cache: Some(cache), path }
    }

    pub(super) fn cache(&self) -> Option<&PipelineCache> {
        self.cache.as_ref()
    }

    /// Writes what has been compiled so far beside the file and puts it in its place, so that no process finds half of it.
    /// A cache that cannot be kept is none: the next process compiles.
    pub(super) fn keep(&self) {
        let (Some(path), Some(data)) = (&self.path, self.cache.as_ref().and_then(PipelineCache::get_data))
        else {
            return;
        };
        let Some(folder) = path.parent() else { return };
        let written = fs::create_dir_all(folder).and_then(|()| {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(MAGIC)?;
            file.write_all(&crc32fast::hash(&data).to_le_bytes())?;
            file.write_all(&data)?;
            file.persist(path)?;
            Ok(())
        });
        // Where there is no room or no right to write, nothing is lost but time.
        drop(written);
    }
}

/// The data of a file that is whole.
fn checked(file: Vec<u8>) -> Option<Vec<u8>> {
    let (sum, data) = file.strip_prefix(MAGIC)?.split_first_chunk()?;
    (u32::from_le_bytes(*sum) == crc32fast::hash(data)).then(|| data.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_file_or_another_is_none() {
        let mut file = MAGIC.to_vec();
        file.extend(crc32fast::hash(b"data").to_le_bytes());
        file.extend(b"data");
        assert_eq!(checked(file.clone()), Some(b"data".to_vec()));
        file.pop();
        assert_eq!(checked(file), None);
        assert_eq!(checked(b"another".to_vec()), None);
    }
}
