//! Kernels that look at one value at a time.

use candling_core::{Activation, Gate, ReluRule, Result, Shape};

use crate::Blocked;
use crate::blocked::{BLOCK, blocks, padded, size};

/// `y = f(x)`; `f` keeps zero, which fills the lanes beyond the last channel.
fn map(x: &Blocked, f: impl Fn(f32) -> f32) -> Result<Blocked> {
    Blocked::new(x.shape(), x.read(|x| x.iter().map(|&v| f(v)).collect())?)
}

pub(crate) fn activation(x: &Blocked, a: Activation) -> Result<Blocked> {
    match a {
        Activation::None => Ok(x.clone()),
        Activation::Relu => map(x, |v| Activation::Relu.apply(v)),
        Activation::Relu6 => map(x, |v| Activation::Relu6.apply(v)),
    }
}

pub(crate) fn activation_vjp(dy: &Blocked, y: &Blocked, a: Activation, rule: ReluRule) -> Result<Blocked> {
    let closed = a.closed(rule);
    let dx = dy.read(|dy| y.read(|y| dy.iter().zip(y).map(|(&dy, &y)| closed.pass(y, dy)).collect()))??;
    Blocked::new(dy.shape(), dx)
}

/// The gradient after the gate, for kernels that do not open it in registers.
pub(crate) fn gated(dy: Blocked, gate: Option<Gate<'_, Blocked>>) -> Result<Blocked> {
    match gate {
        Some(Gate { y, activation, rule }) => activation_vjp(&dy, y, activation, rule),
        None => Ok(dy),
    }
}

/// `y = a + b`, `b` of the same shape or one value for all positions of a channel.
pub(crate) fn add(a: &Blocked, b: &Blocked) -> Result<Blocked> {
    let (s, of_b) = (a.shape(), b.shape());
    let sum = |a: &[f32], b: &[f32]| -> Vec<f32> {
        if s == of_b {
            return a.iter().zip(b).map(|(a, b)| a + b).collect();
        }
        let planes = a.chunks_exact(s.area() * BLOCK).zip(b.chunks_exact(BLOCK));
        planes.flat_map(|(a, b)| a.iter().zip(b.iter().cycle()).map(|(a, b)| a + b)).collect()
    };
    Blocked::new(s, a.read(|a| b.read(|b| sum(a, b)))??)
}

// y = a + b
pub(crate) fn add_vjp(dy: &Blocked, x: Shape) -> Result<Blocked> {
    let s = dy.shape();
    if s == x {
        return Ok(dy.clone());
    }
    let mut dx = vec![0.0; size(x)];
    dy.read(|dy| {
        for (dx, plane) in dx.chunks_exact_mut(BLOCK).zip(dy.chunks_exact(s.area() * BLOCK)) {
            for lanes in plane.chunks_exact(BLOCK) {
                dx.iter_mut().zip(lanes).for_each(|(dx, dy)| *dx += dy);
            }
        }
    })?;
    Blocked::new(x, dx)
}

/// Scale and shift per channel, zeros up to a whole block.
pub struct Affine {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl Affine {
    pub(crate) fn prepare(scale: &[f32], shift: &[f32]) -> Self {
        Self { scale: padded(scale), shift: padded(shift) }
    }

    pub(crate) fn forward(&self, x: &Blocked) -> Result<Blocked> {
        self.by_channel(x, |c, v| self.scale[c] * v + self.shift[c])
    }

    // y = scale·x + shift
    pub(crate) fn vjp(&self, dy: &Blocked) -> Result<Blocked> {
        self.by_channel(dy, |c, v| self.scale[c] * v)
    }

    fn by_channel(&self, x: &Blocked, f: impl Fn(usize, f32) -> f32) -> Result<Blocked> {
        let s = x.shape();
        let mut y = Vec::with_capacity(size(s));
        x.read(|x| {
            for (i, plane) in x.chunks_exact(s.area() * BLOCK).enumerate() {
                let channel = i % blocks(s.c) * BLOCK;
                y.extend(plane.iter().enumerate().map(|(i, &v)| f(channel + i % BLOCK, v)));
            }
        })?;
        Blocked::new(s, y)
    }
}
