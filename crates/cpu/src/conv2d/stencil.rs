//! A stencil over the planes of a depthwise convolution, and its transpose, which is a stencil too.
//!
//! A row of the result is a sum over pairs of an input row and a row of the kernel. Along the row, results at a distance of
//! [`Columns::step`] read neighbouring columns of the input: for a convolution all results in one go; for the transpose of
//! one with stride `s` those of each of `s` phases, because a phase meets every `s`-th tap only.

use candling_core::ops::Window;
use candling_core::{Result, Shape};

use crate::blocked::{BLOCK, blocks, workspace};
use crate::finish::Finish;
use crate::parallel::{self, Place};
use crate::simd::{Instructions, Kernel, Vector};

pub(super) struct Stencil {
    input: Shape,
    output: Shape,
    /// For every row of the result the rows of input and kernel that it sums over.
    rows: Vec<Vec<(usize, usize)>>,
    columns: Vec<Columns>,
    /// Columns of zeros laid before a row of the input, so that no tap has to ask where the picture begins.
    margin: usize,
    /// Columns of a row with its margins.
    width: usize,
    kernel: [usize; 2],
}

/// Results of a row that are computed alike.
struct Columns {
    /// The first of them.
    first: usize,
    /// From one to the next.
    step: usize,
    count: usize,
    /// Input columns from one to the next.
    stride: usize,
    /// Input column (margin included) that the first result reads through each tap, ascending, and the tap.
    taps: Vec<(usize, usize)>,
}

impl Stencil {
    /// `y[i, j] = Σ w[u, v] · x[i·s + u·d − p, j·s + v·d − p]`
    pub(super) fn of(window: &Window, xs: Shape, ys: Shape) -> Result<Self> {
        let Window { kernel, stride, dilation, padding } = *window;
        let rows = |i| (0..kernel[0]).filter_map(|u| Some((window.row(i, u, xs.h)?, u))).collect();
        let columns = Columns {
            first: 0,
            step: 1,
            count: ys.w,
            stride: stride[1],
            taps: (0..kernel[1]).map(|v| (v * dilation[1], v)).collect(),
        };
        let rows = (0..ys.h).map(rows).collect();
        Self { input: xs, output: ys, rows, columns: vec![columns], margin: padding.left, width: 0, kernel }
            .with_width()
    }

    /// `dx[i, j] = Σ w[u, v] · dy[(i + p − u·d) / s, (j + p − v·d) / s]` over the taps where the divisions come out even.
    pub(super) fn of_transpose(window: &Window, xs: Shape, ys: Shape) -> Result<Self> {
        let Window { kernel, stride, dilation, padding } = *window;
        let row_of = |i: usize, u| {
            let numerator = (i + padding.top).checked_sub(u * dilation[0])?;
            let row = numerator / stride[0];
            (numerator.is_multiple_of(stride[0]) && row < ys.h).then_some((row, u))
        };
        let rows = |i| (0..kernel[0]).filter_map(|u| row_of(i, u)).collect();
        let margin = (kernel[1] - 1) * dilation[1] / stride[1];
        // Results `first, first + s, …` stand at the same phase `(j + p) mod s`.
        let phase = |first: usize| {
            let reach = first + padding.left + margin * stride[1];
            let of_tap = |v: usize| {
                let numerator = reach.checked_sub(v * dilation[1])?;
                numerator.is_multiple_of(stride[1]).then_some((numerator / stride[1], v))
            };
            Columns {
                first,
                step: stride[1],
                count: xs.w.saturating_sub(first).div_ceil(stride[1]),
                stride: 1,
                taps: (0..kernel[1]).rev().filter_map(of_tap).collect(),
            }
        };
        let columns = (0..stride[1].min(xs.w)).map(phase).collect();
        let rows = (0..xs.h).map(rows).collect();
        Self { input: ys, output: xs, rows, columns, margin, width: 0, kernel }.with_width()
    }

    /// Works out the width that the taps ask for.
    fn with_width(mut self) -> Result<Self> {
        let last = |columns: &Columns| {
            let (tap, _) = columns.taps.last()?;
            Some(columns.count.checked_sub(1)? * columns.stride + tap)
        };
        let reach = self.columns.iter().filter_map(last).max().map_or(0, |last| last + 1);
        self.width = reach.max(self.margin + self.input.w);
        workspace(&[self.input.h, self.width, BLOCK])?;
        Ok(self)
    }

    /// Computes `planes` blocks of the result; `w` is `[block of channels, tap, BLOCK]`.
    ///
    /// # Safety
    /// `y` has room for them, and nobody else uses that.
    pub(super) unsafe fn run(
        &self,
        instructions: Instructions,
        x: &[f32],
        w: &[f32],
        finish: Finish<'_>,
        planes: usize,
        y: Place,
    ) {
        let of_channels = blocks(self.output.c);
        let kernel = self.kernel[0] * self.kernel[1] * BLOCK;
        let plane = self.input.area() * BLOCK;
        let padded = || vec![0.0; self.input.h * self.width * BLOCK];
        parallel::for_each(planes, padded, |padded, i| {
            let block = i % of_channels;
            let x = self.pad(&x[i * plane..][..plane], padded);
            let w = &w[block * kernel..][..kernel];
            let at = i * self.output.area() * BLOCK;
            instructions.run(Plane { stencil: self, x, w, finish, channel: block * BLOCK, y, at });
        });
    }

