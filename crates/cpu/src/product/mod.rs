//! The matrix product behind convolutions and linear layers: `y = finish(w · x)`, with `w` packed once and `x` and `y` in
//! [blocks of channels](crate::blocked).
//!
//! It is our own rather than candle's: bias, activation and the gate of the backward walk happen while a tile is still in
//! registers, `x` need not be packed, and the sum of every output runs over its terms in order on every processor.
//!
//! The blocking is that of Goto & van de Geijn 2008: a tile of some positions × [`BLOCK`] outputs stays in registers; the
//! weights of a block of outputs, a panel, stay in the first-level cache for all positions of a strip; the strip of `x`
//! stays in the second-level cache for all panels.

mod panels;
mod tile;

use std::ops::Range;

use candling_core::Shape;
pub(crate) use panels::{Panels, Terms};

use crate::blocked::{BLOCK, blocks, size};
use crate::finish::Finish;
use crate::parallel::{self, Place, written};
use crate::simd::{Instructions, Kernel, Vector};

/// Values of `x` in a strip: 256 KiB, a part of any second-level cache.
const STRIP: usize = 1 << 16;
/// Tasks that a product is cut into: enough for the threads of any desk to end at about the same time.
const TASKS: usize = 16;

/// A product over rows of neighbouring positions: `y[row, j] = finish(Σ w[tap, c] · x[row, j + tap, c])`.
#[derive(Clone)]
pub(crate) struct Product<'a> {
    pub w: &'a Panels,
    pub x: &'a [f32],
    /// Where the first position of the first row lies in `x`, seen through each tap.
    pub taps: &'a [usize],
    /// Values from one block of channels to the next, and from row to row.
    pub x_block: usize,
    pub x_row: usize,
    pub y: Place,
    /// Where the result at the first position of the first row goes.
    pub start: usize,
    /// Values from one block of outputs to the next, from row to row, and from position to position.
    pub y_block: usize,
    pub y_row: usize,
    pub y_step: usize,
    pub rows: usize,
    /// Positions in a row.
    pub length: usize,
    pub finish: Finish<'a>,
}

impl Panels {
    /// The product at every position of every picture by itself; `ys` is the result's shape.
    pub(crate) fn multiply(
        &self,
        instructions: Instructions,
        x: &[f32],
        ys: Shape,
        finish: Finish<'_>,
    ) -> Vec<f32> {
        let (picture, plane) = (x.len() / ys.n, ys.area() * BLOCK);
        let write = |y| {
            for (i, x) in x.chunks_exact(picture).enumerate() {
                let product = Product {
                    w: self,
                    x,
                    taps: &[0],
                    x_block: plane,
                    x_row: 0,
                    y,
                    start: i * self.len() * plane,
                    y_block: plane,
                    y_row: 0,
                    y_step: BLOCK,
                    rows: 1,
                    length: ys.area(),
                    finish,
                };
                // SAFETY: a block for every panel from there on, and each picture its own.
                unsafe { product.run(instructions) };
            }
        };
        // SAFETY: every position of every block of every picture.
        unsafe { written(size(ys), write) }
    }
}

/// What one task computes.
struct Part {
    panels: Range<usize>,
    rows: Range<usize>,
    positions: Range<usize>,
}

