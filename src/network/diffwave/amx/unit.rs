//! The processor's tile unit (Intel's AMX): products of tiles of bf16 with sums in `f32`.
//!
//! A tile has 16 rows of 64 bytes. Rust's intrinsics for it are not stable, so each product is one piece of assembly:
//! what it leaves in the unit's registers, nothing reads.

use std::arch::asm;
use std::arch::x86_64::__cpuid_count;
use std::cell::Cell;
use std::marker::PhantomData;

use super::matrix::{BLOCK, DEPTH, TILE, TileMatrix};

/// What a process asks Linux for, by `arch_prctl`: permission (ARCH_REQ_XCOMP_PERM) for the state that tiles are kept in
/// (XFEATURE_XTILEDATA).
const REQUEST_PERMISSION: libc::c_long = 0x1023;
const TILE_DATA: libc::c_long = 18;

thread_local! {
    /// How many hold this thread's unit: it is configured for the first, and released by the last.
    static HOLDERS: Cell<usize> = const { Cell::new(0) };
}

/// Eight tiles of 16 rows of 64 bytes.
#[repr(C, align(64))]
struct Palette([u8; 64]);

/// This thread's tile unit, ready for products.
pub(super) struct TileUnit {
    /// The unit belongs to the thread that claimed it.
    thread: PhantomData<*const ()>,
}

impl TileUnit {
    /// The unit; none where the machine or its system has none, or AVX-512 lacks bf16. Who claims it again while it is held
    /// shares it: no product leaves anything in its registers.
    pub fn claim() -> Option<Self> {
        let vectors = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512bf16")
            && is_x86_feature_detected!("fma");
        if !vectors || !has_tiles() || !permitted() {
            return None;
        }
        HOLDERS.with(|holders| {
            if holders.get() == 0 {
                configure();
            }
            holders.set(holders.get() + 1);
        });
        Some(Self { thread: PhantomData })
    }

    /// `out = rows · matrix` for 32 rows, `[32, matrix.columns()]`; the sources give the rows' values in the matrix's order,
    /// 32 each.
    #[inline(always)]
    pub fn product(&self, sources: &[Source], matrix: &TileMatrix, out: &mut [f32]) {
        let columns = matrix.columns();
        assert!(sources.len() * DEPTH == matrix.depth() && !sources.is_empty(), "a source per tile of depth");
        assert!(out.len() >= BLOCK * columns, "room for every sum");
        for column in (0..columns).step_by(BLOCK) {
            let [left, right] = [0, 1].map(|tile| matrix.panel(column / TILE + tile).as_ptr());
            // SAFETY: sources were checked when they were made, panels have a tile per tile of depth, and `out` has room.
            unsafe {
                asm!(
                    "tilezero tmm0",
                    "tilezero tmm1",
                    "tilezero tmm2",
                    "tilezero tmm3",
                    "2:",
                    "mov {row}, [{source}]",
                    "mov {stride}, [{source} + 8]",
                    "tileloadd tmm4, [{row} + {stride}*1]",
                    "tileloadd tmm6, [{left} + {line}*1]",
                    "tileloadd tmm7, [{right} + {line}*1]",
                    "tdpbf16ps tmm0, tmm4, tmm6",
                    "tdpbf16ps tmm1, tmm4, tmm7",
                    "mov {lower}, {stride}",
                    "shl {lower}, 4",
                    "add {row}, {lower}",
                    "tileloadd tmm5, [{row} + {stride}*1]",
                    "tdpbf16ps tmm2, tmm5, tmm6",
                    "tdpbf16ps tmm3, tmm5, tmm7",
                    "add {source}, 16",
                    "add {left}, 1024",
                    "add {right}, 1024",
                    "dec {count}",
                    "jnz 2b",
                    "tilestored [{out} + {pitch}*1], tmm0",
                    "tilestored [{out} + {pitch}*1 + 64], tmm1",
                    "mov {lower}, {pitch}",
                    "shl {lower}, 4",
                    "add {out}, {lower}",
                    "tilestored [{out} + {pitch}*1], tmm2",
                    "tilestored [{out} + {pitch}*1 + 64], tmm3",
                    row = out(reg) _,
                    stride = out(reg) _,
                    lower = out(reg) _,
                    source = inout(reg) sources.as_ptr() => _,
                    left = inout(reg) left => _,
                    right = inout(reg) right => _,
                    count = inout(reg) sources.len() => _,
                    out = inout(reg) out[column..].as_mut_ptr() => _,
                    line = in(reg) 64_usize,
                    pitch = in(reg) columns * size_of::<f32>(),
                    out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                    out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                    options(nostack),
                );
            }
        }
    }

