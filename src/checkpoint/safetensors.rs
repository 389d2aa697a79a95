//! Remel's model file: safetensors whose metadata hold the model's header as JSON.

use std::collections::HashMap;
use std::path::Path;

use half::f16;
use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorView as Written};

use super::bandwave;
use super::catalog::{Catalog, MOST_TENSORS, Source};
use super::import::{self, Imported};
use super::options::Said;
use super::pickle::{Data, TensorView};
use super::unet1d;
use crate::audio::{Array, Number, write_whole};
use crate::model::{Model, ModelHeader};
use crate::{Error, Result};

/// The metadata entry that holds the header; its name carries the format's version.
const HEADER: &str = "remel.model.1";

/// What a safetensors file says before its values.
pub struct Head {
    metadata: Metadata,
    /// Where the values begin.
    start: usize,
}

impl Head {
    /// Bytes of the head of the file that begins with `first`.
    pub fn length(first: [u8; 8]) -> u64 {
        u64::from_le_bytes(first).saturating_add(8)
    }

    /// That of the file `path` of `length` bytes, which begins with `bytes`: with all of its head.
    ///
    /// # Errors
    /// Names the file, where it is cut short or its head is none.
    pub fn read(path: &Path, bytes: &[u8], length: u64) -> Result<Self> {
        let refused = |e: String| Error::unreadable(path, format!("not readable as safetensors: {e}"));
        let first = *bytes.first_chunk::<8>().ok_or_else(|| refused("it is cut short".into()))?;
        let start = usize::try_from(Self::length(first)).unwrap_or(usize::MAX);
        let head = bytes.get(8..start).ok_or_else(|| refused("its header is cut short".into()))?;
        let metadata: Metadata = serde_json::from_slice(head).map_err(|e| refused(e.to_string()))?;
        let expected = (start as u64).checked_add(metadata.data_len() as u64);
        if expected != Some(length) {
            let expected = expected.map_or("a number".into(), |expected| expected.to_string());
            let expected = format!("{expected}, as its header says");
            return Err(Error::invalid(path.display(), "size", format!("{length} bytes"), expected));
        }
        Ok(Self { metadata, start })
    }

    fn entry(&self, name: &str) -> Option<&String> {
        self.metadata.metadata().as_ref().and_then(|entries| entries.get(name))
    }

    /// The header of the model in it; none of a bare state dict.
    ///
    /// # Errors
    /// Names the file and the field.
    pub fn header(&self, path: &Path) -> Result<Option<ModelHeader>> {
        let refused = |e| Error::invalid(path.display(), format!("metadata {HEADER}"), e, "a model's header");
        match (self.entry(HEADER), self.entry(bandwave::CONFIG)) {
            (Some(header), _) => serde_json::from_str(header).map(Some).map_err(refused),
            (None, Some(arguments)) => bandwave::header(path, arguments).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// Its tensors, whose values are in `bytes`.
    pub fn catalog<'a>(&self, path: &Path, bytes: &'a [u8]) -> Result<Catalog<'a>> {
        let mut tensors = Vec::new();
        let names = self.metadata.offset_keys();
        if names.len() > MOST_TENSORS {
            let expected = format!("at most {MOST_TENSORS}");
            return Err(Error::invalid(path.display(), "tensors", names.len(), expected));
        }
        for name in names {
            let info = self.metadata.info(&name).expect("a tensor by its name");
            let Some(number) = float(path, &name, info.dtype)? else { continue };
            let offset = self.start + info.data_offsets.0;
            let view = TensorView {
                data: Data::Stored(String::new()),
                number,
                offset,
                shape: info.shape.clone(),
                strides: Vec::new(),
            };
            tensors.push((name, view));
        }
        Ok(Catalog { tensors, source: Source::Safetensors(bytes) })
    }

    /// Refuses a file whose names and shapes are not those of the model of `header`, which is in it, or of any, before its values
    /// are read.
    ///
    /// # Errors
    /// As [`from_bytes`].
    pub fn check(&self, path: &Path, header: Option<&ModelHeader>) -> Result<()> {
        let (place, hollow) = (path.display().to_string(), self.catalog(path, &[])?.hollow());
        match header {
            Some(header) => {
                header.check_budget(&place)?;
                hollow.validate(&place, &header.network.tensors())
            }
            // Which shapes a UNet1d has, its arguments say, which are not in the file.
            None if unet1d::is_one(&hollow) => Ok(()),
            None => import::recognize(&place, &Said::default(), &hollow).map(drop),
        }
    }
}

