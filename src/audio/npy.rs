//! NumPy arrays in and out.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use npyz::{NpyFile, Order, WriterBuilder};

use super::number::{Number, row_major, strides};
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
    /// The array as what one window of a network holds: `[samples]`, of several channels `[channels, samples]`, or
    /// `[frames, frame_values]` where x has rows of several values; with or without a first axis of one.
    ///
    /// # Errors
    /// Names `path` and the shape.
    pub fn into_window(self, path: &Path, channels: usize, frame_values: Option<usize>) -> Result<Vec<f32>> {
        let shape = self.shape.as_slice();
        let fits = match (shape, frame_values) {
            ([_], None) => channels == 1,
            ([found, _] | [1, found, _], None) => *found == channels,
            ([_, values] | [1, _, values], Some(expected)) => *values == expected,
            _ => false,
        };
        if fits {
            return Ok(self.data);
        }
        let expected = match (frame_values, channels) {
            (Some(values), _) => format!("[frames, {values}]"),
            (None, 1) => "[samples]".into(),
            (None, channels) => format!("[{channels}, samples]"),
        };
        Err(Error::invalid(path.display(), "shape", format!("{shape:?}"), expected))
    }
}

/// Largest file that is read as an array: hours of spectra.
const MOST_BYTES: u64 = 1 << 31;
/// Longest and deepest header that is parsed: those of arrays of numbers are shorter than 200 bytes, and those of records are named
/// for what they are.
const MOST_HEADER_BYTES: usize = 1 << 16;
const MOST_DEPTH: usize = 8;

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
    check_header(path, &bytes)?;
    let npy = NpyFile::new(&bytes[..])
        .map_err(|e| Error::unreadable(path, format!("not a .npy array ({})", one_line(&e))))?;
    let shape: Vec<usize> = npy.shape().iter().map(|n| usize::try_from(*n).unwrap_or(usize::MAX)).collect();
    if shape.is_empty() || shape.len() > 3 {
        return Err(Error::invalid(path.display(), "shape", format!("{shape:?}"), "one to three axes"));
    }
    let dtype = npy.dtype().descr();
    let dtype = dtype.trim_matches('\'');
    let Some((number, swapped)) = float_of(dtype) else {
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
    let needed = values.and_then(|values| values.checked_mul(number.size()));
    let data = &bytes[data_start(&bytes)..];
    let Some(data) = needed.and_then(|needed| data.get(..needed)) else {
        let reason = format!("truncated array (shape {shape:?}, {} bytes of data)", data.len());
        return Err(Error::unreadable(path, reason));
    };
    let mut data = number.little_endian(data, swapped);
    if npy.order() == Order::Fortran && !data.is_empty() {
        let rows = row_major(&data, number.size(), 0, &shape, &strides(&shape, true));
        data = rows.expect("as many as there are").into();
    }
    Ok(Array { data: number.widen(&data), shape })
}

/// Refuses a header that nests what no array of numbers has, before a parser follows it.
fn check_header(path: &Path, bytes: &[u8]) -> Result<()> {
    if !bytes.starts_with(b"\x93NUMPY") {
        return Err(Error::unreadable(path, "not a .npy array (it begins as none does)"));
    }
    let header = bytes.get(..12).map_or(0, |_| data_start(bytes));
    let Some(header) = bytes.get(10..header) else {
        return Err(Error::unreadable(path, "not a .npy array (its header is cut short)"));
    };
    let (mut depth, mut deepest) = (0usize, 0);
    for byte in header {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if header.len() > MOST_HEADER_BYTES || deepest > MOST_DEPTH {
        let found = format!("{} bytes, nested {deepest} deep", header.len());
        return Err(Error::invalid(path.display(), "header", found, "that of an array of numbers"));
    }
    Ok(())
}

/// Where the values begin, by what the file's header says of its length.
fn data_start(bytes: &[u8]) -> usize {
    let length = |bytes: &[u8]| bytes.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    // The header's length has two bytes in the first version of the format, and four in later ones.
    if bytes[6] == 1 { 10 + length(&bytes[8..10]) } else { 12 + length(&bytes[8..12]) }
}

/// What NumPy calls `dtype`, where that is a floating-point number, and whether it is big-endian.
fn float_of(dtype: &str) -> Option<(Number, bool)> {
    let (order, name) = dtype.split_at_checked(1)?;
    let number = Number::of_numpy(name).filter(|number| number.is_float())?;
    ["<", ">"].contains(&order).then_some((number, order == ">"))
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
