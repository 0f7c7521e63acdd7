//! The tile that stays in registers.

use candling_core::Activation;

use super::lanes::Lanes;

/// Rows of a tile. 4 × 8 outputs are eight 128-bit registers, which leaves the other half of sixteen for operands; in
/// V8, 4 × 12 and 6 × 8 spill.
pub(super) const ROWS: usize = 4;
/// Columns of a tile.
pub(super) const COLUMNS: usize = 8;
/// Columns of the tile for a remainder: 49 positions are six tiles and a narrow one.
pub(super) const NARROW: usize = 4;

/// `activation(start + w · x)` for packed `w` `[depth, ROWS]` and packed `x` `[depth, COLUMNS]` or `[depth, NARROW]`; of a
/// narrow tile the columns behind are 0.
#[cfg(target_arch = "wasm32")]
pub(super) fn multiply(w: &[f32], x: &[f32], start: &[f32; ROWS], a: Activation) -> [[f32; COLUMNS]; ROWS] {
    use super::lanes::Simd128;

    if is_narrow(w, x) {
        run::<Simd128<1>, NARROW>(w, x, start, a)
    } else {
        run::<Simd128<2>, COLUMNS>(w, x, start, a)
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub(super) fn multiply(w: &[f32], x: &[f32], start: &[f32; ROWS], a: Activation) -> [[f32; COLUMNS]; ROWS] {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { with_avx2(w, x, start, a) };
    }
    portable(w, x, start, a)
}

/// The portable loops, compiled with wider vectors.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2(w: &[f32], x: &[f32], start: &[f32; ROWS], a: Activation) -> [[f32; COLUMNS]; ROWS] {
    portable(w, x, start, a)
}

#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
fn portable(w: &[f32], x: &[f32], start: &[f32; ROWS], a: Activation) -> [[f32; COLUMNS]; ROWS] {
    if is_narrow(w, x) {
        run::<[f32; NARROW], NARROW>(w, x, start, a)
    } else {
        run::<[f32; COLUMNS], COLUMNS>(w, x, start, a)
    }
}

fn is_narrow(w: &[f32], x: &[f32]) -> bool {
    x.len() * ROWS < w.len() * COLUMNS
}

#[inline(always)]
fn run<L: Lanes, const WIDTH: usize>(
    w: &[f32],
    x: &[f32],
    start: &[f32; ROWS],
    activation: Activation,
) -> [[f32; COLUMNS]; ROWS] {
    let mut sums = start.map(L::splat);
    for (w, x) in w.as_chunks::<ROWS>().0.iter().zip(x.as_chunks::<WIDTH>().0) {
        let x = L::load(x);
        for (sum, &w) in sums.iter_mut().zip(w) {
            *sum = sum.add_product(L::splat(w), x);
        }
    }
    let mut tile = [[0.0; COLUMNS]; ROWS];
    for (row, sum) in tile.iter_mut().zip(sums) {
        sum.activate(activation).store(row);
    }
    tile
}
