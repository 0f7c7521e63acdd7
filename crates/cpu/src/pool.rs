//! Pooling.

use std::rc::Rc;

use candle_core::Tensor;
use candling_core::ops::{AvgPool, MaxPool, Window};
use candling_core::{Error, Result, Shape};

use crate::storage::{read, shape, tensor};

/// The input positions, within one plane, that the window at output `(i, j)` sees, row-major.
fn seen(window: &Window, x: Shape, i: usize, j: usize) -> impl Iterator<Item = usize> {
    let window = *window;
    let [kh, kw] = window.kernel;
    (0..kh).filter_map(move |u| window.row(i, u, x.h)).flat_map(move |row| {
        (0..kw).filter_map(move |v| window.column(j, v, x.w)).map(move |column| row * x.w + column)
    })
}

/// Every output position of one plane.
fn positions(y: Shape) -> impl Iterator<Item = (usize, usize)> {
    (0..y.h).flat_map(move |i| (0..y.w).map(move |j| (i, j)))
}

pub(crate) fn max(x: &Tensor, op: &MaxPool, ys: Shape) -> Result<(Tensor, Rc<[u32]>)> {
    let xs = shape(x);
    let mut y = Vec::with_capacity(ys.len());
    let mut winners = Vec::with_capacity(ys.len());
    read(x, |x| {
        for (first, plane) in x.chunks_exact(xs.area()).enumerate().map(|(i, p)| (i * xs.area(), p)) {
            for (i, j) in positions(ys) {
                // Only a greater value takes over, so the first maximum wins a tie; NaN takes over, as in PyTorch.
                let later = |a: usize, b: usize| {
                    if plane[b] > plane[a] || plane[b].is_nan() { b } else { a }
                };
                let winner = seen(&op.window, xs, i, j)
                    .reduce(later)
                    .ok_or_else(|| Error::Backend("max_pool: a window outside the picture".into()))?;
                y.push(plane[winner]);
                winners.push((first + winner) as u32);
            }
        }
        Ok(())
    })??;
    Ok((tensor(ys, y)?, winners.into()))
}

// y = x[winner]
pub(crate) fn max_vjp(dy: &Tensor, winners: &[u32], xs: Shape) -> Result<Tensor> {
    let mut dx = vec![0.0; xs.len()];
    read(dy, |dy| dy.iter().zip(winners).for_each(|(dy, &winner)| dx[winner as usize] += dy))?;
    tensor(xs, dx)
}

pub(crate) fn avg(x: &Tensor, op: &AvgPool, ys: Shape) -> Result<Tensor> {
    let xs = shape(x);
    let mut y = Vec::with_capacity(ys.len());
    read(x, |x| {
        for plane in x.chunks_exact(xs.area()) {
            y.extend(positions(ys).map(|(i, j)| {
                let sum: f32 = seen(&op.window, xs, i, j).map(|at| plane[at]).sum();
                sum / op.divisor(i, j, xs) as f32
            }));
        }
    })?;
    tensor(ys, y)
}

// y = Σ x / divisor
pub(crate) fn avg_vjp(dy: &Tensor, op: &AvgPool, xs: Shape) -> Result<Tensor> {
    let ys = shape(dy);
    let mut dx = vec![0.0; xs.len()];
    read(dy, |dy| {
        for (dx, dy) in dx.chunks_exact_mut(xs.area()).zip(dy.chunks_exact(ys.area())) {
            for ((i, j), dy) in positions(ys).zip(dy) {
                let share = dy / op.divisor(i, j, xs) as f32;
                seen(&op.window, xs, i, j).for_each(|at| dx[at] += share);
            }
        }
    })?;
    tensor(xs, dx)
}

pub(crate) fn global_avg(x: &Tensor) -> Result<Tensor> {
    let xs = shape(x);
    // `f64`: a plane may have 10⁵ positions
    let mean = |plane: &[f32]| (plane.iter().copied().map(f64::from).sum::<f64>() / xs.area() as f64) as f32;
    let y = read(x, |x| x.chunks_exact(xs.area()).map(mean).collect())?;
    tensor(Shape::vector(xs.n, xs.c), y)
}

// y = Σ x / (h·w)
pub(crate) fn global_avg_vjp(dy: &Tensor, xs: Shape) -> Result<Tensor> {
    let spread = |&dy: &f32| std::iter::repeat_n(dy / xs.area() as f32, xs.area());
    tensor(xs, read(dy, |dy| dy.iter().flat_map(spread).collect())?)
}