impl Product<'_> {
    /// Computes it on all threads.
    ///
    /// # Safety
    /// `y` has room for the results, and nobody else uses that.
    pub(crate) unsafe fn run(&self, instructions: Instructions) {
        self.check();
        // Rows are cut where there are several, else positions.
        let x_blocks = blocks(self.w.terms.channels);
        let (cuttable, size) =
            if self.rows > 1 { (self.rows, x_blocks * self.x_row) } else { (self.length, x_blocks * BLOCK) };
        let (strips, strip) = cut(cuttable, (STRIP / size.max(1)).max(1));
        let panels = self.w.len();
        let cuts = TASKS.div_ceil(strips.max(1)).min(panels);
        parallel::for_each(
            strips * cuts,
            || (),
            |(), task| {
                let (of_strips, cut) = (task / cuts, task % cuts);
                let some = of_strips * strip..cuttable.min((of_strips + 1) * strip);
                let (rows, positions) =
                    if self.rows > 1 { (some, 0..self.length) } else { (0..self.rows, some) };
                let panels = cut * panels / cuts..(cut + 1) * panels / cuts;
                instructions.run(Work { product: self, part: Part { panels, rows, positions } });
            },
        );
    }

    /// Panics where a tile would read beyond `x`, the bias or the gate.
    fn check(&self) {
        let Self { w, x, taps, x_block, x_row, rows, length, .. } = *self;
        assert_eq!(taps.len(), w.terms.taps, "an offset for every tap");
        if let (Some(tap), 1.., 1..) = (taps.iter().max(), rows, length) {
            let last_block = blocks(w.terms.channels).saturating_sub(1);
            let end = tap + last_block * x_block + (rows - 1) * x_row + length * BLOCK;
            assert!(end <= x.len(), "positions beyond x");
        }
        match self.finish {
            Finish::Activate { bias, .. } => assert!(w.len() * BLOCK <= bias.len(), "no bias"),
            Finish::Gate { y, .. } if rows > 0 && length > 0 && w.len() > 0 => {
                let last = self.start
                    + (w.len() - 1) * self.y_block
                    + (rows - 1) * self.y_row
                    + (length - 1) * self.y_step;
                assert!(last + BLOCK <= y.len(), "no gate");
            }
            Finish::Gate { .. } | Finish::Store => {}
        }
    }
}

/// `count` things in strips of nearly one size, at most `most`: how many strips, and how many things in all but the last.
fn cut(count: usize, most: usize) -> (usize, usize) {
    let strip = count.div_ceil(count.div_ceil(most).max(1)).max(1);
    (count.div_ceil(strip), strip)
}

struct Work<'a> {
    product: &'a Product<'a>,
    part: Part,
}

impl Kernel for Work<'_> {
    #[inline(always)]
    fn run<V: Vector, const VECTORS: usize>(self) {
        let Part { panels, rows, positions } = self.part;
        let product = self.product;
        for panel in panels {
            // Lanes beyond the last output are zeros: where they fill a vector, it need not be computed.
            let narrow = VECTORS > 1 && product.w.outputs - panel * BLOCK <= V::LANES;
            let most = if narrow { tile::NARROW } else { V::TILE };
            for row in rows.clone() {
                let mut first = positions.start;
                for (tiles, size) in tiling(positions.len(), most) {
                    let from = tile::Operands {
                        w: product.w.panel(panel).as_ptr(),
                        x: product.x.as_ptr().wrapping_add(row * product.x_row + first * BLOCK),
                        taps: product.taps,
                        block: product.x_block,
                        channels: product.w.terms.channels,
                    };
                    let start = product.start + panel * product.y_block + row * product.y_row;
                    let to = tile::Results {
                        finish: product.finish,
                        channel: panel * BLOCK,
                        y: product.y,
                        at: start + first * product.y_step,
                        step: product.y_step,
                    };
                    first += tiles * size;
                    // SAFETY: `check` has seen to the extents of `w`, `x`, the bias and the gate; its caller vouches for `y`.
                    unsafe {
                        if narrow {
                            tile::narrow::<V, VECTORS>(size, tiles, from, to);
                        } else {
                            tile::run::<V, VECTORS>(size, tiles, from, to);
                        }
                    }
                }
            }
        }
    }
}

/// `positions` in tiles of nearly one size, at most `most`: some of one size, the others of one less. A small remainder would leave
/// the multipliers waiting for each other's sums.
fn tiling(positions: usize, most: usize) -> [(usize, usize); 2] {
    let tiles = positions.div_ceil(most).max(1);
    let (size, larger) = (positions / tiles, positions % tiles);
    [(larger, size + 1), (tiles - larger, size)]
}