    /// The plane with its margins; the plane itself where it needs none.
    fn pad<'a>(&self, x: &'a [f32], padded: &'a mut [f32]) -> &'a [f32] {
        if self.width == self.input.w {
            return x;
        }
        let row = self.input.w * BLOCK;
        let rows = padded.chunks_exact_mut(self.width * BLOCK).zip(x.chunks_exact(row));
        rows.for_each(|(to, x)| to[self.margin * BLOCK..][..row].copy_from_slice(x));
        padded
    }
}

/// One block of channels of one picture.
struct Plane<'a> {
    stencil: &'a Stencil,
    /// With margins.
    x: &'a [f32],
    w: &'a [f32],
    finish: Finish<'a>,
    /// The first.
    channel: usize,
    y: Place,
    /// Where the plane begins in `y`.
    at: usize,
}

/// Results computed together, so that sums, a row of the kernel and an input fit sixteen registers. The rows of networks for
/// 224 pixels are multiples of it.
const TOGETHER: usize = 7;

impl Kernel for Plane<'_> {
    #[inline(always)]
    fn run<V: Vector, const VECTORS: usize>(self) {
        let stencil = self.stencil;
        for (i, rows) in stencil.rows.iter().enumerate() {
            for columns in &stencil.columns {
                for lane in (0..VECTORS).map(|vector| vector * V::LANES) {
                    let run = Run { plane: &self, rows, columns, row: i, lane };
                    // SAFETY: `Stencil` has laid rows and columns out within the plane, its margins and the result.
                    unsafe {
                        match (columns.neighbours(), columns.stride) {
                            (Some(1), 1) => run.all::<V, 1, 1>(),
                            (Some(2), 1) => run.all::<V, 2, 1>(),
                            (Some(3), 1) => run.all::<V, 3, 1>(),
                            (Some(5), 1) => run.all::<V, 5, 1>(),
                            (Some(3), 2) => run.all::<V, 3, 2>(),
                            (Some(5), 2) => run.all::<V, 5, 2>(),
                            _ => run.each::<V>(),
                        }
                    }
                }
            }
        }
    }
}

impl Columns {
    /// The number of taps, if they lie side by side.
    fn neighbours(&self) -> Option<usize> {
        let side_by_side = self.taps.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1);
        side_by_side.then_some(self.taps.len())
    }
}

/// Some lanes of one row of results.
struct Run<'a> {
    plane: &'a Plane<'a>,
    rows: &'a [(usize, usize)],
    columns: &'a Columns,
    row: usize,
    lane: usize,
}

impl Run<'_> {
    /// Where the input of result `j` begins in an input row: that of the first tap.
    ///
    /// # Safety
    /// There is such a row and such a result.
    #[inline(always)]
    unsafe fn x(&self, row: usize, column: usize) -> *const f32 {
        let at = (row * self.plane.stencil.width + column) * BLOCK + self.lane;
        unsafe { self.plane.x.as_ptr().add(at) }
    }

    #[inline(always)]
    unsafe fn w(&self, u: usize, v: usize) -> *const f32 {
        let at = (u * self.plane.stencil.kernel[1] + v) * BLOCK + self.lane;
        unsafe { self.plane.w.as_ptr().add(at) }
    }

    /// Ends and writes result `j`.
    #[inline(always)]
    unsafe fn put<V: Vector>(&self, j: usize, sum: V) {
        let Plane { stencil, finish, channel, y, at, .. } = self.plane;
        let position = self.row * stencil.output.w + self.columns.first + j * self.columns.step;
        let at = at + position * BLOCK + self.lane;
        unsafe { finish.apply(sum, channel + self.lane, at).store(y.at(at)) };
    }

    /// All results, for a kernel whose row of `TAPS` lies side by side.
    #[inline(always)]
    unsafe fn all<V: Vector, const TAPS: usize, const STRIDE: usize>(&self) {
        let count = self.columns.count;
        if count < TOGETHER {
            for j in 0..count {
                unsafe { self.together::<V, TAPS, STRIDE, 1>(j) };
            }
            return;
        }
        // The last ones overlap those before them: cheaper than a loop for the remainder.
        for j in (0..count).step_by(TOGETHER) {
            unsafe { self.together::<V, TAPS, STRIDE, TOGETHER>(j.min(count - TOGETHER)) };
        }
    }

    /// `SIZE` results from the `j`-th on. Each input is loaded once and serves every result that sees it.
    #[inline(always)]
    unsafe fn together<V: Vector, const TAPS: usize, const STRIDE: usize, const SIZE: usize>(
        &self,
        j: usize,
    ) {
        let mut sums = [V::splat(0.0); SIZE];
        let taps = &self.columns.taps;
        for &(row, u) in self.rows {
            unsafe {
                let w: [V; TAPS] = std::array::from_fn(|tap| V::load(self.w(u, taps[tap].1)));
                let x = self.x(row, taps[0].0 + j * STRIDE);
                for column in 0..(SIZE - 1) * STRIDE + TAPS {
                    let x = V::load(x.add(column * BLOCK));
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
            }
        }
        for (i, sum) in sums.into_iter().enumerate() {
            unsafe { self.put(j + i, sum) };
        }
    }

    /// All results, for any kernel.
    #[inline(always)]
    unsafe fn each<V: Vector>(&self) {
        let columns = self.columns;
        for j in 0..columns.count {
            let mut sum = V::splat(0.0);
            for &(row, u) in self.rows {
                for &(column, v) in &columns.taps {
                    unsafe {
                        let x = V::load(self.x(row, column + j * columns.stride));
                        sum = sum.add_product(x, V::load(self.w(u, v)));
                    }
                }
            }
            unsafe { self.put(j, sum) };
        }
    }
}
