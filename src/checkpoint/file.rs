//! Model files in memory.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::import::{Imported, import};
use super::kind::{HEAD_BYTES, Kind};
use super::options::Said;
use super::params::Params;
use super::safetensors::Head;
use super::{ImportOptions, pytorch, safetensors};
use crate::audio::{Array, read_npy_unchecked};
use crate::mel::Dialect;
use crate::model::{Model, ModelHeader};
use crate::{Error, Result};

/// Largest file that is read: a training's checkpoint of the largest networks, its optimizer's state included.
const MOST_BYTES: u64 = 1 << 31;

/// A model file's bytes, read once: for who tells models by their content before parsing them.
pub struct ModelFile {
    path: PathBuf,
    kind: Kind,
    bytes: Cow<'static, [u8]>,
}

impl ModelFile {
    /// A Remel file that is built in, under the name `name`.
    pub(super) fn built_in(name: &str, bytes: &'static [u8]) -> Self {
        Self { path: name.into(), kind: Kind::Safetensors, bytes: bytes.into() }
    }

    /// Reads any file that [`super::load`] takes, whatever its name: its first bytes tell what it is.
    ///
    /// # Errors
    /// It is no model's or a part of one, it is too large, or the system refuses it.
    pub fn read(path: &Path) -> Result<Self> {
        if let Some(part) = part_of(path) {
            let expected = "the whole model in one file: save all of its tensors together";
            return Err(Error::invalid(path.display(), "name", format!("part {part} of a model"), expected));
        }
        let mut opened = Opened::new(path)?;
        if opened.kind == Kind::Npy {
            return Err(is_array(path));
        }
        if opened.kind == Kind::Safetensors
            && let (Some(length), Some(first)) = (opened.length, opened.bytes.first_chunk::<8>())
        {
            // What it holds is known from its head: values that are no model's are not read.
            opened.read_to(path, Head::length(*first))?;
            let head = Head::read(path, &opened.bytes, length)?;
            head.check(path, head.header(path)?.as_ref())?;
        }
        opened.read_to(path, MOST_BYTES + 1)?;
        Ok(Self { path: path.to_owned(), kind: opened.kind, bytes: opened.bytes.into() })
    }

