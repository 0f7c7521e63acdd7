//! Any convolution in one group, as [matrix products](crate::product) that read the input at an offset per
//! tap: no im2col, only padding and, for strides, phases.
//!
//! The positions of a product must be contiguous. So each row of the input is sorted by column modulo stride:
//! first the columns `0, s, 2s, …`, then `1, s + 1, …`; the inputs of neighbouring results are then
//! contiguous for each tap. In the backward pass the results are sorted by phase instead: results at a
//! distance of `s` use the same taps, and each phase is a product.

use std::sync::OnceLock;

use candling_core::ops::{Conv2d, Window};
use candling_core::{Gate, Result, Shape};

use super::Epilogue;
use crate::Blocked;
use crate::blocked::{BLOCK, blocks, size, workspace};
use crate::finish::Finish;
use crate::parallel::{self, SharedSlice, written};
use crate::product::{Panels, Product, Terms};
use crate::simd::Instructions;

pub(super) struct Dense {
    op: Conv2d,
    /// `[out, in, taps]`
    w: Panels,
    /// A transpose for every phase of rows and columns that a tap meets, made when the first gradient is
    /// computed.
    transposed: OnceLock<Vec<Transposed>>,
    epilogue: Epilogue,
}

/// The transposed weights of the taps that meet one phase of the input.
struct Transposed {
    /// The phase: `(i + padding) mod stride` of its rows and columns of the input.
    phase: [usize; 2],
    /// The taps, as row and column of the kernel.
    taps: Vec<[usize; 2]>,
    w: Panels,
}

impl Dense {
    pub(super) fn prepare(op: &Conv2d, w: &[f32], b: &[f32]) -> Self {
        let terms = Terms { taps: op.window.taps(), channels: op.in_channels };
        let epilogue = Epilogue::new(b, op.activation);
        Self { op: *op, w: Panels::new(w, terms), transposed: OnceLock::new(), epilogue }
    }

    // z[i, j] = b + Σ w[u, v] · x[i·s + u·d − p, j·s + v·d − p]
    pub(super) fn forward(&self, instructions: Instructions, x: &Blocked, ys: Shape) -> Result<Blocked> {
        let Window { kernel, stride, dilation, padding } = self.op.window;
        let reach = |axis: usize, results: usize| {
            results.saturating_sub(1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1
        };
        let field =
            Field::new(x.shape(), [padding.top, padding.left], [reach(0, ys.h), reach(1, ys.w)], stride[1])?;
        let tap = |u: usize, v: usize| field.at(u * dilation[0], v * dilation[1]);
        let taps: Vec<usize> = each_tap(kernel).map(|[u, v]| tap(u, v)).collect();
        let plane = ys.area() * BLOCK;
        let write = |x: &[f32], y: SharedSlice| {
            for (i, x) in x.chunks_exact(field.picture()).enumerate() {
                let product = Product {
                    w: &self.w,
                    x,
                    taps: &taps,
                    x_block: field.plane(),
                    x_row: stride[0] * field.row(),
                    y,
                    start: i * self.w.len() * plane,
                    y_block: plane,
                    y_row: ys.w * BLOCK,
                    y_step: BLOCK,
                    rows: ys.h,
                    length: ys.w,
                    finish: self.epilogue.finish(),
                };
                // SAFETY: every row of every block, and each picture writes its own.
                unsafe { product.run(instructions) };
            }
        };
        assert_eq!(self.w.outputs, ys.c, "a channel for every output");
        let x = x.read(|x| field.lay_out(x))?;
        // SAFETY: all positions of all blocks of all pictures are written.
        Blocked::new(ys, unsafe { written(size(ys), |y| write(&x, y)) })
    }

    // dx[i, j] = Σ w[u, v]ᵀ · dz[(i + p − u·d) / s, (j + p − v·d) / s], over the taps where the divisions
    // come out even
    pub(super) fn vjp(
        &self,
        instructions: Instructions,
        dz: &Blocked,
        xs: Shape,
        gate: Option<Gate<'_, Blocked>>,
    ) -> Result<Blocked> {
        let Window { kernel, stride, dilation, padding } = self.op.window;
        let padding = [padding.top, padding.left];
        let extent = [xs.h, xs.w];
        // taps look back by at most this many rows and columns of `dz`
        let margin = [0, 1].map(|axis| (kernel[axis] - 1) * dilation[axis] / stride[axis]);
        let reach = |axis: usize| (extent[axis] - 1 + padding[axis]) / stride[axis] + margin[axis] + 1;
        let field = Field::new(dz.shape(), margin, [reach(0), reach(1)], 1)?;
        let plane = xs.area() * BLOCK;
        let x_blocks = blocks(xs.c);
        let write = |dz: &[f32], finish: Finish<'_>, dx: SharedSlice| {
            if self.transposed().len() < stride[0].saturating_mul(stride[1]) {
                // SAFETY: the whole result.
                unsafe { dx.zeros(0, size(xs)) };
            }
            for (i, dz) in dz.chunks_exact(field.picture()).enumerate() {
                for Transposed { phase, taps, w } in self.transposed() {
                    // the first row and column of the phase, and their number
                    let first = [0, 1].map(|axis| {
                        let s = stride[axis];
                        (phase[axis] + s - padding[axis] % s) % s
                    });
                    let count =
                        [0, 1].map(|axis| extent[axis].saturating_sub(first[axis]).div_ceil(stride[axis]));
                    let seen = |axis: usize, tap: usize| {
                        margin[axis] + (first[axis] + padding[axis]) / stride[axis]
                            - tap * dilation[axis] / stride[axis]
                    };
                    let taps: Vec<usize> =
                        taps.iter().map(|&[u, v]| field.at(seen(0, u), seen(1, v))).collect();
                    let product = Product {
                        w,
                        x: dz,
                        taps: &taps,
                        x_block: field.plane(),
                        x_row: field.row(),
                        y: dx,
                        start: i * x_blocks * plane + (first[0] * xs.w + first[1]) * BLOCK,
                        y_block: plane,
                        y_row: stride[0] * xs.w * BLOCK,
                        y_step: stride[1] * BLOCK,
                        rows: count[0],
                        length: count[1],
                        finish,
                    };
                    // SAFETY: the positions of the phase in every block, and each picture writes its own.
                    unsafe { product.run(instructions) };
                }
            }
        };
        let dz = dz.read(|dz| field.lay_out(dz))?;
        // SAFETY: the phases together cover every position, or the rest was set to zero.
        let dx = Finish::with_gate(gate, |finish| unsafe { written(size(xs), |dx| write(&dz, finish, dx)) })?;
        Blocked::new(xs, dx)
    }