/// Reads a model file, or imports a bare state dict kept as safetensors. `path` is its name for the user.
pub fn from_bytes(path: &Path, bytes: &[u8], said: &Said) -> Result<Imported> {
    let head = Head::read(path, bytes, bytes.len() as u64)?;
    let mut catalog = head.catalog(path, bytes)?;
    match head.header(path)? {
        Some(header) => {
            head.check(path, Some(&header))?;
            let model = Model::new(&path.display().to_string(), header, catalog.read(path, "")?)?;
            Ok(Imported { model, assumed: Vec::new() })
        }
        None => import::import(path, catalog, said),
    }
}

/// None for counters, which are integers: no weight is.
fn float(path: &Path, name: &str, dtype: Dtype) -> Result<Option<Number>> {
    match dtype {
        Dtype::F64 => Ok(Some(Number::F64)),
        Dtype::F32 => Ok(Some(Number::F32)),
        Dtype::F16 => Ok(Some(Number::F16)),
        Dtype::BF16 => Ok(Some(Number::BF16)),
        Dtype::BOOL
        | Dtype::U8
        | Dtype::I8
        | Dtype::U16
        | Dtype::I16
        | Dtype::U32
        | Dtype::I32
        | Dtype::U64
        | Dtype::I64 => Ok(None),
        other => {
            let field = format!("tensor {name}");
            Err(Error::invalid(path.display(), field, other, "F32, F64, F16 or BF16"))
        }
    }
}

/// The one tensor that the file `path` holds.
///
/// # Errors
/// Where it holds none or several.
pub fn array(path: &Path, bytes: &[u8]) -> Result<Array> {
    let head = Head::read(path, bytes, bytes.len() as u64)?;
    let mut catalog = head.catalog(path, bytes)?;
    let names: Vec<String> = catalog.tensors.iter().map(|(name, _)| name.clone()).collect();
    let [name] = names.as_slice() else {
        let found =
            format!("{} ({})", names.len(), names.iter().take(5).cloned().collect::<Vec<_>>().join(", "));
        return Err(Error::invalid(path.display(), "tensors", found, "one: the mel frames"));
    };
    let tensor = catalog.read(path, "")?.remove(name).expect("it was listed");
    Ok(Array { shape: tensor.shape, data: tensor.data })
}

/// How weights are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WeightType {
    /// As they are.
    #[default]
    F32,
    /// Rounded to half precision: half as large.
    F16,
}

/// Writes a model file, its weights as they are. It appears whole or not at all.
pub fn save(model: &Model, path: &Path) -> Result<()> {
    save_as(model, path, WeightType::F32)
}

/// The same with weights of another type.
pub fn save_as(model: &Model, path: &Path, weights: WeightType) -> Result<()> {
    let header =
        serde_json::to_string(model.header()).expect("a header has no map with other keys than strings");
    let metadata = HashMap::from([(HEADER.to_owned(), header)]);
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = model
        .weights()
        .iter()
        .map(|(name, tensor)| {
            let bytes = match weights {
                WeightType::F32 => tensor.data.iter().flat_map(|v| v.to_le_bytes()).collect(),
                WeightType::F16 => tensor.data.iter().flat_map(|v| f16::from_f32(*v).to_le_bytes()).collect(),
            };
            (name.to_owned(), tensor.shape.clone(), bytes)
        })
        .collect();
    let dtype = match weights {
        WeightType::F32 => Dtype::F32,
        WeightType::F16 => Dtype::F16,
    };
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = Written::new(dtype, shape.clone(), bytes).expect("shape and bytes are one tensor's");
        (name.as_str(), view)
    });
    let bytes = safetensors::serialize(views, Some(metadata))
        .map_err(|e| Error::unreadable(path, format!("cannot be written as safetensors: {e}")))?;
    write_whole(path, |file| std::io::Write::write_all(file, &bytes))
}
