//! Any convolution as a matrix product: `im2col` lays out, for each tap, the input value that each output
//! position sees through it (Chellapilla et al. 2006); `col2im` is its transpose.

use candle_core::Tensor;
use candling_core::ops::{Conv2d, Window};
use candling_core::{Activation, Result, Shape};

use super::Epilogue;
use crate::gemm::Packed;
use crate::storage::{read, shape, tensor, workspace};

pub(super) struct Im2col {
    op: Conv2d,
    groups: Vec<Group>,
    epilogue: Epilogue,
}

/// The weights of one group.
struct Group {
    /// `[out / groups, in / groups · kh · kw]`
    w: Packed,
    transposed: Packed,
}

impl Im2col {
    pub(super) fn prepare(op: &Conv2d, w: &[f32], epilogue: Epilogue) -> Self {
        let rows = op.out_channels / op.groups;
        let taps = op.in_channels / op.groups * op.window.taps();
        let group =
            |w| Group { w: Packed::new(w, rows, taps), transposed: Packed::transposed(w, rows, taps) };
        Self { op: *op, groups: w.chunks_exact(rows * taps).map(group).collect(), epilogue }
    }

    pub(super) fn forward(&self, x: &Tensor, ys: Shape) -> Result<Tensor> {
        let xs = shape(x);
        let group_of_x = self.op.in_channels / self.op.groups * xs.area();
        let biases = self.epilogue.bias.chunks_exact(self.op.out_channels / self.op.groups);
        let mut y = Vec::with_capacity(ys.len());
        read(x, |x| {
            // groups of all pictures, in the order of the output's channels
            for (x, (group, bias)) in x.chunks_exact(group_of_x).zip(self.groups.iter().zip(biases).cycle()) {
                let columns = im2col(&self.op.window, xs, ys, x)?;
                group.w.multiply(&columns, ys.area(), bias, self.epilogue.activation, &mut y);
            }
            Ok(())
        })??;
        tensor(ys, y)
    }

    // z = w · im2col(x) + b
    pub(super) fn vjp(&self, dz: &Tensor, xs: Shape) -> Result<Tensor> {
        let ys = shape(dz);
        let group_of_x = self.op.in_channels / self.op.groups * xs.area();
        let group_of_z = self.op.out_channels / self.op.groups * ys.area();
        let mut dx = vec![0.0; xs.len()];
        // refuses what the forward pass refuses
        let mut columns = workspace(&[xs.c / self.op.groups, self.op.window.taps(), ys.area()])?;
        read(dz, |dz| {
            let groups = dz.chunks_exact(group_of_z).zip(self.groups.iter().cycle());
            for ((dz, group), dx) in groups.zip(dx.chunks_exact_mut(group_of_x)) {
                columns.clear();
                group.transposed.multiply(dz, ys.area(), &[], Activation::None, &mut columns);
                col2im(&self.op.window, xs, ys, &columns, dx);
            }
        })?;
        tensor(xs, dx)
    }
}

/// `[channels · taps, output positions]` from the planes of one group of one picture.
fn im2col(window: &Window, xs: Shape, ys: Shape, x: &[f32]) -> Result<Vec<f32>> {
    let mut columns = workspace(&[x.len() / xs.area(), window.taps(), ys.area()])?;
    for_each_run(window, xs, ys, x.len(), |to, from, step, n| {
        let from = x[from..].iter().step_by(step);
        columns[to..to + n].iter_mut().zip(from).for_each(|(column, &x)| *column = x);
    });
    Ok(columns)
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
