//! The matrix product behind convolutions and linear layers: `y = finish(w · x)`, with `w` packed once and
//! `x` and `y` in [blocks of channels](crate::blocked).
//!
//! It is used in place of candle's: bias, activation and the gate of the backward pass are applied while a
//! tile is still in registers, `x` need not be packed, and every sum runs over its terms in the same order on
//! every CPU.
//!
//! The blocking is that of Goto & van de Geijn 2008: a tile of some positions × [`BLOCK`] outputs stays in
//! registers; the weights of a block of outputs, a panel, stay in the first-level cache for all positions of
//! a strip; the strip of `x` stays in the second-level cache for all panels. Terms that are zero for a whole
//! tile are [skipped](nonzero).

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
use crate::parallel::{self, SharedSlice, written};
use crate::simd::{Instructions, Kernel, Vector};

/// Values of `x` in a strip: 256 KiB, which second-level caches hold.
const STRIP: usize = 1 << 16;
/// Tasks per thread of a product on several threads: enough for all to finish at about the same time.
const TASKS: usize = 4;
/// Number of positions of which cuts are multiples: a tile of the narrower vectors.
const UNIT: usize = 4;
/// Least number of units of a strip that is cut only to get more tasks: shorter ones would reuse too little
/// of the weights that come from memory.
const SHORT: usize = 4;

/// A product over rows of contiguous positions: `y[row, j] = finish(Σ w[tap, c] · x[row, j + tap, c])`.
pub(crate) struct Product<'a> {
    pub w: &'a Panels,
    pub x: &'a [f32],
    /// Offset in `x` of the first position of the first row, for each tap.
    pub taps: &'a [usize],
    /// Strides of `x`: between blocks of channels, and between rows.
    pub x_block: usize,
    pub x_row: usize,
    pub y: SharedSlice,
    /// Offset in `y` of the first position of the first row.
    pub start: usize,
    /// Strides of `y`: between blocks of outputs, between rows, and between positions.
    pub y_block: usize,
    pub y_row: usize,
    pub y_step: usize,
    pub rows: usize,
    /// Positions in a row.
    pub length: usize,
    pub finish: Finish<'a>,
}

impl Panels {
    /// The product at every position of every picture of the batch; `ys` is the shape of the result.
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
                // SAFETY: a block for every panel, and each picture writes its own.
                unsafe { product.run(instructions) };
            }
        };
        // SAFETY: all positions of all blocks of all pictures are written.
        unsafe { written(size(ys), write) }
    }
}

/// The part of the product that one task computes.
struct Part {
    panels: Range<usize>,
    rows: Range<usize>,
    positions: Range<usize>,
}

impl Product<'_> {
    /// Computes the product on all threads.
    ///
    /// # Safety
    /// `y` has room for the results, and nothing else accesses that memory.
    pub(crate) unsafe fn run(&self, instructions: Instructions) {
        self.check();
        let input = self.listable().filter(|&input| {
            instructions.run(Sample { input, positions: self.length, panels: self.w.len() })
        });
        let threads = parallel::threads();
        let tasks = if threads > 1 { threads * TASKS } else { 1 };
        // Rows are cut if there are several, else positions: by the size of the cache, and finer if each part
        // lists its own terms for all panels. If that gives too few tasks, panels are cut too.
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

    /// The input, if listing its nonzero terms can pay. With several taps each would need a list of its own;
    /// for a single panel the list costs more than it saves.
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

    /// The place of a panel's results from a position on.
    fn results(&self, panel: usize, row: usize, position: usize) -> Results<'_> {
        let at = self.start + panel * self.y_block + row * self.y_row + position * self.y_step;
        Results { finish: self.finish, channel: panel * BLOCK, y: self.y, at, step: self.y_step }
    }

    /// Panics if a tile would read beyond `x`, the bias or the gate.
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

/// The `i`-th of `parts` nearly equal parts of `0..count`.
fn share(count: usize, i: usize, parts: usize) -> Range<usize> {
    // the first parts have one more; `count · i` might overflow
    let start = |i: usize| count / parts * i + i.min(count % parts);
    start(i)..start(i + 1)
}

/// A sample of the input that decides whether listing its nonzero terms pays.
struct Sample<'a> {
    input: Input<'a>,
    positions: usize,
    panels: usize,
}

/// Every how many tiles one is sampled.
const SAMPLED: usize = 16;

impl Kernel for Sample<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<V: Vector, const VECTORS: usize>(self) -> bool {
        let Self { input, positions, panels } = self;
        let size = Listed::most::<V>().min(positions);
        let tiles = (0..positions / size.max(1)).step_by(SAMPLED);
        let all = tiles.len() * input.channels;
        // SAFETY: `Product::check` has checked the extent of `x`.
        let count = |tile| unsafe { input.skip(tile * size).count::<V, VECTORS>(size) };
        let not_zero = tiles.map(count).sum::<usize>();
        // Measured: with a list, a summed term costs each panel a tenth more, and its entry in the list costs
        // half as much as a term of one panel.
        all * 5 + not_zero * 11 * panels < all * 10 * panels
    }
}

struct Work<'a> {
    product: &'a Product<'a>,
    part: Part,
    /// The input from the first position on, if its terms are to be listed.
    input: Option<Input<'a>>,
    lists: &'a mut Lists,
}

impl Kernel for Work<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector, const VECTORS: usize>(self) {
        let Self { product, part, input, lists } = self;
        // SAFETY: `Product::check` has checked the extents of `w`, `x`, the bias and the gate; its caller
        // guarantees `y`.
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
            // lanes beyond the last output are zeros: a vector that has only those is not computed
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

/// Splits `positions` into tiles of nearly equal size, at most `most`: some of one size, the others one
/// smaller. A small remainder would leave too few independent sums to hide the latency of the multiplier.
fn tiling(positions: usize, most: usize) -> [(usize, usize); 2] {
    let tiles = positions.div_ceil(most).max(1);
    let (size, larger) = (positions / tiles, positions % tiles);
    [(larger, size + 1), (tiles - larger, size)]
}
