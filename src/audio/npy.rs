//! NumPy arrays in and out.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use half::f16;
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
    /// The array as what one window of a network holds: `[samples]`, or `[frames, frame_values]` where x has rows of
    /// several values; with or without a first axis of one.
    ///
    /// # Errors
    /// Names `path` and the shape.
    pub fn into_window(self, path: &Path, frame_values: Option<usize>) -> Result<Vec<f32>> {
        let shape = self.shape.as_slice();
        let fits = match (shape, frame_values) {
            ([_] | [1, _], None) => true,
            ([_, values] | [1, _, values], Some(expected)) => *values == expected,
            _ => false,
        };
        if fits {
            return Ok(self.data);
        }
        let expected = frame_values.map_or("[samples]".into(), |values| format!("[frames, {values}]"));
        Err(Error::invalid(path.display(), "shape", format!("{shape:?}"), expected))
    }
}

/// Largest file that is read as an array: hours of spectra.
const MOST_BYTES: u64 = 1 << 31;

/// Reads a `.npy` file of one to three axes whose values are `f16`, `f32` or `f64`, of either byte order, in either order of
/// axes.
///
/// # Errors
/// Where the file is no such array, or a value is not finite.
pub fn read_npy(path: &Path) -> Result<Array> {
    let array = read_npy_unchecked(path)?;
    match array.data.iter().position(|v| !v.is_finite()) {
        Some(at) => {
            Err(Error::invalid(path.display(), format!("value {at}"), array.data[at], "a finite number"))
        }
        None => Ok(array),
    }
}

/// The same of any values, infinite ones and NaN too: for who knows what they mean.
///
/// # Errors
/// Where the file is no such array.
pub fn read_npy_unchecked(path: &Path) -> Result<Array> {
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|e| Error::io(path, e))?;
    if bytes.len() as u64 > MOST_BYTES {
        let found = format!("more than {MOST_BYTES} bytes");
        return Err(Error::invalid(path.display(), "size", found, "an array of at most as many"));
    }
    let npy = NpyFile::new(&bytes[..])
        .map_err(|e| Error::unreadable(path, format!("not a .npy array ({})", one_line(&e))))?;
    let shape: Vec<usize> = npy.shape().iter().map(|n| usize::try_from(*n).unwrap_or(usize::MAX)).collect();
    if shape.is_empty() || shape.len() > 3 {
        return Err(Error::invalid(path.display(), "shape", format!("{shape:?}"), "one to three axes"));
    }
    let dtype = npy.dtype().descr();
    let dtype = dtype.trim_matches('\'');
    let Some((size, widen)) = float_of(dtype) else {
        // What NumPy has no name for is saved as bytes without a meaning: bfloat16, for one.
        let hint = match dtype {
            "|O" => " (these are pickled objects: save the array alone)",
            _ if dtype.ends_with("V2") => " (save .astype(numpy.float32): this may be bfloat16)",
            _ => "",
        };
        let expected = format!("float16, float32 or float64{hint}");
        return Err(Error::invalid(path.display(), "dtype", dtype, expected));
    };
    let values = shape.iter().try_fold(1usize, |product, length| product.checked_mul(*length));
    let needed = values.and_then(|values| values.checked_mul(size));
    let data = &bytes[data_start(&bytes)..];
    let Some(data) = needed.and_then(|needed| data.get(..needed)) else {
        let reason = format!("truncated array (shape {shape:?}, {} bytes of data)", data.len());
        return Err(Error::unreadable(path, reason));
    };
    let values: Vec<f32> = data.chunks_exact(size).map(widen).collect();
    let data = if npy.order() == Order::Fortran { row_major(&values, &shape) } else { values };
    Ok(Array { shape, data })
}

/// Where the values begin, in a file whose header has been read.
fn data_start(bytes: &[u8]) -> usize {
    let length = |bytes: &[u8]| bytes.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    // The header's length has two bytes in the first version of the format, and four in later ones.
    if bytes[6] == 1 { 10 + length(&bytes[8..10]) } else { 12 + length(&bytes[8..12]) }
}

/// How a value is read of its bytes.
type ReadValue = fn(&[u8]) -> f32;

/// Bytes of a value of the type that NumPy calls `dtype`, and how one is read.
fn float_of(dtype: &str) -> Option<(usize, ReadValue)> {
    fn bytes<const N: usize>(value: &[u8]) -> [u8; N] {
        value.try_into().expect("a value has its type's size")
    }
    Some(match dtype {
        "<f2" => (2, |v| f16::from_le_bytes(bytes(v)).to_f32()),
        ">f2" => (2, |v| f16::from_be_bytes(bytes(v)).to_f32()),
        "<f4" => (4, |v| f32::from_le_bytes(bytes(v))),
        ">f4" => (4, |v| f32::from_be_bytes(bytes(v))),
        "<f8" => (8, |v| f64::from_le_bytes(bytes(v)) as f32),
        ">f8" => (8, |v| f64::from_be_bytes(bytes(v)) as f32),
        _ => return None,
    })
}

fn one_line(error: &std::io::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().chars().take(120).collect()
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

/// Row-major values of a column-major array.
fn row_major(data: &[f32], shape: &[usize]) -> Vec<f32> {
    let place = |index: usize| {
        let (mut rest, mut stride, mut place) = (index, data.len(), 0);
        // From the axis that runs fastest here, which ran slowest there.
        for &length in shape.iter().rev() {
            stride /= length;
            place += rest % length * stride;
            rest /= length;
        }
        place
    };
    (0..data.len()).map(|index| data[place(index)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_rows_on_any_number_of_axes() {
        assert_eq!(row_major(&[1.0, 4.0, 2.0, 5.0, 3.0, 6.0], &[2, 3]), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let of = |[a, b, c]: [usize; 3]| (100 * a + 10 * b + c) as f32;
        let columns: Vec<f32> = (0..24).map(|i| of([i % 2, i / 2 % 3, i / 6])).collect();
        let rows: Vec<f32> = (0..24).map(|i| of([i / 12, i / 4 % 3, i % 4])).collect();
        assert_eq!(row_major(&columns, &[2, 3, 4]), rows);
    }
}