    /// Adds `leftᵀ · right` to `sums`, `[left.width, right.width]`: of two matrices with a row per sample, the left one
    /// already transposed.
    #[inline(always)]
    pub fn add_outer(&self, left: &Pairs, right: &Pairs, sums: &mut [f32]) {
        let (rows, columns, pairs) = (left.rows, right.width, right.rows);
        assert!(left.width == pairs && pairs.is_multiple_of(TILE) && pairs > 0, "both are of as many samples");
        assert!(rows.is_multiple_of(BLOCK) && columns.is_multiple_of(BLOCK), "whole blocks");
        assert!(left.values.len() >= rows * pairs && right.values.len() >= pairs * columns, "whole matrices");
        assert!(sums.len() >= rows * columns, "room for every sum");
        for row in (0..rows).step_by(BLOCK) {
            for column in (0..columns).step_by(BLOCK) {
                // SAFETY: the lengths were checked above: 32 rows of the left matrix, 32 columns of the right one.
                unsafe {
                    asm!(
                        "tileloadd tmm0, [{upper} + {pitch}*1]",
                        "tileloadd tmm1, [{upper} + {pitch}*1 + 64]",
                        "tileloadd tmm2, [{lower} + {pitch}*1]",
                        "tileloadd tmm3, [{lower} + {pitch}*1 + 64]",
                        "2:",
                        "tileloadd tmm4, [{a} + {left}*1]",
                        "tileloadd tmm5, [{b} + {left}*1]",
                        "tileloadd tmm6, [{right} + {pitch}*1]",
                        "tileloadd tmm7, [{right} + {pitch}*1 + 64]",
                        "tdpbf16ps tmm0, tmm4, tmm6",
                        "tdpbf16ps tmm1, tmm4, tmm7",
                        "tdpbf16ps tmm2, tmm5, tmm6",
                        "tdpbf16ps tmm3, tmm5, tmm7",
                        "add {a}, 64",
                        "add {b}, 64",
                        "add {right}, {step}",
                        "dec {count}",
                        "jnz 2b",
                        "tilestored [{upper} + {pitch}*1], tmm0",
                        "tilestored [{upper} + {pitch}*1 + 64], tmm1",
                        "tilestored [{lower} + {pitch}*1], tmm2",
                        "tilestored [{lower} + {pitch}*1 + 64], tmm3",
                        upper = in(reg) sums[row * columns + column..].as_mut_ptr(),
                        lower = in(reg) sums[(row + TILE) * columns + column..].as_mut_ptr(),
                        pitch = in(reg) columns * size_of::<f32>(),
                        a = inout(reg) left.values[row * pairs..].as_ptr() => _,
                        b = inout(reg) left.values[(row + TILE) * pairs..].as_ptr() => _,
                        left = in(reg) pairs * size_of::<u32>(),
                        right = inout(reg) right.values[column..].as_ptr() => _,
                        step = in(reg) TILE * columns * size_of::<u32>(),
                        count = inout(reg) pairs / TILE => _,
                        out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                        out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                        options(nostack),
                    );
                }
            }
        }
    }
}

impl Drop for TileUnit {
    fn drop(&mut self) {
        HOLDERS.with(|holders| {
            holders.set(holders.get() - 1);
            if holders.get() == 0 {
                // SAFETY: the thread that holds the unit gives it back.
                unsafe { asm!("tilerelease", options(nomem, nostack, preserves_flags)) };
            }
        });
    }
}

/// Configures this thread's tiles, which the caller has seen that it may use.
fn configure() {
    let mut palette = Palette([0; 64]);
    palette.0[0] = 1;
    for tile in 0..8 {
        palette.0[16 + 2 * tile] = 64;
        palette.0[48 + tile] = TILE as u8;
    }
    // SAFETY: the unit is there and the process may use it; the palette is one that every unit has.
    unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const palette, options(nostack, preserves_flags)) };
}

/// 32 rows of 32 neighbouring values of bf16, some distance apart: one operand of a product.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Source<'a> {
    start: *const u16,
    stride_bytes: usize,
    values: PhantomData<&'a [u16]>,
}

impl<'a> Source<'a> {
    /// The rows of `values` that begin at `start`, `stride` values apart.
    #[inline(always)]
    pub fn new(values: &'a [u16], start: usize, stride: usize) -> Self {
        let values = &values[start..start + (BLOCK - 1) * stride + DEPTH];
        Self { start: values.as_ptr(), stride_bytes: stride * size_of::<u16>(), values: PhantomData }
    }
}

/// A matrix of pairs of bf16, `[rows, width]`: either of samples, two to a row, or its transpose.
#[derive(Clone, Copy)]
pub(super) struct Pairs<'a> {
    pub values: &'a [u32],
    pub rows: usize,
    pub width: usize,
}

/// Whether the processor multiplies tiles of bf16.
fn has_tiles() -> bool {
    const AMX_BF16: u32 = 1 << 22;
    const AMX_TILE: u32 = 1 << 24;
    let features = __cpuid_count(7, 0).edx;
    features & AMX_BF16 != 0 && features & AMX_TILE != 0
}

/// Whether the system lets this process use tiles, for which it is asked.
fn permitted() -> bool {
    // SAFETY: the system call takes numbers and answers with one.
    unsafe { libc::syscall(libc::SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_claim_leaves_the_first_its_unit() {
        let Some(first) = TileUnit::claim() else {
            return eprintln!("skipped: this machine has no tile unit (AMX with bf16)");
        };
        drop(TileUnit::claim());
        // Ones (0x3F80 in bf16) times the unit matrix.
        let unit_matrix = TileMatrix::pack(DEPTH, BLOCK, |row, column| if row == column { 1.0 } else { 0.0 });
        let (rows, mut sums) = (vec![0x3F80; BLOCK * DEPTH], vec![0.0; BLOCK * BLOCK]);
        first.product(&[Source::new(&rows, 0, DEPTH)], &unit_matrix, &mut sums);
        assert!(sums.iter().all(|sum| *sum == 1.0));
    }
}
