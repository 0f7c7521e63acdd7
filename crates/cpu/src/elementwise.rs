//! Element-wise kernels.

use candling_core::ops::{Binary, Reduce, Unary};
use candling_core::{Activation, Gate, Result, Shape};

use crate::Blocked;
use crate::blocked::{BLOCK, blocks, padded, size};
use crate::reduce::spread;

/// `y = f(x)`; `f(0)` must be 0, which fills the lanes beyond the last channel.
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

/// The gradient behind a gate, for kernels that do not apply it in registers.
pub(crate) fn gated(dy: &Blocked, Gate { y, activation, rule }: Gate<'_, Blocked>) -> Result<Blocked> {
    let closed = activation.closed(rule);
    zip(dy, y, |dy, y| closed.pass(y, dy))
}

/// `y = f(a, b)`, lane by lane; `f(0, 0)` must be 0.
fn zip(a: &Blocked, b: &Blocked, f: impl Fn(f32, f32) -> f32) -> Result<Blocked> {
    let y = a.read(|a| b.read(|b| a.iter().zip(b).map(|(&a, &b)| f(a, b)).collect()))??;
    Blocked::new(a.shape(), y)
}

pub(crate) fn unary(x: &Blocked, f: Unary) -> Result<Blocked> {
    let s = x.shape();
    let f = f.function();
    let mut y: Vec<f32> = x.read(|x| x.iter().map(|&v| f(v)).collect())?;
    let beyond = blocks(s.c) * BLOCK - s.c;
    if beyond > 0 {
        // `f(0)` may not be 0
        for picture in y.chunks_exact_mut(size(s) / s.n) {
            let last = picture.len() - s.area() * BLOCK;
            picture[last..].chunks_exact_mut(BLOCK).for_each(|lanes| lanes[BLOCK - beyond..].fill(0.0));
        }
    }
    Blocked::new(s, y)
}

// y = f(x)
pub(crate) fn unary_vjp(dy: &Blocked, kept: &Blocked, f: Unary) -> Result<Blocked> {
    let slope = f.slope();
    zip(dy, kept, |dy, kept| slope(kept) * dy)
}

/// `y = f(a, b)`; one of them may be broadcast over the positions of a channel.
pub(crate) fn binary(a: &Blocked, b: &Blocked, f: Binary, ys: Shape) -> Result<Blocked> {
    let full = |x: &Blocked| if x.shape() == ys { Ok(x.clone()) } else { spread(x, Reduce::Sum, ys) };
    let (a, b) = (full(a)?, full(b)?);
    match f {
        Binary::Add => zip(&a, &b, |a, b| Binary::Add.apply(a, b)),
        Binary::Mul => zip(&a, &b, |a, b| Binary::Mul.apply(a, b)),
    }
}

/// Scale and shift per channel, padded with zeros to a whole block.
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
