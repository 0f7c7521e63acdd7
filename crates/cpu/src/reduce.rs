//! Reductions over the positions of a channel, and their vjp.

use candling_core::ops::Reduce;
use candling_core::{Result, Shape};

use crate::Blocked;
use crate::blocked::{BLOCK, size};
use crate::pool::{Lanes, add};

pub(crate) fn reduce(x: &Blocked, to: Reduce) -> Result<Blocked> {
    let xs = x.shape();
    let ys = Shape::vector(xs.n, xs.c);
    let one: fn(&[Lanes]) -> Lanes = match to {
        Reduce::Sum => sum,
        Reduce::Mean => mean,
    };
    let planes = |x: &[f32]| x.as_chunks::<BLOCK>().0.chunks_exact(xs.area()).flat_map(one).collect();
    Blocked::new(ys, x.read(planes)?)
}

fn sum(plane: &[Lanes]) -> Lanes {
    let mut sum = [0.0; BLOCK];
    plane.iter().for_each(|lanes| add(&mut sum, lanes));
    sum
}

fn mean(plane: &[Lanes]) -> Lanes {
    // `f64`: a plane may have 10⁵ positions
    let mut sum = [0.0f64; BLOCK];
    for lanes in plane {
        sum.iter_mut().zip(lanes).for_each(|(sum, &v)| *sum += f64::from(v));
    }
    sum.map(|sum| (sum / plane.len() as f64) as f32)
}

// y = Σ x, or Σ x / (h·w)
pub(crate) fn spread(dy: &Blocked, from: Reduce, xs: Shape) -> Result<Blocked> {
    let parts = match from {
        Reduce::Sum => 1.0,
        Reduce::Mean => xs.area() as f32,
    };
    let mut dx = Vec::with_capacity(size(xs));
    dy.read(|dy| {
        for lanes in dy.as_chunks::<BLOCK>().0 {
            let share = lanes.map(|dy| dy / parts);
            (0..xs.area()).for_each(|_| dx.extend_from_slice(&share));
        }
    })?;
    Blocked::new(xs, dx)
}
