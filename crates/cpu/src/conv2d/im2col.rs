//! Any convolution as a matrix product: `im2col` lays out, for each tap, the input value that each output
//! position sees through it (Chellapilla et al. 2006); `col2im` is its transpose.

use candle_core::Tensor;
use candling_core::ops::{Conv2d, Window};
use candling_core::{Result, Shape};

use super::Epilogue;
use crate::DEVICE;
use crate::storage::{error, join, read, shape, tensor};

pub(super) struct Im2col {
    op: Conv2d,
    /// Per group `[out / groups, in / groups · kh · kw]`.
    w: Vec<Tensor>,
    epilogue: Epilogue,
}

impl Im2col {
    pub(super) fn prepare(op: &Conv2d, w: &[f32], epilogue: Epilogue) -> Result<Self> {
        let rows = op.out_channels / op.groups;
        let taps = op.in_channels / op.groups * op.window.taps();
        let group = |w| Tensor::from_slice(w, (rows, taps), &DEVICE).map_err(error);
        let w = w.chunks_exact(rows * taps).map(group).collect::<Result<_>>()?;
        Ok(Self { op: *op, w, epilogue })
    }

    pub(super) fn forward(&self, x: &Tensor, y: Shape) -> Result<Tensor> {
        let xs = shape(x);
        let group_of_x = self.op.in_channels / self.op.groups * xs.area();
        let taps = self.op.in_channels / self.op.groups * self.op.window.taps();
        let products = read(x, |x| {
            // groups of all pictures, in the order of the output's channels
            let groups = x.chunks_exact(group_of_x).zip(self.w.iter().cycle());
            groups
                .map(|(x, w)| {
                    let columns = im2col(&self.op.window, xs, y, x);
                    w.matmul(&Tensor::from_vec(columns, (taps, y.area()), &DEVICE)?)
                })
                .collect::<candle_core::Result<Vec<_>>>()
        })?;
        let z = join(products.map_err(error)?, y)?;
        self.epilogue.apply(&z)?;
        Ok(z)
    }

    // z = w · im2col(x)
    pub(super) fn vjp(&self, dz: &Tensor, xs: Shape) -> Result<Tensor> {
        let ys = shape(dz);
        let rows = self.op.out_channels / self.op.groups;
        let group_of_x = self.op.in_channels / self.op.groups * xs.area();
        let dz = dz.reshape((ys.n * self.op.groups, rows, ys.area())).map_err(error)?;
        let mut dx = vec![0.0; xs.len()];
        for (g, dx) in dx.chunks_exact_mut(group_of_x).enumerate() {
            let w = &self.w[g % self.op.groups];
            let columns = w.t().and_then(|w| w.matmul(&dz.get(g)?)).map_err(error)?;
            read(&columns, |columns| col2im(&self.op.window, xs, ys, columns, dx))?;
        }
        tensor(xs, dx)
    }
}

/// `[channels · taps, output positions]` from the planes of one group of one picture.
fn im2col(window: &Window, xs: Shape, ys: Shape, x: &[f32]) -> Vec<f32> {
    let mut columns = vec![0.0; x.len() / xs.area() * window.taps() * ys.area()];
    for_each_run(window, xs, ys, x.len(), |to, from, step, n| {
        let from = x[from..].iter().step_by(step);
        columns[to..to + n].iter_mut().zip(from).for_each(|(column, &x)| *column = x);
    });
    columns
}

/// Adds every column entry back to the input value that it came from.
fn col2im(window: &Window, xs: Shape, ys: Shape, columns: &[f32], dx: &mut [f32]) {
    for_each_run(window, xs, ys, dx.len(), |from, to, step, n| {
        let to = dx[to..].iter_mut().step_by(step);
        to.zip(&columns[from..from + n]).for_each(|(dx, column)| *dx += column);
    });
}

/// Calls `f(start in columns, start in x, step in x, length)` for every stretch of an output row whose tap lies
/// in the picture.
fn for_each_run(
    window: &Window,
    xs: Shape,
    ys: Shape,
    x_len: usize,
    mut f: impl FnMut(usize, usize, usize, usize),
) {
    let [kh, kw] = window.kernel;
    let step = window.stride[1];
    let mut row_of_columns = 0;
    for plane in (0..x_len).step_by(xs.area()) {
        for u in 0..kh {
            for v in 0..kw {
                let sees = |j: usize| window.column(j, v, xs.w);
                let first = (0..ys.w).find(|&j| sees(j).is_some());
                let end = (0..ys.w).rev().find(|&j| sees(j).is_some()).map_or(0, |last| last + 1);
                if let Some((first, column)) = first.and_then(|j| Some((j, sees(j)?))) {
                    for i in 0..ys.h {
                        if let Some(row) = window.row(i, u, xs.h) {
                            let to = row_of_columns + i * ys.w + first;
                            f(to, plane + row * xs.w + column, step, end - first);
                        }
                    }
                }
                row_of_columns += ys.area();
            }
        }
    }
}
