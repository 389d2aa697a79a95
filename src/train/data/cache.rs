//! Decoded, resampled audio on disk.
//!
//! A file of the cache is a line of text (what it was made of: path, size, time of change, rate), the number of
//! samples in 64 bits and the samples in 16, little-endian: none of a source that is silent. Its name is a hash of that
//! line, so a source that changes gets another one.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::recording::recording;
use crate::audio::write_whole;
use crate::{Error, Result};

/// The version of the format; a change makes older files strangers.
const FORMAT: &str = "remel audio 2";

/// A folder of audio at one rate.
pub(super) struct Cache {
    folder: PathBuf,
    rate_hz: u32,
}

/// Audio in the cache: mono, at the cache's rate.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cached {
    path: PathBuf,
    /// Bytes before the first sample.
    head_bytes: u64,
    /// Length.
    pub(super) samples: u64,
}

/// What there is of a source.
pub(super) enum Found {
    /// It is in the cache.
    Cached(Cached),
    /// It can be put there.
    Decoded(Decoded),
}

/// Audio that is not in the cache yet.
pub(super) struct Decoded {
    path: PathBuf,
    header: String,
    /// Mono, at the cache's rate; none where the source is silent.
    samples: Vec<i16>,
    /// What of the source is missing or damaged, in sentences.
    pub(super) told: Vec<String>,
}

impl Cache {
    /// The cache in `folder`, which is made where it is missing.
    pub(super) fn open(folder: &Path, rate_hz: u32) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
        Ok(Self { folder: folder.to_path_buf(), rate_hz })
    }

    /// The rate of all that is in it.
    pub(super) fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Where it is.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The audio of `source`, decoded only where the cache does not hold it.
    ///
    /// # Errors
    /// Where it cannot be read, or nothing can be learned from it.
    pub(super) fn find(&self, source: &Path) -> Result<Found> {
        let header = self.header(source).map_err(|e| Error::io(source, e))?;
        let path = self.folder.join(format!("{:016x}.i16", hash(header.as_bytes())));
        if let Some(cached) = Cached::open(&path, &header) {
            return Ok(Found::Cached(cached));
        }
        // A decoder that a damaged file makes panic is not the end of a training.
        let (samples, told) = catch_unwind(|| recording(source, self.rate_hz))
            .unwrap_or_else(|_| Err(Error::unreadable(source, "not readable as audio (its decoder failed)")))?;
        let samples = samples.iter().map(|sample| quantized(*sample)).collect();
        Ok(Found::Decoded(Decoded { path, header, samples, told }))
    }

    /// Puts audio into the cache.
    ///
    /// # Errors
    /// Where the cache cannot be written.
    pub(super) fn store(&self, audio: Decoded) -> Result<Cached> {
        let Decoded { path, header, samples, .. } = audio;
        write_whole(&path, |file| {
            file.write_all(header.as_bytes())?;
            file.write_all(&(samples.len() as u64).to_le_bytes())?;
            samples.iter().try_for_each(|sample| file.write_all(&sample.to_le_bytes()))
        })?;
        Ok(Cached { path, head_bytes: header.len() as u64 + 8, samples: samples.len() as u64 })
    }

    /// What the audio of `source` depends on, in one line.
    fn header(&self, source: &Path) -> std::io::Result<String> {
        let metadata = source.metadata()?;
        let changed = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let path = source.canonicalize()?;
        let rate_hz = self.rate_hz;
        Ok(format!("{FORMAT} {rate_hz} Hz, {} bytes, {changed} ns, {path:?}\n", metadata.len()))
    }
}

impl Cached {
    /// What `path` holds, where it is a whole file of the cache with that header.
    fn open(path: &Path, header: &str) -> Option<Self> {
        let mut file = BufReader::new(File::open(path).ok()?);
        let bytes = file.get_ref().metadata().ok()?.len();
        let (mut found, mut samples) = (String::new(), [0; 8]);
        file.read_line(&mut found).ok()?;
        file.read_exact(&mut samples).ok()?;
        let (head_bytes, samples) = (header.len() as u64 + 8, u64::from_le_bytes(samples));
        let whole = found == header && bytes.checked_sub(head_bytes)? == samples.checked_mul(2)?;
        whole.then(|| Self { path: path.to_path_buf(), head_bytes, samples })
    }

    /// `length` samples from sample `start`.
    ///
    /// # Errors
    /// Where the file is gone or shorter than it was.
    pub(super) fn read(&self, start: u64, length: usize) -> Result<Vec<f32>> {
        let attempt = || -> std::io::Result<Vec<u8>> {
            let mut file = File::open(&self.path)?;
            file.seek(SeekFrom::Start(self.head_bytes + 2 * start))?;
            let mut bytes = vec![0; 2 * length];
            file.read_exact(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = attempt().map_err(|e| Error::io(&self.path, e))?;
        Ok(bytes.chunks_exact(2).map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32768.0).collect())
    }
}

/// 16 bits of a sample.
fn quantized(sample: f32) -> i16 {
    (sample * 32768.0).round().clamp(-32768.0, 32767.0) as i16
}

/// A hash that is the same on every machine and in every version, since it names files of the cache and splits folders:
/// FNV-1a of 64 bits (Fowler, Noll, Vo), stirred by Murmur3's finalizer so that its high bits are as good as its low.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let fnv = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let stirred = (fnv ^ fnv >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let stirred = (stirred ^ stirred >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    stirred ^ stirred >> 33
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_stay_what_they_are() {
        assert_eq!(hash(b""), 0xefd0_1f60_ba99_2926);
        assert_eq!(hash(b"0/voice.wav"), 0x9bbc_d9ff_2ef2_b93a);
    }
}
