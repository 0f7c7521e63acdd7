//! The stencil of a depthwise convolution, and of its transpose, which is a stencil too.
//!
//! A row of the result is a sum over pairs of an input row and a kernel row. Along the row, results at a
//! distance of [`Columns::step`] read neighbouring columns of the input: for a convolution these are all
//! results; for the transpose of one with stride `s` those of one of `s` phases, because a phase meets only
//! every `s`-th tap.
//!
//! The input rows that a row of results needs are copied with zero padding into a ring buffer that fits the
//! first-level cache: each is copied once, and no tap has to check where the picture begins.

use std::ops::Range;

use candling_core::ops::Window;
use candling_core::{Result, Shape};

use crate::blocked::{BLOCK, blocks, workspace};
use crate::finish::Finish;
use crate::parallel::{self, SharedSlice};
use crate::simd::{Instructions, Kernel, Vector};

pub(super) struct Stencil {
    input: Shape,
    output: Shape,
    rows: Vec<Row>,
    /// The taps of all rows.
    row_taps: Vec<RowTap>,
    columns: Vec<Columns>,
    /// Columns of zeros before a row of the input.
    margin: usize,
    /// Columns of a row, margins included.
    width: usize,
    /// Rows in the ring buffer.
    ring: usize,
    kernel: [usize; 2],
}

/// The input rows and kernel rows of a row of results.
struct Row {
    /// The taps of this row, a range of [`Stencil::row_taps`].
    taps: Range<usize>,
    /// All input rows before this one must be in the ring.
    end: usize,
}

/// An input row, ascending or descending from tap to tap, and the kernel row that it is multiplied by.
struct RowTap {
    /// Offset of the input row in the ring or the plane, and of the kernel row in the weights of a block.
    x: usize,
    w: usize,
}

/// The results of a row that use the same taps.
struct Columns {
    /// Column of the first result.
    first: usize,
    /// Distance between results.
    step: usize,
    count: usize,
    /// Distance between their input columns.
    stride: usize,
    /// For each tap, ascending: the input column (margin included) of the first result, and the column of the
    /// kernel.
    taps: Vec<(usize, usize)>,
    /// The number of taps, if their input columns are contiguous.
    neighbours: Option<usize>,
}

impl Stencil {
    /// The forward stencil: `y[i, j] = Σ w[u, v] · x[i·s + u·d − p, j·s + v·d − p]`.
    pub(super) fn of(window: &Window, xs: Shape, ys: Shape) -> Result<Self> {
        let Window { kernel, stride, dilation, padding } = *window;
        let row = |i: usize, u: usize| window.row(i, u, xs.h);
        let taps = (0..kernel[1]).map(|v| (v * dilation[1], v)).collect();
        let columns = Columns::new([0, 1], ys.w, stride[1], taps);
        Self::new(xs, ys, row, vec![columns], padding.left, kernel)
    }

    /// The transpose: `dx[i, j] = Σ w[u, v] · dy[(i + p − u·d) / s, (j + p − v·d) / s]`, over the taps for
    /// which the divisions have no remainder.
    pub(super) fn of_transpose(window: &Window, xs: Shape, ys: Shape) -> Result<Self> {
        let Window { kernel, stride, dilation, padding } = *window;
        let row = |i: usize, u: usize| {
            let numerator = (i + padding.top).checked_sub(u * dilation[0])?;
            let row = numerator / stride[0];
            (numerator.is_multiple_of(stride[0]) && row < ys.h).then_some(row)
        };
        let margin = (kernel[1] - 1) * dilation[1] / stride[1];
        // results `first, first + s, …` have the same phase `(j + p) mod s`
        let phase = |first: usize| {
            let reach = first + padding.left + margin * stride[1];
            let of_tap = |v: usize| {
                let numerator = reach.checked_sub(v * dilation[1])?;
                numerator.is_multiple_of(stride[1]).then_some((numerator / stride[1], v))
            };
            let taps = (0..kernel[1]).rev().filter_map(of_tap).collect();
            Columns::new([first, stride[1]], xs.w.saturating_sub(first).div_ceil(stride[1]), 1, taps)
        };
        let columns = (0..stride[1].min(xs.w)).map(phase).collect();
        Self::new(ys, xs, row, columns, margin, kernel)
    }

