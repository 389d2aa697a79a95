//! Where the values of a PyTorch file's tensors are: entries of an archive, or what follows its pickles.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use zip::{CompressionMethod, ZipArchive};

use super::pickle::{self, Data, Pickle, TensorView};
use crate::audio::row_major;

/// What a file that PyTorch saved before 1.6 begins with: a pickled number.
const LEGACY_MAGIC: &[u8] = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.";
/// Largest pickle of an archive.
const MOST_PICKLE_BYTES: u64 = 1 << 25;
/// How much larger than its file all that is unpacked of it may be. Weights hardly shrink when they are packed.
const MOST_EXPANSION: usize = 8;
/// What may be unpacked of any file, however small: weights that were never trained are one number.
const LEAST_UNPACKED: usize = 1 << 25;

/// The values of a file's tensors.
pub struct Storages<'a> {
    bytes: &'a [u8],
    places: Places<'a>,
    /// Bytes that may still be unpacked.
    left: usize,
}

enum Places<'a> {
    /// Entries of an archive under a folder, and those of them that had to be unpacked.
    Archive { archive: Box<ZipArchive<Cursor<&'a [u8]>>>, folder: String, unpacked: HashMap<String, Vec<u8>> },
    /// Ranges of the file.
    Ranges(HashMap<String, [usize; 2]>),
}

/// Opens a PyTorch file in memory: its pickle, and its storages.
///
/// # Errors
/// Why it is none, in words.
pub fn open(bytes: &[u8]) -> Result<(Pickle, Storages<'_>), String> {
    let left = bytes.len().saturating_mul(MOST_EXPANSION).max(LEAST_UNPACKED);
    let (pickle, places) = if bytes.starts_with(b"PK") {
        archive(bytes)?
    } else if bytes.starts_with(LEGACY_MAGIC) {
        legacy(bytes)?
    } else {
        (pickle::read(bytes)?, Places::Ranges(HashMap::new()))
    };
    Ok((pickle, Storages { bytes, places, left }))
}

fn archive(bytes: &[u8]) -> Result<(Pickle, Places<'_>), String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|e| format!("its archive is cut short or damaged ({e})"))?;
    let names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    let Some(main) = names.iter().find(|name| *name == "data.pkl" || name.ends_with("/data.pkl")) else {
        let arrays: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".npy")).take(5).collect();
        return Err(match arrays.as_slice() {
            [] => "it is an archive without PyTorch's data.pkl: expected what torch.save writes".into(),
            arrays => {
                let names = arrays.join(", ");
                format!(
                    "it is an archive of NumPy arrays (.npz: {names}): save one of them as .npy (numpy.save)"
                )
            }
        });
    };
    let folder = main.strip_suffix("data.pkl").unwrap_or_default().to_owned();
    let mut entry = |name: &str| -> Option<Vec<u8>> {
        let mut entry = archive.by_name(name).ok()?;
        let mut read = Vec::new();
        entry.by_ref().take(MOST_PICKLE_BYTES + 1).read_to_end(&mut read).ok()?;
        (read.len() as u64 <= MOST_PICKLE_BYTES).then_some(read)
    };
    if entry(&format!("{folder}byteorder")).is_some_and(|order| order.starts_with(b"big")) {
        return Err("it was saved by a big-endian machine, which is not read".into());
    }
    let data =
        entry(main).ok_or_else(|| format!("its pickle is damaged or larger than {MOST_PICKLE_BYTES} bytes"))?;
    let pickle = pickle::read(&data)?;
    Ok((pickle, Places::Archive { archive: Box::new(archive), folder, unpacked: HashMap::new() }))
}

