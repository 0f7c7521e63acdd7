//! The matrix product behind convolutions and linear layers: `y = finish(w · x)`, with `w` packed once and `x` and `y` in
//! [blocks of channels](crate::blocked).
//!
//! It is our own rather than candle's: bias, activation and the gate of the backward walk happen while a tile is still in
//! registers, `x` need not be packed, and the sum of every output runs over its terms in order on every processor.
//!
//! The blocking is that of Goto & van de Geijn 2008: a tile of some positions × [`BLOCK`] outputs stays in registers; the
//! weights of a block of outputs, a panel, stay in the first-level cache for all positions of a strip; the strip of `x`
//! stays in the second-level cache for all panels. Terms that are zero for a whole tile are [passed over](nonzero).

mod nonzero;
mod panels;
mod tile;

use std::ops::Range;

use candling_core::Shape;
use nonzero::{Input, Lists};
pub(crate) use panels::{Panels, Terms};
use tile::{Every, Listed, Operands, Results};

use crate::blocked::{BLOCK, blocks, size};
use crate::finish::Finish;
use crate::parallel::{self, Place, written};
use crate::simd::{Instructions, Kernel, Vector};

/// Values of `x` in a strip: 256 KiB, a part of any second-level cache.
const STRIP: usize = 1 << 16;
/// Tasks that a product is cut into for each thread, where there are several: enough for them to end at about the same time.
const TASKS: usize = 4;
/// Positions are cut at multiples of this, which is a tile of the narrower vectors.
const UNIT: usize = 4;
/// The fewest units to a strip that is cut for the sake of more tasks: shorter ones would share too little of the weights that come
/// from memory.
const SHORT: usize = 4;

/// A product over rows of neighbouring positions: `y[row, j] = finish(Σ w[tap, c] · x[row, j + tap, c])`.
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
        assert_eq!(self.outputs, ys.c, "a channel for every output");
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
        let input = self.listable().filter(|&input| {
            instructions.run(Sample { input, positions: self.length, panels: self.w.len() })
        });
        let threads = parallel::threads();
        let tasks = if threads > 1 { threads * TASKS } else { 1 };
        // Rows are cut where there are several, else positions: as the cache would have it, and finer where each part makes
        // lists of its own for all panels. If that makes too few tasks, panels are cut too.
        let x_blocks = blocks(self.w.terms.channels);
        let (cuttable, size, unit) = if self.rows > 1 {
            (self.rows, x_blocks * self.x_row, 1)
        } else {
            (self.length, x_blocks * BLOCK, UNIT)
        };
        let units = cuttable.div_ceil(unit);
        let by_cache = (cuttable * size).div_ceil(STRIP);
        let by_tasks = if input.is_some() { tasks.min(units / SHORT) } else { 1 };
        let strips = by_cache.max(by_tasks).min(units);
        let panels = self.w.len();
        let cuts = tasks.div_ceil(strips.max(1)).min(panels);
        parallel::for_each(strips * cuts, Lists::default, |lists, task| {
            let some = share(units, task / cuts, strips);
            let some = some.start * unit..cuttable.min(some.end * unit);
            let (rows, positions) = if self.rows > 1 { (some, 0..self.length) } else { (0..self.rows, some) };
            let part = Part { panels: share(panels, task % cuts, cuts), rows, positions };
            instructions.run(Work { product: self, part, input, lists });
        });
    }

    /// The input, if its terms can be listed. With several taps an input would be listed for each; one panel alone would not
    /// earn the list.
    fn listable(&self) -> Option<Input<'_>> {
        match *self.taps {
            [tap] if self.rows == 1 && self.w.len() > 1 => {
                let channels = self.w.terms.channels;
                let input = Input { x: self.x, first: tap, block: self.x_block, channels };
                Some(input).filter(|input| input.fits())
            }
            _ => None,
        }
    }

    /// Where the results of a panel go from a position on.
    fn results(&self, panel: usize, row: usize, position: usize) -> Results<'_> {
        let at = self.start + panel * self.y_block + row * self.y_row + position * self.y_step;
        Results { finish: self.finish, channel: panel * BLOCK, y: self.y, at, step: self.y_step }
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
        if rows > 0 && length > 0 && w.len() > 0 {
            let last = self.results(w.len() - 1, rows - 1, length - 1).at;
            self.finish.check(w.len() * BLOCK, last + BLOCK);
        }
    }
}