    /// Computes the padded width and the ring size that the taps need. `row` is the input row that a row of
    /// results reads through a kernel row, if there is one.
    fn new(
        input: Shape,
        output: Shape,
        row: impl Fn(usize, usize) -> Option<usize>,
        columns: Vec<Columns>,
        margin: usize,
        kernel: [usize; 2],
    ) -> Result<Self> {
        let last = |columns: &Columns| {
            let (tap, _) = columns.taps.last()?;
            Some(columns.count.checked_sub(1)? * columns.stride + tap)
        };
        let reach = columns.iter().filter_map(last).max().map_or(0, |last| last + 1);
        let width = reach.max(margin + input.w);

        workspace(&[output.h, kernel[0]])?;
        let mut rows = Vec::with_capacity(output.h);
        let mut row_taps = Vec::new();
        // number of latest rows that must be kept; dilated taps of a transpose go back and forth
        let (mut held, mut latest) = (1, 0);
        for i in 0..output.h {
            let first = row_taps.len();
            let seen = || (0..kernel[0]).filter_map(|u| Some((row(i, u)?, u)));
            let end = seen().map(|(row, _)| row + 1).max().unwrap_or(0);
            latest = end.max(latest);
            held = seen().map(|(row, _)| latest - row).max().unwrap_or(0).max(held);
            row_taps.extend(seen().map(|(x, w)| RowTap { x, w }));
            rows.push(Row { taps: first..row_taps.len(), end });
        }
        // without margins the plane itself is used
        let ring = if width == input.w { input.h } else { held };
        workspace(&[ring, width, BLOCK])?;
        for tap in &mut row_taps {
            *tap = RowTap { x: tap.x % ring * width * BLOCK, w: tap.w * kernel[1] * BLOCK };
        }
        Ok(Self { input, output, rows, row_taps, columns, margin, width, ring, kernel })
    }

    /// Computes `planes` blocks of the result; `w` is `[block of channels, tap, BLOCK]`.
    ///
    /// # Safety
    /// `y` has room for the results, and nothing else accesses that memory.
    pub(super) unsafe fn run(
        &self,
        instructions: Instructions,
        x: &[f32],
        w: &[f32],
        finish: Finish<'_>,
        planes: usize,
        y: SharedSlice,
    ) {
        finish.check(blocks(self.output.c) * BLOCK, planes * self.output.area() * BLOCK);
        let of_channels = blocks(self.output.c);
        let kernel = self.kernel[0] * self.kernel[1] * BLOCK;
        let plane = self.input.area() * BLOCK;
        let has_margins = self.width > self.input.w;
        let ring = || vec![0.0; if has_margins { self.ring * self.width * BLOCK } else { 0 }];
        parallel::for_each(planes, ring, |ring, i| {
            let block = i % of_channels;
            let x = &x[i * plane..][..plane];
            let ring = if has_margins { Some(ring.as_mut_slice()) } else { None };
            let w = &w[block * kernel..][..kernel];
            let at = i * self.output.area() * BLOCK;
            instructions.run(Plane { stencil: self, x, ring, w, finish, channel: block * BLOCK, y, at });
        });
    }

    /// Copies input rows into the ring.
    fn lay(&self, rows: Range<usize>, x: &[f32], ring: &mut [f32]) {
        let length = self.input.w * BLOCK;
        for row in rows {
            let to = (row % self.ring * self.width + self.margin) * BLOCK;
            ring[to..][..length].copy_from_slice(&x[row * length..][..length]);
        }
    }
}

impl Columns {
    /// `count` results: the first, and the distance between them.
    fn new([first, step]: [usize; 2], count: usize, stride: usize, taps: Vec<(usize, usize)>) -> Self {
        let side_by_side = taps.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1);
        let neighbours = side_by_side.then_some(taps.len());
        Self { first, step, count, stride, taps, neighbours }
    }
}

/// One block of channels of one picture.
struct Plane<'a> {
    stencil: &'a Stencil,
    x: &'a [f32],
    /// The ring buffer in which rows get their margins, if they need any.
    ring: Option<&'a mut [f32]>,
    w: &'a [f32],
    finish: Finish<'a>,
    /// The first channel.
    channel: usize,
    y: SharedSlice,
    /// Offset of the plane in `y`.
    at: usize,
}

/// Number of results computed together: their sums, a kernel row and an input fit sixteen registers. The row
/// lengths of networks for 224 pixels are multiples of it.
const TOGETHER: usize = 7;

impl Kernel for Plane<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector, const VECTORS: usize>(mut self) {
        let stencil = self.stencil;
        let mut laid = 0;
        for (i, row) in stencil.rows.iter().enumerate() {
            let x = match &mut self.ring {
                Some(ring) => {
                    stencil.lay(laid.max(row.end.saturating_sub(stencil.ring))..row.end, self.x, ring);
                    laid = laid.max(row.end);
                    ring.as_ptr()
                }
                None => self.x.as_ptr(),
            };
            for columns in &stencil.columns {
                let at = self.at + (i * stencil.output.w + columns.first) * BLOCK;
                for lane in (0..VECTORS).map(|vector| vector * V::LANES) {
                    let run = Run {
                        rows: &stencil.row_taps[row.taps.clone()],
                        columns,
                        x: x.wrapping_add(lane),
                        w: self.w.as_ptr().wrapping_add(lane),
                        finish: self.finish,
                        channel: self.channel + lane,
                        y: self.y,
                        at: at + lane,
                    };
                    // SAFETY: `Stencil` keeps rows and columns within the plane, its margins and the result.
                    unsafe {
                        match (columns.neighbours, columns.stride, columns.step) {
                            (Some(3), 1, 1) => run.all::<V, 3, 1, 1>(),
                            (Some(5), 1, 1) => run.all::<V, 5, 1, 1>(),
                            (Some(3), 2, 1) => run.all::<V, 3, 2, 1>(),
                            (Some(5), 2, 1) => run.all::<V, 5, 2, 1>(),
                            (Some(1), 1, 2) => run.all::<V, 1, 1, 2>(),
                            (Some(2), 1, 2) => run.all::<V, 2, 1, 2>(),
                            (Some(3), 1, 2) => run.all::<V, 3, 1, 2>(),
                            _ => run.each::<V>(),
                        }
                    }
                }
            }
        }
    }
}

