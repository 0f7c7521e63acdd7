//! Any convolution in one group as a matrix product: im2col lays out, for each tap, the input block that each output position
//! sees through it (Chellapilla et al. 2006); col2im is its transpose. Some rows at a time, so that the columns stay in the
//! cache.

use std::sync::OnceLock;

use candling_core::ops::{Conv2d, Window};
use candling_core::{Gate, Result, Shape};

use super::Epilogue;
use crate::blocked::{BLOCK, blocks, size, workspace};
use crate::finish::Finish;
use crate::parallel::{self, Place, written};
use crate::product::{Panels, Positions, Product, Terms};
use crate::simd::Instructions;
use crate::{Blocked, elementwise};

/// Values of im2col's columns at a time: 256 KiB.
const COLUMNS: usize = 1 << 16;

pub(super) struct Dense {
    op: Conv2d,
    /// `[out, in, taps]`
    w: Panels,
    /// The transpose, made when the first gradient comes by.
    transposed: OnceLock<Panels>,
    epilogue: Epilogue,
}

/// The channels of one position.
type Lanes = [f32; BLOCK];

impl Dense {
    pub(super) fn prepare(op: &Conv2d, w: &[f32], b: &[f32]) -> Self {
        let terms = Terms { taps: op.window.taps(), channels: op.in_channels };
        let epilogue = Epilogue::new(b, op.activation);
        Self { op: *op, w: Panels::new(w, terms), transposed: OnceLock::new(), epilogue }
    }

    pub(super) fn forward(&self, instructions: Instructions, x: &Blocked, ys: Shape) -> Result<Blocked> {
        let strips = Strips::new(&self.op.window, x.shape(), ys, blocks(self.op.in_channels))?;
        let finish = self.epilogue.finish();
        let write = |x: &[f32], y: Place| {
            let picture = x.len() / ys.n;
            parallel::for_each(
                ys.n * strips.count,
                || vec![0.0; strips.columns],
                |columns, task| {
                    let (n, rows) = (task / strips.count, strips.rows(task % strips.count));
                    let count = rows.len() * ys.w;
                    let from = x[n * picture..][..picture].as_chunks::<BLOCK>().0;
                    let columns = &mut columns[..self.w.terms.blocks() * count * BLOCK];
                    strips.im2col(rows.clone(), from, columns.as_chunks_mut::<BLOCK>().0);
                    let product = Product {
                        w: &self.w,
                        panels: 0..self.w.len(),
                        x: columns,
                        x_at: Positions { area: count, first: 0 },
                        y,
                        start: n * self.w.len() * ys.area() * BLOCK,
                        y_at: Positions { area: ys.area(), first: rows.start * ys.w },
                        count,
                        finish,
                    };
                    // SAFETY: these rows, in a block for every panel, are this task's.
                    unsafe { product.run_here(instructions) };
                },
            );
        };
        // SAFETY: every row of every block of every picture.
        Blocked::new(ys, x.read(|x| unsafe { written(size(ys), |y| write(x, y)) })?)
    }

    // z = w · im2col(x) + b
    pub(super) fn vjp(
        &self,
        instructions: Instructions,
        dz: &Blocked,
        xs: Shape,
        gate: Option<Gate<'_, Blocked>>,
    ) -> Result<Blocked> {
        let ys = dz.shape();
        let transposed = self.transposed.get_or_init(|| self.w.transposed(self.op.out_channels));
        let strips = Strips::new(&self.op.window, xs, ys, 1)?;
        let (taps, x_blocks) = (self.op.window.taps(), blocks(xs.c));
        let plane = xs.area() * BLOCK;
        let write = |dz: &[f32], dx: Place| {
            let picture = dz.len() / ys.n;
            // One block of one picture a task: windows overlap, but only within a plane.
            parallel::for_each(
                ys.n * x_blocks,
                || vec![0.0; strips.columns],
                |columns, task| {
                    let (n, block) = (task / x_blocks, task % x_blocks);
                    // SAFETY: this plane is this task's; it is filled before it is read.
                    let dx = unsafe {
                        let start = dx.at(task * plane);
                        start.write_bytes(0, plane);
                        std::slice::from_raw_parts_mut(start, plane)
                    };
                    for strip in 0..strips.count {
                        let rows = strips.rows(strip);
                        let count = rows.len() * ys.w;
                        let columns = &mut columns[..taps * count * BLOCK];
                        for (tap, column) in columns.chunks_exact_mut(count * BLOCK).enumerate() {
                            let panel = tap * x_blocks + block;
                            let product = Product {
                                w: transposed,
                                panels: panel..panel + 1,
                                x: &dz[n * picture..][..picture],
                                x_at: Positions { area: ys.area(), first: rows.start * ys.w },
                                y: Place::of(column),
                                start: 0,
                                y_at: Positions { area: count, first: 0 },
                                count,
                                finish: Finish::Store,
                            };
                            // SAFETY: the column is this task's and has a place for every position.
                            unsafe { product.run_here(instructions) };
                        }
                        strips.col2im(rows, columns.as_chunks::<BLOCK>().0, dx.as_chunks_mut::<BLOCK>().0);
                    }
                },
            );
        };
        // SAFETY: every plane.
        let dx = dz.read(|dz| unsafe { written(size(xs), |dx| write(dz, dx)) })?;
        elementwise::gated(Blocked::new(xs, dx)?, gate)
    }
}

