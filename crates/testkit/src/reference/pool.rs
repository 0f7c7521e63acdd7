//! Pooling windows, one at a time.

use std::rc::Rc;

use candling_core::Shape;
use candling_core::ops::{AvgPool, MaxPool, Window};

use super::{Array, at};

/// Calls `f(index in y, output row, output column, indices in x of the window's elements)` per window.
fn for_each_window(window: &Window, xs: Shape, ys: Shape, mut f: impl FnMut(usize, usize, usize, &[usize])) {
    let [kh, kw] = window.kernel;
    for n in 0..ys.n {
        for c in 0..ys.c {
            for i in 0..ys.h {
                for j in 0..ys.w {
                    let mut elements = Vec::new();
                    for row in (0..kh).filter_map(|u| window.row(i, u, xs.h)) {
                        for column in (0..kw).filter_map(|v| window.column(j, v, xs.w)) {
                            elements.push(at(xs, n, c, row, column));
                        }
                    }
                    f(at(ys, n, c, i, j), i, j, &elements);
                }
            }
        }
    }
}

pub(super) fn max(x: &Array, op: &MaxPool, ys: Shape) -> (Array, Rc<Vec<usize>>) {
    let mut winners = vec![0; ys.len()];
    for_each_window(&op.window, x.shape, ys, |y, _, _, elements| {
        let first_of_maxima = |a: usize, b: usize| if x.data[b] > x.data[a] { b } else { a };
        winners[y] = elements.iter().copied().reduce(first_of_maxima).expect("window sees the picture");
    });
    let y = winners.iter().map(|&winner| x.data[winner]).collect();
    (Array::new(ys, y), Rc::new(winners))
}

pub(super) fn avg(x: &Array, op: &AvgPool, ys: Shape) -> Array {
    let mut mean = Array::zeros(ys);
    for_each_window(&op.window, x.shape, ys, |y, i, j, elements| {
        let sum: f64 = elements.iter().map(|&e| x.data[e]).sum();
        mean[y] = sum / op.divisor(i, j, x.shape) as f64;
    });
    Array::new(ys, mean)
}

// y = Σ x / divisor
pub(super) fn avg_vjp(dy: &Array, op: &AvgPool, xs: Shape) -> Array {
    let mut dx = Array::zeros(xs);
    for_each_window(&op.window, xs, dy.shape, |y, i, j, elements| {
        let share = dy.data[y] / op.divisor(i, j, xs) as f64;
        elements.iter().for_each(|&e| dx[e] += share);
    });
    Array::new(xs, dx)
}