/// Pickles one after the other: magic number, version, the machine, what was saved, the storages' names; then for each of
/// these its length and values.
fn legacy(bytes: &[u8]) -> Result<(Pickle, Places<'_>), String> {
    let mut at = 0;
    let mut next = || -> Result<Pickle, String> {
        let pickle = pickle::read(&bytes[at..])?;
        at += pickle.length;
        Ok(pickle)
    };
    let (_, _, machine, saved, names) = (next()?, next()?, next()?, next()?, next()?);
    if machine.value()?.get("little_endian") == Some(&pickle::Value::Bool(false)) {
        return Err("it was saved by a big-endian machine, which is not read".into());
    }
    let sizes: HashMap<String, usize> =
        saved.storages()?.into_iter().filter_map(|s| Some((s.key.into_owned(), s.number?.size()))).collect();
    let pickle::Value::List(names) = names.value()? else { return Err("it does not list its storages".into()) };
    let mut ranges = HashMap::new();
    for name in names {
        let name = match name {
            pickle::Value::Text(name) => name,
            pickle::Value::Int(name) => name.to_string(),
            _ => return Err("it does not name its storages".into()),
        };
        let short = || format!("it is cut short: storage {name} is missing");
        let size = *sizes.get(&name).ok_or_else(|| format!("its storage {name} is of no type that is read"))?;
        let length = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()).ok_or_else(short)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok().and_then(|n| n.checked_mul(size));
        let end = length.and_then(|length| length.checked_add(at + 8)).filter(|end| *end <= bytes.len());
        let end = end.ok_or_else(short)?;
        ranges.insert(name, [at + 8, end]);
        at = end;
    }
    Ok((saved, Places::Ranges(ranges)))
}

impl Storages<'_> {
    /// The values of `tensor`, row-major and little-endian.
    ///
    /// # Errors
    /// Where they are not in the file, or are more than a file of its size holds.
    pub fn read(&mut self, tensor: &TensorView) -> Result<Vec<u8>, String> {
        let size = tensor.number.size();
        let values = tensor.shape.iter().try_fold(1usize, |product, length| product.checked_mul(*length));
        let needed = values.and_then(|values| values.checked_mul(size)).filter(|needed| *needed <= self.left);
        let Some(needed) = needed else {
            let shape = &tensor.shape;
            return Err(format!(
                "a tensor of shape {shape:?} is more than a file of {} bytes holds",
                self.bytes.len()
            ));
        };
        self.left -= needed;
        if needed == 0 {
            return Ok(Vec::new());
        }
        let stored = match &tensor.data {
            Data::Inline(bytes) => bytes,
            Data::Stored(key) => self.storage(key)?,
        };
        row_major(stored, size, tensor.offset, &tensor.shape, &tensor.strides)
            .ok_or_else(|| "a tensor lies beyond its storage: the file is cut short".into())
    }

    fn storage(&mut self, key: &str) -> Result<&[u8], String> {
        let missing = || format!("it is cut short: storage {key} is missing");
        match &mut self.places {
            Places::Ranges(ranges) => {
                ranges.get(key).map(|[start, end]| &self.bytes[*start..*end]).ok_or_else(missing)
            }
            Places::Archive { archive, folder, unpacked } => {
                let name = format!("{folder}data/{key}");
                let mut entry = archive.by_name(&name).map_err(|_| missing())?;
                // Read where it lies, as PyTorch itself does: many small tensors may be views of one large storage.
                if entry.compression() == CompressionMethod::Stored
                    && let Some(start) = entry.data_start()
                {
                    let (start, size) = (start as usize, usize::try_from(entry.size()).map_err(|_| missing())?);
                    return start
                        .checked_add(size)
                        .and_then(|end| self.bytes.get(start..end))
                        .ok_or_else(missing);
                }
                if !unpacked.contains_key(key) {
                    let mut read = Vec::new();
                    let most = self.left as u64 + 1;
                    entry
                        .by_ref()
                        .take(most)
                        .read_to_end(&mut read)
                        .map_err(|e| format!("storage {key} is damaged ({e})"))?;
                    self.left = self
                        .left
                        .checked_sub(read.len())
                        .ok_or("it unpacks to far more than any weights do")?;
                    unpacked.insert(key.to_owned(), read);
                }
                Ok(&unpacked[key])
            }
        }
    }
}
