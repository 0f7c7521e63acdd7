//! The tile that stays in registers.

use candling_core::Activation;

use super::quad::Quad;

/// Rows of a tile. 4 × 8 outputs are eight 128-bit registers, which leaves the other half of sixteen for operands; in
/// V8, 4 × 12 and 6 × 8 spill.
pub(super) const ROWS: usize = 4;
/// Columns of a tile.
pub(super) const COLUMNS: usize = 8;
/// Columns of the tile for a remainder: 49 positions are six tiles and a narrow one.
pub(super) const NARROW: usize = 4;

/// Outputs by row; of a narrow tile the columns behind are 0.
pub(super) type Tile = [[f32; COLUMNS]; ROWS];

/// `activation(w · x + bias)` for packed `w`, `[depth, ROWS]`, and packed `x`, `[depth, COLUMNS]`.
pub(super) fn wide(w: &[f32], x: &[f32], bias: &[f32; ROWS], activation: Activation) -> Tile {
    let mut sums = [[Quad::splat(0.0); 2]; ROWS];
    for (w, x) in w.as_chunks::<ROWS>().0.iter().zip(x.as_chunks::<COLUMNS>().0) {
        let [left, right] = x.as_chunks::<4>().0 else { continue };
        let (left, right) = (Quad::load(left), Quad::load(right));
        for (sum, &w) in sums.iter_mut().zip(w) {
            let w = Quad::splat(w);
            *sum = [sum[0].add_product(w, left), sum[1].add_product(w, right)];
        }
    }
    let mut tile = [[0.0; COLUMNS]; ROWS];
    for ((row, sum), &bias) in tile.iter_mut().zip(sums).zip(bias) {
        let [left, right] = row.as_chunks_mut::<4>().0 else { continue };
        finish(sum[0], bias, activation).store(left);
        finish(sum[1], bias, activation).store(right);
    }
    tile
}

/// As [`wide`], for packed `x` of `[depth, NARROW]`.
pub(super) fn narrow(w: &[f32], x: &[f32], bias: &[f32; ROWS], activation: Activation) -> Tile {
    let mut sums = [Quad::splat(0.0); ROWS];
    for (w, x) in w.as_chunks::<ROWS>().0.iter().zip(x.as_chunks::<NARROW>().0) {
        let x = Quad::load(x);
        for (sum, &w) in sums.iter_mut().zip(w) {
            *sum = sum.add_product(Quad::splat(w), x);
        }
    }
    let mut tile = [[0.0; COLUMNS]; ROWS];
    for ((row, sum), &bias) in tile.iter_mut().zip(sums).zip(bias) {
        let [left, _] = row.as_chunks_mut::<4>().0 else { continue };
        finish(sum, bias, activation).store(left);
    }
    tile
}

/// Adds the bias last, as PyTorch does: sums that do not carry it round finer. See [`Activation::apply`].
#[inline(always)]
fn finish(sum: Quad, bias: f32, activation: Activation) -> Quad {
    let v = sum.add_product(Quad::splat(1.0), Quad::splat(bias));
    match activation {
        Activation::None => v,
        Activation::Relu => v.at_least_0(),
        Activation::Relu6 => v.at_least_0().at_most_6(),
    }
}
