//! Pooling.

use std::sync::Arc;

use candling_core::ops::{AvgPool, MaxPool, Window};
use candling_core::{Error, Result, Shape};

use crate::Blocked;
use crate::blocked::{BLOCK, size};

/// The values of a block's channels at one position.
pub(crate) type Lanes = [f32; BLOCK];

/// The input positions, within one plane, that the window at output `(i, j)` covers, row-major.
fn seen(window: &Window, x: Shape, i: usize, j: usize) -> impl Iterator<Item = usize> {
    let window = *window;
    let [kh, kw] = window.kernel;
    (0..kh).filter_map(move |u| window.row(i, u, x.h)).flat_map(move |row| {
        (0..kw).filter_map(move |v| window.column(j, v, x.w)).map(move |column| row * x.w + column)
    })
}

/// All output positions of one plane.
fn positions(y: Shape) -> impl Iterator<Item = (usize, usize)> {
    (0..y.h).flat_map(move |i| (0..y.w).map(move |j| (i, j)))
}

/// The maxima, and for every output the position of its maximum within the plane.
pub(crate) fn max(x: &Blocked, op: &MaxPool, ys: Shape) -> Result<(Blocked, Arc<[u32]>)> {
    let xs = x.shape();
    let mut y = Vec::with_capacity(size(ys));
    let mut winners = Vec::with_capacity(size(ys));
    x.read(|x| {
        for plane in x.as_chunks::<BLOCK>().0.chunks_exact(xs.area()) {
            for (i, j) in positions(ys) {
                let mut seen = seen(&op.window, xs, i, j);
                let first = seen
                    .next()
                    .ok_or_else(|| Error::Backend("max_pool: a window outside the picture".into()))?;
                let mut of_lanes = [first; BLOCK];
                for at in seen {
                    for (lane, winner) in of_lanes.iter_mut().enumerate() {
                        // only a greater value replaces the maximum, so the first one wins a tie; NaN
                        // replaces it, as in PyTorch
                        let v = plane[at][lane];
                        if v > plane[*winner][lane] || v.is_nan() {
                            *winner = at;
                        }
                    }
                }
                for (lane, &winner) in of_lanes.iter().enumerate() {
                    y.push(plane[winner][lane]);
                    winners.push(winner as u32);
                }
            }
        }
        Ok(())
    })??;
    Ok((Blocked::new(ys, y)?, winners.into()))
}

// y = x[winner]
pub(crate) fn max_vjp(dy: &Blocked, winners: &[u32], xs: Shape) -> Result<Blocked> {
    let of_plane = dy.shape().area() * BLOCK;
    let mut dx = vec![0.0; size(xs)];
    dy.read(|dy| {
        let planes = dx.chunks_exact_mut(xs.area() * BLOCK);
        for (dx, (dy, winners)) in planes.zip(dy.chunks_exact(of_plane).zip(winners.chunks_exact(of_plane))) {
            for (i, (dy, &winner)) in dy.iter().zip(winners).enumerate() {
                dx[winner as usize * BLOCK + i % BLOCK] += dy;
            }
        }
    })?;
    Blocked::new(xs, dx)
}

pub(crate) fn avg(x: &Blocked, op: &AvgPool, ys: Shape) -> Result<Blocked> {
    let xs = x.shape();
    let mut y = Vec::with_capacity(size(ys));
    x.read(|x| {
        for plane in x.as_chunks::<BLOCK>().0.chunks_exact(xs.area()) {
            for (i, j) in positions(ys) {
                let mut sum = [0.0; BLOCK];
                seen(&op.window, xs, i, j).for_each(|at| add(&mut sum, &plane[at]));
                let divisor = op.divisor(i, j, xs) as f32;
                y.extend(sum.map(|sum| sum / divisor));
            }
        }
    })?;
    Blocked::new(ys, y)
}

// y = Σ x / divisor
pub(crate) fn avg_vjp(dy: &Blocked, op: &AvgPool, xs: Shape) -> Result<Blocked> {
    let ys = dy.shape();
    let mut dx = vec![0.0; size(xs)];
    dy.read(|dy| {
        let planes = dx.as_chunks_mut::<BLOCK>().0.chunks_exact_mut(xs.area());
        for (dx, dy) in planes.zip(dy.as_chunks::<BLOCK>().0.chunks_exact(ys.area())) {
            for ((i, j), dy) in positions(ys).zip(dy) {
                let divisor = op.divisor(i, j, xs) as f32;
                let share = dy.map(|dy| dy / divisor);
                seen(&op.window, xs, i, j).for_each(|at| add(&mut dx[at], &share));
            }
        }
    })?;
    Blocked::new(xs, dx)
}

pub(crate) fn add(sum: &mut Lanes, lanes: &Lanes) {
    sum.iter_mut().zip(lanes).for_each(|(sum, v)| *sum += v);
}
