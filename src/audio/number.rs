//! Numbers of any width, in any order, as files hold them.

use std::borrow::Cow;

use half::{bf16, f16};

/// The types of number that files hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    Bool,
}

impl Number {
    /// That of NumPy's `f4`.
    pub(crate) fn of_numpy(name: &str) -> Option<Self> {
        Some(match name {
            "f8" => Self::F64,
            "f4" => Self::F32,
            "f2" => Self::F16,
            "i8" => Self::I64,
            "i4" => Self::I32,
            "i2" => Self::I16,
            "i1" => Self::I8,
            "u1" => Self::U8,
            "b1" => Self::Bool,
            _ => return None,
        })
    }

    /// Bytes of one.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::F64 | Self::I64 => 8,
            Self::F32 | Self::I32 => 4,
            Self::F16 | Self::BF16 | Self::I16 => 2,
            Self::I8 | Self::U8 | Self::Bool => 1,
        }
    }

    /// Whether weights are of this type: counters are not.
    pub(crate) fn is_float(self) -> bool {
        matches!(self, Self::F64 | Self::F32 | Self::F16 | Self::BF16)
    }

    /// Little-endian `bytes` of this type, of those that are `swapped` if they are big-endian.
    pub(crate) fn little_endian(self, bytes: &[u8], swapped: bool) -> Cow<'_, [u8]> {
        let mut bytes = Cow::Borrowed(bytes);
        if swapped {
            bytes.to_mut().chunks_mut(self.size()).for_each(<[u8]>::reverse);
        }
        bytes
    }

    /// Little-endian values of this type as `f32`.
    pub(crate) fn widen(self, bytes: &[u8]) -> Vec<f32> {
        match self {
            Self::F32 => each(bytes, f32::from_le_bytes),
            Self::F16 => each(bytes, |b| f16::from_le_bytes(b).to_f32()),
            Self::BF16 => each(bytes, |b| bf16::from_le_bytes(b).to_f32()),
            _ => self.read(bytes).iter().map(|v| *v as f32).collect(),
        }
    }

    /// Little-endian values of this type; integers beyond 2⁵³ as the nearest number.
    pub(crate) fn read(self, bytes: &[u8]) -> Vec<f64> {
        match self {
            Self::F64 => each(bytes, f64::from_le_bytes),
            Self::F32 => each(bytes, |b| f32::from_le_bytes(b).into()),
            Self::F16 => each(bytes, |b| f16::from_le_bytes(b).to_f64()),
            Self::BF16 => each(bytes, |b| bf16::from_le_bytes(b).to_f64()),
            Self::I64 => each(bytes, |b| i64::from_le_bytes(b) as f64),
            Self::I32 => each(bytes, |b| i32::from_le_bytes(b).into()),
            Self::I16 => each(bytes, |b| i16::from_le_bytes(b).into()),
            Self::I8 => each(bytes, |b| i8::from_le_bytes(b).into()),
            Self::U8 | Self::Bool => each(bytes, |b| u8::from_le_bytes(b).into()),
        }
    }
}

fn each<T, const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().map(|chunk| read(*chunk)).collect()
}

/// Values from one to the next along every axis of an array of `shape`, whose first axis runs fastest where it lies in `columns`,
/// else its last.
pub(crate) fn strides(shape: &[usize], columns: bool) -> Vec<usize> {
    let mut strides = vec![1usize; shape.len()];
    for axis in 1..shape.len() {
        if columns {
            strides[axis] = strides[axis - 1].saturating_mul(shape[axis - 1]);
        } else {
            let from = shape.len() - 1 - axis;
            strides[from] = strides[from + 1].saturating_mul(shape[from + 1]);
        }
    }
    strides
}

/// The values of `size` bytes of an array of `shape`, none of whose axes is empty, row-major: those from value `offset` of
/// `stored` on, at its `strides`. None where they do not all lie within it.
pub(crate) fn row_major(
    stored: &[u8],
    size: usize,
    offset: usize,
    shape: &[usize],
    strides: &[usize],
) -> Option<Vec<u8>> {
    let last = shape
        .iter()
        .zip(strides)
        .try_fold(offset, |last, (length, stride)| (length - 1).checked_mul(*stride)?.checked_add(last))?;
    if last.checked_add(1)?.checked_mul(size)? > stored.len() {
        return None;
    }
    let mut rows = 1;
    let plain = shape.iter().zip(strides).rev().all(|(length, stride)| {
        let plain = *length == 1 || *stride == rows;
        rows *= length;
        plain
    });
    let count = shape.iter().product::<usize>();
    if plain {
        return Some(stored[offset * size..][..count * size].to_vec());
    }
    let mut values = Vec::with_capacity(count * size);
    for index in 0..count {
        let (mut rest, mut at) = (index, offset);
        for (length, stride) in shape.iter().zip(strides).rev() {
            at += rest % length * stride;
            rest /= length;
        }
        values.extend_from_slice(&stored[at * size..][..size]);
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_rows_on_any_number_of_axes() {
        let row_major = |data: &[f32], shape: &[usize]| {
            let stored: Vec<u8> = data.iter().flat_map(|value| value.to_le_bytes()).collect();
            Number::F32.widen(&row_major(&stored, 4, 0, shape, &strides(shape, true)).unwrap())
        };
        assert_eq!(row_major(&[1.0, 4.0, 2.0, 5.0, 3.0, 6.0], &[2, 3]), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let of = |[a, b, c]: [usize; 3]| (100 * a + 10 * b + c) as f32;
        let columns: Vec<f32> = (0..24).map(|i| of([i % 2, i / 2 % 3, i / 6])).collect();
        let rows: Vec<f32> = (0..24).map(|i| of([i / 12, i / 4 % 3, i % 4])).collect();
        assert_eq!(row_major(&columns, &[2, 3, 4]), rows);
    }
}
