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

use crate::blocked::{BLOCK, size};
use crate::finish::Finish;
use crate::parallel::{self, Place, written};
use crate::simd::{Instructions, Kernel, Vector};

/// Values of `x` in a strip: 256 KiB, a part of any second-level cache.
const STRIP: usize = 1 << 16;
/// Tasks that a product is cut into: enough for the threads of any desk to end at about the same time.
const TASKS: usize = 16;

/// Some positions, in an array `[blocks, area, BLOCK]`.
#[derive(Clone, Copy)]
pub(crate) struct Positions {
    /// Of the whole array.
    pub area: usize,
    /// The first.
    pub first: usize,
}

impl Positions {
    /// Where the first position of a block lies.
    fn offset(self, block: usize) -> usize {
        (block * self.area + self.first) * BLOCK
    }

    fn skip(self, count: usize) -> Self {
        Self { first: self.first + count, ..self }
    }
}

impl Panels {
    /// The product at every position of every picture; `ys` is the result's shape.
    pub(crate) fn multiply(
        &self,
        instructions: Instructions,
        x: &[f32],
        ys: Shape,
        finish: Finish<'_>,
    ) -> Vec<f32> {
        let at = Positions { area: ys.area(), first: 0 };
        let write = |y| {
            for (picture, x) in x.chunks_exact(x.len() / ys.n).enumerate() {
                let start = picture * self.len() * at.area * BLOCK;
                let panels = 0..self.len();
                let product =
                    Product { w: self, panels, x, x_at: at, y, start, y_at: at, count: at.area, finish };
                // SAFETY: a block for every panel from here on, and each picture its own.
                unsafe { product.run(instructions) };
            }
        };
        // SAFETY: every position of every block of every picture.
        unsafe { written(size(ys), write) }
    }
}

/// One product, or a part of it.
#[derive(Clone)]
pub(crate) struct Product<'a> {
    pub w: &'a Panels,
    /// Those to compute.
    pub panels: Range<usize>,
    /// A block for each of the panels' blocks of terms.
    pub x: &'a [f32],
    pub x_at: Positions,
    pub y: Place,
    /// Where in `y` the block of the first panel begins; those of the others follow.
    pub start: usize,
    pub y_at: Positions,
    pub count: usize,
    pub finish: Finish<'a>,
}

impl Product<'_> {
    /// Computes it on all threads.
    ///
    /// # Safety
    /// `y` has room for the positions in every block, and nobody else uses that.
    pub(crate) unsafe fn run(self, instructions: Instructions) {
        let positions = (STRIP / self.w.terms.blocks() / BLOCK).clamp(1, self.count.max(1));
        let strips = self.count.div_ceil(positions);
        let panels = self.panels.len();
        let cuts = TASKS.div_ceil(strips.max(1)).min(panels);
        parallel::for_each(
            strips * cuts,
            || (),
            |(), task| {
                let (strip, cut) = (task / cuts, task % cuts);
                let first = strip * positions;
                let (from, to) = (cut * panels / cuts, (cut + 1) * panels / cuts);
                let part = Self {
                    panels: self.panels.start + from..self.panels.start + to,
                    start: self.start + from * self.y_at.area * BLOCK,
                    x_at: self.x_at.skip(first),
                    y_at: self.y_at.skip(first),
                    count: positions.min(self.count - first),
                    ..self.clone()
                };
                // SAFETY: as asked of the caller; no two tasks share both strip and panel.
                unsafe { part.run_here(instructions) };
            },
        );
    }

    /// Computes it on this thread.
    ///
    /// # Safety
    /// As for [`Product::run`].
    pub(crate) unsafe fn run_here(self, instructions: Instructions) {
        assert!(self.panels.end <= self.w.len(), "panels beyond the last");
        assert!(self.x_at.first + self.count <= self.x_at.area, "positions beyond x");
        assert!(self.y_at.first + self.count <= self.y_at.area, "positions beyond y");
        assert!(self.w.terms.blocks() * self.x_at.area * BLOCK <= self.x.len(), "blocks beyond x");
        match self.finish {
            Finish::Activate { bias, .. } => assert!(self.panels.end * BLOCK <= bias.len(), "no bias"),
            Finish::Gate { y, .. } => {
                let end = self.start + self.panels.len() * self.y_at.area * BLOCK;
                assert!(end <= y.len(), "no gate");
            }
            Finish::Store => {}
        }
        instructions.run(self);
    }
}

impl Kernel for Product<'_> {
    #[inline(always)]
    fn run<V: Vector, const VECTORS: usize>(self) {
        let Self { w, panels, x, x_at, y, start, y_at, count, finish } = self;
        // Tiles of nearly one size: a small remainder would leave the multipliers waiting for each other's sums.
        let tiles = count.div_ceil(V::TILE);
        for (block, panel) in panels.enumerate() {
            for tile in 0..tiles {
                let first = tile * count / tiles;
                let size = (tile + 1) * count / tiles - first;
                let from = tile::Operands {
                    w: w.panel(panel).as_ptr(),
                    x: x[x_at.skip(first).offset(0)..].as_ptr(),
                    block: x_at.area * BLOCK,
                    terms: w.terms,
                };
                let at = start + y_at.skip(first).offset(block);
                // SAFETY: `run_here` has checked the extents of `w`, `x`, the bias and the gate; its caller vouches for `y`.
                unsafe { tile::run::<V, VECTORS>(size, from, finish, panel * BLOCK, y, at) };
            }
        }
    }
}
