//! NumPy arrays in and out.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use npyz::{NpyFile, Order, WriterBuilder};

use super::write_whole;
use crate::{Error, Result};

/// An array of `f32` in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Length of every axis.
    pub shape: Vec<usize>,
    /// The values, the last axis running fastest.
    pub data: Vec<f32>,
}

impl Array {
    /// The array as one signal, `[samples]` or `[1, samples]`.
    pub fn into_signal(self, path: &Path) -> Result<Vec<f32>> {
        match self.shape.as_slice() {
            [_] | [1, _] => Ok(self.data),
            other => Err(Error::invalid(path.display(), "shape", format!("{other:?}"), "[samples]")),
        }
    }
}

/// Reads a `.npy` file of one or two axes whose values are `f32` or `f64`, in either order.
///
/// # Errors
/// Where the file is no such array, or a value is not finite.
pub fn read_npy(path: &Path) -> Result<Array> {
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    let npy = NpyFile::new(BufReader::new(file))
        .map_err(|e| Error::unreadable(path, format!("not a .npy array ({e})")))?;
    let shape: Vec<usize> = npy.shape().iter().map(|n| *n as usize).collect();
    if shape.is_empty() || shape.len() > 2 {
        return Err(Error::invalid(path.display(), "shape", format!("{shape:?}"), "one or two axes"));
    }
    let (order, dtype) = (npy.order(), npy.dtype().descr());
    let short = |e| Error::unreadable(path, format!("truncated array ({e})"));
    let data = match dtype.trim_matches('\'') {
        "<f4" | ">f4" => npy.into_vec::<f32>().map_err(short)?,
        "<f8" | ">f8" => npy.into_vec::<f64>().map_err(short)?.iter().map(|v| *v as f32).collect(),
        other => return Err(Error::invalid(path.display(), "dtype", other, "float32 or float64")),
    };
    let data = if order == Order::Fortran && shape.len() == 2 { transposed(&data, shape[0]) } else { data };
    if let Some(at) = data.iter().position(|v| !v.is_finite()) {
        return Err(Error::invalid(path.display(), format!("value {at}"), data[at], "a finite number"));
    }
    Ok(Array { shape, data })
}

/// Writes `data` as a `.npy` array of `f32` with the shape `shape`, row-major. The file appears whole or not at all.
pub fn write_npy(path: &Path, shape: &[usize], data: &[f32]) -> Result<()> {
    debug_assert_eq!(shape.iter().product::<usize>(), data.len());
    let shape: Vec<u64> = shape.iter().map(|n| *n as u64).collect();
    write_whole(path, |file| {
        let mut writer = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(file).begin_nd()?;
        writer.extend(data)?;
        writer.finish()
    })
}

/// Row-major values of a column-major array with `rows` rows.
fn transposed(data: &[f32], rows: usize) -> Vec<f32> {
    let columns = data.len() / rows.max(1);
    (0..data.len()).map(|i| data[i / columns + (i % columns) * rows]).collect()
}