/// The output cut into strips of whole rows.
struct Strips {
    window: Window,
    xs: Shape,
    ys: Shape,
    /// Rows in all strips but the last.
    height: usize,
    count: usize,
    /// Values in the columns of a strip.
    columns: usize,
}

impl Strips {
    /// `blocks` of input channels go into the columns together.
    fn new(window: &Window, xs: Shape, ys: Shape, blocks: usize) -> Result<Self> {
        // All columns are counted, though only a strip's are ever there: it is what the product will have to work through.
        workspace(&[window.taps(), blocks, ys.area(), BLOCK])?;
        let row = window.taps() * blocks * ys.w * BLOCK;
        let height = (COLUMNS / row).clamp(1, ys.h);
        Ok(Self { window: *window, xs, ys, height, count: ys.h.div_ceil(height), columns: row * height })
    }

    fn rows(&self, strip: usize) -> std::ops::Range<usize> {
        strip * self.height..self.ys.h.min((strip + 1) * self.height)
    }

    /// Columns `[tap, block of channels, row, column]` from the planes of one picture; zeros outside it.
    fn im2col(&self, rows: std::ops::Range<usize>, x: &[Lanes], columns: &mut [Lanes]) {
        columns.fill([0.0; BLOCK]);
        let planes = x.len() / self.xs.area();
        self.each_run(rows, |tap, at, from, step, n, size| {
            for (plane, x) in x.chunks_exact(self.xs.area()).enumerate() {
                let to = &mut columns[(tap * planes + plane) * size + at..][..n];
                to.iter_mut().zip(x[from..].iter().step_by(step)).for_each(|(to, x)| *to = *x);
            }
        });
    }

    /// Adds columns `[tap, row, column]` of one block of channels to where they came from in its plane.
    fn col2im(&self, rows: std::ops::Range<usize>, columns: &[Lanes], dx: &mut [Lanes]) {
        self.each_run(rows, |tap, at, to, step, n, size| {
            let from = &columns[tap * size + at..][..n];
            for (dx, column) in dx[to..].iter_mut().step_by(step).zip(from) {
                dx.iter_mut().zip(column).for_each(|(dx, v)| *dx += v);
            }
        });
    }

    /// Calls `f(tap, place in the tap's column, place in the plane, step there, length, size of a column)` for every stretch
    /// of an output row whose tap lies in the picture.
    fn each_run(
        &self,
        rows: std::ops::Range<usize>,
        mut f: impl FnMut(usize, usize, usize, usize, usize, usize),
    ) {
        let Self { window, xs, ys, .. } = self;
        let [kh, kw] = window.kernel;
        let size = rows.len() * ys.w;
        for (u, v) in (0..kh).flat_map(|u| (0..kw).map(move |v| (u, v))) {
            let sees = |j: usize| window.column(j, v, xs.w);
            let Some((first, column)) = (0..ys.w).find_map(|j| Some((j, sees(j)?))) else {
                continue;
            };
            let end = (first..ys.w).rev().find(|&j| sees(j).is_some()).map_or(first, |last| last + 1);
            for (i, row) in rows.clone().enumerate() {
                if let Some(row) = window.row(row, u, xs.h) {
                    let (at, from) = (i * ys.w + first, row * xs.w + column);
                    f(u * kw + v, at, from, window.stride[1], end - first, size);
                }
            }
        }
    }
}
