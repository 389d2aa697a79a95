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

/// Reads a `.npy` file of one to three axes whose values are `f32` or `f64`, in either order.
///
/// # Errors
/// Where the file is no such array, or a value is not finite.
pub fn read_npy(path: &Path) -> Result<Array> {
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    let npy = NpyFile::new(BufReader::new(file))
        .map_err(|e| Error::unreadable(path, format!("not a .npy array ({e})")))?;
    let shape: Vec<usize> = npy.shape().iter().map(|n| *n as usize).collect();
    if shape.is_empty() || shape.len() > 3 {
        return Err(Error::invalid(path.display(), "shape", format!("{shape:?}"), "one to three axes"));
    }
    let (order, dtype) = (npy.order(), npy.dtype().descr());
    let short = |e| Error::unreadable(path, format!("truncated array ({e})"));
    let data = match dtype.trim_matches('\'') {
        "<f4" | ">f4" => npy.into_vec::<f32>().map_err(short)?,
        "<f8" | ">f8" => npy.into_vec::<f64>().map_err(short)?.iter().map(|v| *v as f32).collect(),
        other => return Err(Error::invalid(path.display(), "dtype", other, "float32 or float64")),
    };
    let data = if order == Order::Fortran { row_major(&data, &shape) } else { data };
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