    /// The same of `bytes` that came another way than from a file; `name` stands for its path in errors.
    ///
    /// # Errors
    /// They are no model's.
    pub fn from_bytes(name: &str, bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self> {
        let (path, bytes) = (PathBuf::from(name), bytes.into());
        let kind = Kind::of(&path, &bytes[..bytes.len().min(HEAD_BYTES)], bytes.len() as u64)?;
        match kind {
            Kind::Npy => Err(is_array(&path)),
            kind => Ok(Self { path, kind, bytes }),
        }
    }

    /// Where the file lies, for the user's eyes.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All that is in the file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The model in it.
    ///
    /// # Errors
    /// As [`super::load`].
    pub fn parse(&self, dialect: Option<&Dialect>) -> Result<Model> {
        let said = Said { dialect: dialect.cloned(), ..Said::default() };
        Ok(self.imported(&said)?.model)
    }

    /// The model in it, by what it and `options` say; and what neither says and so is assumed, a phrase each.
    ///
    /// # Errors
    /// As [`super::load`].
    pub fn import(&self, options: &ImportOptions) -> Result<(Model, Vec<String>)> {
        let imported = self.imported(&options.said())?;
        Ok((imported.model, imported.assumed))
    }

    fn imported(&self, said: &Said) -> Result<Imported> {
        let (path, bytes) = (&self.path, &self.bytes);
        if self.kind == Kind::Safetensors {
            return safetensors::from_bytes(path, bytes, said);
        }
        let (root, mut storages) = pytorch::open(path, bytes)?;
        let said = said.beside(Params::find(path, &root, &mut storages)?);
        import(path, pytorch::catalog(path, &root, storages)?, &said)
    }
}

/// The header of the Remel model in the file `path`, without its weights; none of a checkpoint, whose file has none.
///
/// # Errors
/// It is no model's, or the system refuses it.
pub fn read_header(path: &Path) -> Result<Option<ModelHeader>> {
    let mut opened = Opened::new(path)?;
    let (Kind::Safetensors, Some(length), Some(first)) =
        (opened.kind, opened.length, opened.bytes.first_chunk::<8>().copied())
    else {
        return Ok(None);
    };
    opened.read_to(path, Head::length(first))?;
    let head = Head::read(path, &opened.bytes, length)?;
    let header = head.header(path)?;
    head.check(path, header.as_ref())?;
    Ok(header)
}

/// Reads the one array in the file `path`, told by its first bytes: a NumPy array, or the tensor of a PyTorch or safetensors
/// file. Its values may be anything.
///
/// # Errors
/// Says what the file is instead, and what to do.
pub fn read_array(path: &Path) -> Result<Array> {
    let mut opened = Opened::new(path)?;
    if opened.kind == Kind::Npy {
        return read_npy_unchecked(path);
    }
    opened.read_to(path, MOST_BYTES + 1)?;
    match opened.kind {
        Kind::Safetensors => safetensors::array(path, &opened.bytes),
        _ => pytorch::array(path, &opened.bytes),
    }
}

/// Reads tokens of `features` features, `[tokens, features]`, with or without a first axis of one.
///
/// # Errors
/// Where the file holds no array, or one of another shape, or what is no number.
pub fn read_tokens(path: &Path, features: usize) -> Result<Vec<f32>> {
    let array = read_array(path)?;
    let tokens = match array.shape.as_slice() {
        [tokens, width] | [1, tokens, width] if *width == features => *tokens,
        _ => 0,
    };
    if tokens == 0 || array.data.iter().any(|value| !value.is_finite()) {
        let expected = format!("[tokens, {features}], all of them numbers, for this model");
        return Err(Error::invalid(path.display(), "shape", format!("{:?}", array.shape), expected));
    }
    Ok(array.data)
}

/// A file as far as it has been read.
struct Opened {
    file: File,
    kind: Kind,
    /// Its length; none of a pipe.
    length: Option<u64>,
    bytes: Vec<u8>,
}

impl Opened {
    fn new(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(|e| Error::io(path, e))?;
        let metadata = file.metadata().map_err(|e| Error::io(path, e))?;
        let length = metadata.is_file().then_some(metadata.len());
        if let Some(length) = length.filter(|length| *length > MOST_BYTES) {
            return Err(too_large(path, &format!("{length} bytes")));
        }
        let mut bytes = Vec::new();
        file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut bytes).map_err(|e| Error::io(path, e))?;
        let kind = Kind::of(path, &bytes, length.unwrap_or(MOST_BYTES))?;
        Ok(Self { file, kind, length, bytes })
    }

    /// Reads on until `count` bytes are known, or all that there are.
    fn read_to(&mut self, path: &Path, count: u64) -> Result<()> {
        let more = count.saturating_sub(self.bytes.len() as u64);
        self.file.by_ref().take(more).read_to_end(&mut self.bytes).map_err(|e| Error::io(path, e))?;
        match self.bytes.len() as u64 > MOST_BYTES {
            true => Err(too_large(path, "more")),
            false => Ok(()),
        }
    }
}

fn is_array(path: &Path) -> Error {
    Error::unreadable(path, "is a NumPy array: expected a model (.safetensors) or a checkpoint (.pt)")
}

fn too_large(path: &Path, found: &str) -> Error {
    Error::invalid(path.display(), "size", found, format!("at most {MOST_BYTES} bytes"))
}

/// Which part of a model a file is that is named as one of several, `…-00001-of-00002.…`: as `1 of 2`.
fn part_of(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_str()?;
    let (rest, count) = stem.rsplit_once("-of-")?;
    let (_, index) = rest.rsplit_once('-')?;
    let (index, count) = (index.parse::<u32>().ok()?, count.parse::<u32>().ok()?);
    (count > 1).then(|| format!("{index} of {count}"))
}