/// One vector of lanes in a row of results that use the same taps. Everything is read from the structs once:
/// the compiler must assume that writing a result could change them.
struct Run<'a> {
    rows: &'a [RowTap],
    columns: &'a Columns,
    /// The ring or the plane, and the weights, starting at these lanes.
    x: *const f32,
    w: *const f32,
    finish: Finish<'a>,
    /// The first of these lanes.
    channel: usize,
    y: SharedSlice,
    /// Offset of the first result.
    at: usize,
}

/// Repeats the body for each number as a constant. The compiler does not unroll loops of this length, and
/// would keep the sums in memory.
macro_rules! unrolled {
    ($i:ident in $($n:literal)*, $body:block) => { $({ let $i: usize = $n; $body })* };
}

impl Run<'_> {
    /// Computes all results for a kernel whose `TAPS` taps are contiguous; results are `STEP` apart.
    ///
    /// # Safety
    /// The rows, the columns and their results are within bounds.
    #[inline(always)]
    unsafe fn all<V: Vector, const TAPS: usize, const STRIDE: usize, const STEP: usize>(&self) {
        let Columns { ref taps, count, .. } = *self.columns;
        let x = self.x.wrapping_add(taps[0].0 * BLOCK);
        let taps = std::array::from_fn(|tap| taps[tap].1 * BLOCK);
        if count < TOGETHER {
            for j in 0..count {
                // SAFETY: as asked of the caller, here and below.
                unsafe { self.together::<V, TAPS, STRIDE, STEP, 1>(x, taps, j) };
            }
            return;
        }
        // the last group overlaps the one before: cheaper than a loop for the remainder
        for j in (0..count).step_by(TOGETHER) {
            let j = j.min(count - TOGETHER);
            unsafe { self.together::<V, TAPS, STRIDE, STEP, TOGETHER>(x, taps, j) };
        }
    }

    /// Computes `SIZE` results from the `j`-th on. Each input is loaded once and used for every result that
    /// needs it.
    ///
    /// # Safety
    /// As for [`all`](Self::all).
    #[inline(always)]
    unsafe fn together<
        V: Vector,
        const TAPS: usize,
        const STRIDE: usize,
        const STEP: usize,
        const SIZE: usize,
    >(
        &self,
        x: *const f32,
        taps: [usize; TAPS],
        j: usize,
    ) {
        let mut sums = [V::splat(0.0); SIZE];
        let x = x.wrapping_add(j * STRIDE * BLOCK);
        for row in self.rows {
            let w: [V; TAPS] = taps.map(|tap| unsafe { V::load(self.w.add(row.w + tap)) });
            let x = x.wrapping_add(row.x);
            unrolled!(column in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16, {
                if column < (SIZE - 1) * STRIDE + TAPS {
                    let x = unsafe { V::load(x.add(column * BLOCK)) };
                    for (tap, &w) in w.iter().enumerate() {
                        if let Some(distance) = column.checked_sub(tap)
                            && distance % STRIDE == 0
                            && distance / STRIDE < SIZE
                        {
                            let sum = &mut sums[distance / STRIDE];
                            *sum = sum.add_product(x, w);
                        }
                    }
                }
            });
        }
        let at = self.at + j * STEP * BLOCK;
        unsafe { self.finish.store(sums, self.channel, self.y, at, STEP * BLOCK) };
    }

    /// Computes all results for any kernel.
    ///
    /// # Safety
    /// As for [`all`](Self::all).
    #[inline(always)]
    unsafe fn each<V: Vector>(&self) {
        let Columns { ref taps, count, stride, step, .. } = *self.columns;
        for j in 0..count {
            let mut sum = V::splat(0.0);
            for row in self.rows {
                for &(column, tap) in taps {
                    unsafe {
                        let x = V::load(self.x.add(row.x + (column + j * stride) * BLOCK));
                        sum = sum.add_product(x, V::load(self.w.add(row.w + tap * BLOCK)));
                    }
                }
            }
            unsafe { self.finish.store([sum], self.channel, self.y, self.at + j * step * BLOCK, 0) };
        }
    }
}
