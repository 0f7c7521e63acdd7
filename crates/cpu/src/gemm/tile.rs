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

/// `activation(start + w · x)` for packed `w`, `[depth, ROWS]`, and packed `x`, `[depth, COLUMNS]`.
pub(super) fn wide(w: &[f32], x: &[f32], start: &[f32; ROWS], activation: Activation) -> Tile {
    let mut sums = start.map(|value| [Quad::splat(value); 2]);
    for (w, x) in w.as_chunks::<ROWS>().0.iter().zip(x.as_chunks::<COLUMNS>().0) {
        let [left, right] = x.as_chunks::<4>().0 else { continue };
        let (left, right) = (Quad::load(left), Quad::load(right));
        for (sum, &w) in sums.iter_mut().zip(w) {
            let w = Quad::splat(w);
            *sum = [sum[0].add_product(w, left), sum[1].add_product(w, right)];
        }
    }
    let mut tile = [[0.0; COLUMNS]; ROWS];
    for (row, sum) in tile.iter_mut().zip(sums) {
        let [left, right] = row.as_chunks_mut::<4>().0 else { continue };
        activate(sum[0], activation).store(left);
        activate(sum[1], activation).store(right);
    }
    tile
}

/// As [`wide`], for packed `x` of `[depth, NARROW]`.
pub(super) fn narrow(w: &[f32], x: &[f32], start: &[f32; ROWS], activation: Activation) -> Tile {
    let mut sums = start.map(Quad::splat);
    for (w, x) in w.as_chunks::<ROWS>().0.iter().zip(x.as_chunks::<NARROW>().0) {
        let x = Quad::load(x);
        for (sum, &w) in sums.iter_mut().zip(w) {
            *sum = sum.add_product(Quad::splat(w), x);
        }
    }
    let mut tile = [[0.0; COLUMNS]; ROWS];
    for (row, sum) in tile.iter_mut().zip(sums) {
        let [left, _] = row.as_chunks_mut::<4>().0 else { continue };
        activate(sum, activation).store(left);
    }
    tile
}

/// See [`Activation::apply`].
#[inline(always)]
fn activate(v: Quad, activation: Activation) -> Quad {
    match activation {
        Activation::None => v,
        Activation::Relu => v.at_least_0(),
        Activation::Relu6 => v.at_least_0().at_most_6(),
    }
}