/// The `i`-th of so many nearly equal parts of what is below `count`.
fn share(count: usize, i: usize, parts: usize) -> Range<usize> {
    // The first ones have one more; a product of `count` and `i` might not fit an address.
    let start = |i: usize| count / parts * i + i.min(count % parts);
    start(i)..start(i + 1)
}

/// Whether so few terms are not zero that they are worth listing.
struct Sample<'a> {
    input: Input<'a>,
    positions: usize,
    panels: usize,
}

/// One tile of so many is looked at.
const SAMPLED: usize = 16;

impl Kernel for Sample<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<V: Vector, const VECTORS: usize>(self) -> bool {
        let Self { input, positions, panels } = self;
        let size = Listed::most::<V>().min(positions);
        let tiles = (0..positions / size.max(1)).step_by(SAMPLED);
        let all = tiles.len() * input.channels;
        // SAFETY: `Product::check` has seen to the extent of `x`.
        let count = |tile| unsafe { input.skip(tile * size).count::<V, VECTORS>(size) };
        let not_zero = tiles.map(count).sum::<usize>();
        // Measured: a term that is summed costs each panel a tenth more with a list than without, and its entry half as much
        // as one panel.
        all * 5 + not_zero * 11 * panels < all * 10 * panels
    }
}

struct Work<'a> {
    product: &'a Product<'a>,
    part: Part,
    /// That of the first position, if its terms are to be listed.
    input: Option<Input<'a>>,
    lists: &'a mut Lists,
}

impl Kernel for Work<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector, const VECTORS: usize>(self) {
        let Self { product, part, input, lists } = self;
        // SAFETY: `Product::check` has seen to the extents of `w`, `x`, the bias and the gate; its caller vouches for `y`.
        unsafe {
            match input {
                Some(input) => part.run_listed::<V, VECTORS>(product, input, lists),
                None => part.run_every::<V, VECTORS>(product),
            }
        }
    }
}

impl Part {
    /// # Safety
    /// As for [`Product::run`]; the input is the product's.
    #[inline(always)]
    unsafe fn run_listed<V: Vector, const VECTORS: usize>(
        &self,
        product: &Product<'_>,
        input: Input<'_>,
        lists: &mut Lists,
    ) {
        let input = input.skip(self.positions.start);
        let tiling = tiling(self.positions.len(), Listed::most::<V>());
        lists.reset(tiling.iter().map(|(tiles, _)| tiles).sum(), input.channels);
        let mut first = 0;
        for (tiles, size) in tiling {
            for _ in 0..tiles {
                unsafe { lists.add::<V, VECTORS>(input.skip(first), size) };
                first += size;
            }
        }
        for panel in self.panels.clone() {
            let (mut first, mut tile) = (0, 0);
            for (tiles, size) in tiling {
                let (terms, ends) = lists.from(tile);
                let from =
                    Listed { w: product.w.panel(panel).as_ptr(), x: input.skip(first).start(), terms, ends };
                let to = product.results(panel, 0, self.positions.start + first);
                unsafe { tile::run::<V, VECTORS, _>(size, tiles, from, to) };
                first += tiles * size;
                tile += tiles;
            }
        }
    }

    /// # Safety
    /// As for [`Product::run`].
    #[inline(always)]
    unsafe fn run_every<V: Vector, const VECTORS: usize>(&self, product: &Product<'_>) {
        let Product { w, x, taps, x_block: block, x_row, .. } = *product;
        let from = |panel: usize, row: usize, position: usize| {
            let x = x.as_ptr().wrapping_add(row * x_row + position * BLOCK);
            Every { w: w.panel(panel).as_ptr(), x, taps, block, channels: w.terms.channels }
        };
        for panel in self.panels.clone() {
            // Lanes beyond the last output are zeros: where they fill a vector, it need not be computed.
            let narrow = VECTORS > 1 && w.outputs - panel * BLOCK <= V::LANES;
            let positions = self.positions.len();
            let tiling =
                if narrow { tile::narrow_tiling(positions) } else { tiling(positions, Every::most::<V>()) };
            for row in self.rows.clone() {
                let mut first = self.positions.start;
                for (tiles, size) in tiling {
                    let (from, to) = (from(panel, row, first), product.results(panel, row, first));
                    first += tiles * size;
                    unsafe {
                        if narrow {
                            tile::narrow::<V, VECTORS>(size, tiles, from, to);
                        } else {
                            tile::run::<V, VECTORS, _>(size, tiles, from, to);
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
