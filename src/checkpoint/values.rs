//! Numbers of any width as `f32`.

use half::{bf16, f16};

/// The types of number that weights have.
#[derive(Clone, Copy)]
pub enum Float {
    F64,
    F32,
    F16,
    BF16,
}

impl Float {
    /// Little-endian values of this type as `f32`.
    pub fn widen(self, bytes: &[u8]) -> Vec<f32> {
        match self {
            Self::F64 => each(bytes, |b| f64::from_le_bytes(b) as f32),
            Self::F32 => each(bytes, f32::from_le_bytes),
            Self::F16 => each(bytes, |b| f16::from_le_bytes(b).to_f32()),
            Self::BF16 => each(bytes, |b| bf16::from_le_bytes(b).to_f32()),
        }
    }
}

fn each<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes.as_chunks::<N>().0.iter().map(|chunk| read(*chunk)).collect()
}