    fn transposed(&self) -> &[Transposed] {
        self.transposed.get_or_init(|| {
            let Window { kernel, stride, dilation, .. } = self.op.window;
            // a phase that no tap meets has zero gradient
            let met = |axis: usize| {
                let phases = (0..kernel[axis]).map(|tap| tap * dilation[axis] % stride[axis]);
                (0..stride[axis]).filter(|&phase| phases.clone().any(|met| met == phase)).collect::<Vec<_>>()
            };
            let (rows, columns) = (met(0), met(1));
            let phases = rows.iter().flat_map(|&row| columns.iter().map(move |&column| [row, column]));
            let of_phase = |phase: [usize; 2]| {
                let meets = |tap: &[usize; 2]| {
                    (0..2).all(|axis| tap[axis] * dilation[axis] % stride[axis] == phase[axis])
                };
                let taps: Vec<_> = each_tap(kernel).filter(meets).collect();
                let places: Vec<_> = taps.iter().map(|[u, v]| u * kernel[1] + v).collect();
                Transposed { phase, w: self.w.transposed(&places), taps }
            };
            phases.map(of_phase).collect()
        })
    }
}

/// The row and column of every tap, in order.
fn each_tap([height, width]: [usize; 2]) -> impl Iterator<Item = [usize; 2]> {
    (0..height).flat_map(move |u| (0..width).map(move |v| [u, v]))
}

/// A zero-padded tensor, `[n, block, row, phase, column, BLOCK]`: the inputs of a tap are contiguous, and no
/// tap has to check where the picture ends.
struct Field {
    of: Shape,
    /// Rows of zeros above and columns of zeros to the left.
    margin: [usize; 2],
    rows: usize,
    /// Column `j` has phase `j mod phases`.
    phases: usize,
    /// Columns of a phase.
    columns: usize,
}

impl Field {
    /// A field of `extent` rows and columns, margins included.
    fn new(of: Shape, margin: [usize; 2], extent: [usize; 2], phases: usize) -> Result<Self> {
        let field = Self { of, margin, rows: extent[0], phases, columns: extent[1].div_ceil(phases) };
        workspace(&[of.n, blocks(of.c), field.rows, phases, field.columns, BLOCK])?;
        Ok(field)
    }

    /// Values in a row; below, in a plane and in a picture.
    fn row(&self) -> usize {
        self.phases * self.columns * BLOCK
    }

    fn plane(&self) -> usize {
        self.rows * self.row()
    }

    fn picture(&self) -> usize {
        blocks(self.of.c) * self.plane()
    }

    /// Offset of a position in its plane.
    fn at(&self, row: usize, column: usize) -> usize {
        row * self.row() + (column % self.phases * self.columns + column / self.phases) * BLOCK
    }

    fn lay_out(&self, x: &[f32]) -> Vec<f32> {
        let Shape { n, c, h, w } = self.of;
        let planes = n * blocks(c);
        let write = |field: SharedSlice| {
            parallel::for_each(
                planes,
                || (),
                |(), i| {
                    // SAFETY: no other task has this plane.
                    let field = unsafe { field.zeros(i * self.plane(), self.plane()) };
                    let rows = x[i * h * w * BLOCK..][..h * w * BLOCK].chunks_exact(w * BLOCK);
                    for (row, x) in rows.enumerate().take(self.rows.saturating_sub(self.margin[0])) {
                        let x = x.as_chunks::<BLOCK>().0;
                        let kept = (self.phases * self.columns).saturating_sub(self.margin[1]);
                        for phase in 0..self.phases.min(kept) {
                            let to = &mut field[self.at(row + self.margin[0], phase + self.margin[1])..];
                            let from = x[..w.min(kept)].iter().skip(phase).step_by(self.phases);
                            to.as_chunks_mut::<BLOCK>().0.iter_mut().zip(from).for_each(|(to, x)| *to = *x);
                        }
                    }
                },
            );
        };
        // SAFETY: all planes are written.
        unsafe { written(planes * self.plane(), write) }
    }
}
