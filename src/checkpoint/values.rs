//! Numbers of any width as `f32`.

use half::{bf16, f16};

/// Widens little-endian values of `dtype` (a safetensors name such as `F16`) to `f32`; none for a type that no
/// weight has.
pub fn widen(dtype: &str, bytes: &[u8]) -> Option<Vec<f32>> {
    Some(match dtype {
        "F64" => each(bytes, |b| f64::from_le_bytes(b) as f32),
        "F32" => each(bytes, f32::from_le_bytes),
        "F16" => each(bytes, |b| f16::from_le_bytes(b).to_f32()),
        "BF16" => each(bytes, |b| bf16::from_le_bytes(b).to_f32()),
        _ => return None,
    })
}

fn each<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes.as_chunks::<N>().0.iter().map(|chunk| read(*chunk)).collect()
}
