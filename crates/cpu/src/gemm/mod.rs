//! The matrix product behind convolutions and linear layers: `y = activation(w · x + b)`, with `w` packed once.
//!
//! It is our own rather than candle's for three reasons. The sum of every output runs over the depth in order, a
//! multiplication and an addition at a time, so that all processors round alike: a browser gives the very numbers that
//! the native command gives. Bias and activation happen while a tile is still in registers. And candle's product brings
//! the kernels of every other number type into the wasm module, which is a quarter more to download.
//!
//! The blocking is that of Goto & van de Geijn 2008: a tile of `ROWS × COLUMNS` outputs stays in registers; the columns
//! of `x` that it needs are packed next to each other, as many as fit the second-level cache, and serve all rows.

mod quad;
mod tile;

use candling_core::Activation;

use tile::{COLUMNS, NARROW, ROWS};

/// Packed values of `x` held at a time: 256 KiB, half of a common second-level cache.
const PACKED: usize = 1 << 16;

/// A left-hand matrix `[rows, depth]`, in blocks of [`ROWS`] rows, each with its values by depth: `[block, depth, ROWS]`.
pub(crate) struct Packed {
    rows: usize,
    depth: usize,
    blocks: Vec<f32>,
}

impl Packed {
    /// Packs a row-major `[rows, depth]`.
    pub(crate) fn new(w: &[f32], rows: usize, depth: usize) -> Self {
        Self::from_values(rows, depth, |row, k| w[row * depth + k])
    }

    /// Packs the transpose `[depth, rows]` of a row-major `[rows, depth]`.
    pub(crate) fn transposed(w: &[f32], rows: usize, depth: usize) -> Self {
        Self::from_values(depth, rows, |row, k| w[k * depth + row])
    }

    /// Missing rows of the last block are zeros.
    fn from_values(rows: usize, depth: usize, value: impl Fn(usize, usize) -> f32) -> Self {
        let mut blocks = vec![0.0; rows.next_multiple_of(ROWS) * depth];
        for (block, first) in blocks.chunks_exact_mut(depth * ROWS).zip((0..rows).step_by(ROWS)) {
            for (k, values) in block.as_chunks_mut::<ROWS>().0.iter_mut().enumerate() {
                for (row, to) in (first..rows).zip(values) {
                    *to = value(row, k);
                }
            }
        }
        Self { rows, depth, blocks }
    }

    /// Appends `activation(self · x + bias)`, `[rows, columns]`, to `y`; `x` is `[depth, columns]`, and an empty `bias` one
    /// of zeros.
    pub(crate) fn multiply(
        &self,
        x: &[f32],
        columns: usize,
        bias: &[f32],
        activation: Activation,
        y: &mut Vec<f32>,
    ) {
        let size = self.rows * columns;
        y.reserve(size);
        let start = y.len();
        let out = &mut y.spare_capacity_mut()[..size];
        let mut packed = Vec::new();
        let at_a_time = (PACKED / self.depth / COLUMNS).max(1) * COLUMNS;
        for first in (0..columns).step_by(at_a_time) {
            let count = at_a_time.min(columns - first);
            pack(&mut packed, x, columns, first, count, self.depth);
            for (block, w) in self.blocks.chunks_exact(self.depth * ROWS).enumerate() {
                let rows = block * ROWS..self.rows.min((block + 1) * ROWS);
                let mut of_block = [0.0; ROWS];
                if let Some(bias) = bias.get(rows.clone()) {
                    of_block[..rows.len()].copy_from_slice(bias);
                }
                for panel in Panel::of(count) {
                    let multiply = if panel.padded == NARROW { tile::narrow } else { tile::wide };
                    let tile = multiply(w, &packed[panel.range(self.depth)], &of_block, activation);
                    for (row, tile) in rows.clone().zip(&tile) {
                        let out = &mut out[row * columns + first + panel.first..][..panel.width];
                        out.write_copy_of_slice(&tile[..panel.width]);
                    }
                }
            }
        }
        // SAFETY: `size` elements were reserved behind `start`, and the loops above have written each: every row of every
        // block, and every column of every panel.
        unsafe { y.set_len(start + size) };
    }
}

/// Up to [`COLUMNS`] neighbouring columns, packed.
struct Panel {
    /// The first of them.
    first: usize,
    /// How many they are.
    width: usize,
    /// How many places they take: a narrow remainder takes [`NARROW`].
    padded: usize,
}

impl Panel {
    /// Cuts columns into panels.
    fn of(columns: usize) -> impl Iterator<Item = Self> {
        (0..columns).step_by(COLUMNS).map(move |first| {
            let width = COLUMNS.min(columns - first);
            Self { first, width, padded: if width <= NARROW { NARROW } else { COLUMNS } }
        })
    }

    /// Where its values lie among the packed ones: every panel before it is a full one.
    fn range(&self, depth: usize) -> std::ops::Range<usize> {
        self.first * depth..(self.first + self.padded) * depth
    }
}

/// Lays `count` columns of `[depth, columns]` from `first` on out panel by panel, each by depth; a panel's missing columns
/// are zeros.
fn pack(packed: &mut Vec<f32>, x: &[f32], columns: usize, first: usize, count: usize, depth: usize) {
    packed.resize(count.next_multiple_of(COLUMNS) * depth, 0.0);
    for panel in Panel::of(count) {
        let rows = x.chunks_exact(columns).map(|row| &row[first + panel.first..][..panel.width]);
        let to = &mut packed[panel.range(depth)];
        if panel.width == COLUMNS {
            // a length that the compiler knows
            for (to, row) in to.as_chunks_mut::<COLUMNS>().0.iter_mut().zip(rows) {
                to.copy_from_slice(row);
            }
        } else {
            for (to, row) in to.chunks_exact_mut(panel.padded).zip(rows) {
                to[..panel.width].copy_from_slice(row);
                to[panel.width..].fill(0.0);
            }
        }
    }
}
