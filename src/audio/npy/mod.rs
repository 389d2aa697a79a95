//! NumPy arrays in and out.

mod header;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use header::Header;

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
/// How every file begins.
const MAGIC: &[u8] = b"\x93NUMPY";

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
    let (header, data) = split(path, &bytes)?;
    let Some(header) = Header::parse(header) else {
        let header: String = header.chars().take(80).collect();
        return Err(Error::unreadable(path, format!("not a .npy array (its header is {header:?})")));
    };
    let Header { shape, dtype, fortran_order } = header;
    if shape.is_empty() || shape.len() > 3 {
        return Err(Error::invalid(path.display(), "shape", format!("{shape:?}"), "one to three axes"));
    }
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
    let Some(data) = needed.and_then(|needed| data.get(..needed)) else {
        let reason = format!("truncated array (shape {shape:?}, {} bytes of data)", data.len());
        return Err(Error::unreadable(path, reason));
    };
    let mut data = number.little_endian(data, swapped);
    if fortran_order && !data.is_empty() {
        let rows = row_major(&data, number.size(), 0, &shape, &strides(&shape, true));
        data = rows.expect("as many as there are").into();
    }
    Ok(Array { data: number.widen(&data), shape })
}

/// The text of a file's header, and the bytes behind it.
fn split<'a>(path: &Path, bytes: &'a [u8]) -> Result<(&'a str, &'a [u8])> {
    let damaged = |reason: &str| Error::unreadable(path, format!("not a .npy array ({reason})"));
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| damaged("it begins as none does"))?;
    let cut_short = || damaged("its header is cut short");
    // The version, of which the first has two bytes for the header's length, and later ones four.
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(cut_short)?;
    let split = if version[0] == 1 {
        rest.split_first_chunk().map(|(length, rest)| (usize::from(u16::from_le_bytes(*length)), rest))
    } else {
        rest.split_first_chunk().map(|(length, rest)| (u32::from_le_bytes(*length) as usize, rest))
    };
    let (header, data) =
        split.and_then(|(length, rest)| rest.split_at_checked(length)).ok_or_else(cut_short)?;
    let header = str::from_utf8(header).map_err(|_| damaged("its header is no text"))?;
    Ok((header, data))
}

/// What NumPy calls `dtype`, where that is a floating-point number, and whether it is big-endian.
fn float_of(dtype: &str) -> Option<(Number, bool)> {
    let (order, name) = dtype.split_at_checked(1)?;
    let number = Number::of_numpy(name).filter(|number| number.is_float())?;
    ["<", ">"].contains(&order).then_some((number, order == ">"))
}

/// Writes `data` as a `.npy` array of `f32` with the shape `shape`, row-major. The file appears whole or not at all.
pub fn write_npy(path: &Path, shape: &[usize], data: &[f32]) -> Result<()> {
    debug_assert_eq!(shape.iter().product::<usize>(), data.len());
    let mut header = Header::text_of(shape);
    // Values begin at a multiple of 64 bytes, behind a line's end.
    let used = MAGIC.len() + 4 + header.len() + 1;
    header.extend(std::iter::repeat_n(' ', used.next_multiple_of(64) - used));
    header.push('\n');
    // At most three axes: far below what two bytes hold.
    let length = (header.len() as u16).to_le_bytes();
    write_whole(path, |file| {
        for part in [MAGIC, &[1, 0], &length, header.as_bytes()] {
            file.write_all(part)?;
        }
        data.iter().try_for_each(|value| file.write_all(&value.to_le_bytes()))
    })
}
