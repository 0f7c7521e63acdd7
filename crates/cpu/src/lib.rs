//! Candling's kernels on the CPU, the same code natively and in WebAssembly.
//!
//! Tensors are candle's, in [blocks of channels](blocked); the kernels on their storage are ours. Each sum
//! adds the same terms in the same order on every CPU, so that results depend only on how often a product and
//! a sum are rounded ([`Rounding`]). candle's autograd is not used: its ReLU mask and max-pool gradient
//! differ from PyTorch's.

mod blocked;
mod conv2d;
mod elementwise;
mod finish;
mod linear;
mod parallel;
mod place;
mod pool;
mod product;
mod reduce;
mod simd;

use std::sync::Arc;

use candling_core::ops::{AvgPool, Binary, Conv2d, IndexMap, MaxPool, Reduce, Unary};
use candling_core::{Activation, Backend, Gate, Result, Shape};

pub use blocked::Blocked;
pub use conv2d::Conv;
pub use elementwise::Affine;
pub use linear::Linear;
pub use parallel::{measured, on_threads, threads_used};
use simd::Instructions;

/// How often `sum + a·b` is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Once, by a fused multiply-add: x86-64 since 2013, and WebAssembly with relaxed SIMD on such a CPU.
    Once,
    /// Twice, after the product and after the sum: any CPU.
    Twice,
}

/// The backend.
#[derive(Debug, Clone, Copy)]
pub struct Cpu {
    instructions: Instructions,
}

impl Cpu {
    /// Selects the fastest kernels that this CPU has.
    #[must_use]
    pub fn new() -> Self {
        Self { instructions: Instructions::best() }
    }

    /// Selects kernels that round in the given way, if this CPU and build have them.
    #[must_use]
    pub fn with_rounding(rounding: Rounding) -> Option<Self> {
        [Instructions::best(), Instructions::Narrow]
            .map(|instructions| Self { instructions })
            .into_iter()
            .find(|cpu| cpu.rounding() == rounding)
    }

    /// The rounding of these kernels.
    #[must_use]
    pub fn rounding(&self) -> Rounding {
        if self.instructions.fused() { Rounding::Once } else { Rounding::Twice }
    }
}

impl Default for Cpu {
    fn default() -> Self {
        Self::new()
    }
}

impl Backend for Cpu {
    type Tensor = Blocked;
    type Conv = Conv;
    type Linear = Linear;
    type Affine = Affine;
    /// For every output the position of its maximum in the plane of the input.
    type Argmax = Arc<[u32]>;

    fn upload(&self, shape: Shape, data: &[f32]) -> Result<Blocked> {
        shape.check_count("tensor", data)?;
        Blocked::from_planar(shape, data)
    }

    async fn download(&self, x: &Blocked) -> Result<Vec<f32>> {
        x.to_planar()
    }

    fn shape(&self, x: &Blocked) -> Shape {
        x.shape()
    }

    fn prepare_conv2d(&self, op: &Conv2d, w: &[f32], b: &[f32]) -> Result<Conv> {
        Ok(Conv::prepare(op, w, b))
    }

    fn conv2d(&self, x: &Blocked, conv: &Conv, y: Shape) -> Result<Blocked> {
        conv.forward(self.instructions, x, y)
    }

    fn conv2d_vjp(
        &self,
        dz: &Blocked,
        conv: &Conv,
        x: Shape,
        gate: Option<Gate<'_, Blocked>>,
    ) -> Result<Blocked> {
        conv.vjp(self.instructions, dz, x, gate)
    }

    fn prepare_linear(&self, w: &[f32], b: &[f32]) -> Result<Linear> {
        Ok(Linear::prepare(w, b))
    }

    fn linear(&self, x: &Blocked, linear: &Linear) -> Result<Blocked> {
        linear.forward(self.instructions, x)
    }

    fn linear_vjp(&self, dy: &Blocked, linear: &Linear) -> Result<Blocked> {
        linear.vjp(dy)
    }

    fn prepare_affine(&self, scale: &[f32], shift: &[f32]) -> Result<Affine> {
        Ok(Affine::prepare(scale, shift))
    }

    fn affine(&self, x: &Blocked, affine: &Affine) -> Result<Blocked> {
        affine.forward(x)
    }

    fn affine_vjp(&self, dy: &Blocked, affine: &Affine) -> Result<Blocked> {
        affine.vjp(dy)
    }

    fn activation(&self, x: &Blocked, a: Activation) -> Result<Blocked> {
        elementwise::activation(x, a)
    }

    fn gated(&self, dy: &Blocked, gate: Gate<'_, Blocked>) -> Result<Blocked> {
        elementwise::gated(dy, gate)
    }

    fn unary(&self, x: &Blocked, f: Unary) -> Result<Blocked> {
        elementwise::unary(x, f)
    }

    fn unary_vjp(&self, dy: &Blocked, kept: &Blocked, f: Unary) -> Result<Blocked> {
        elementwise::unary_vjp(dy, kept, f)
    }

    fn binary(&self, a: &Blocked, b: &Blocked, f: Binary, y: Shape) -> Result<Blocked> {
        elementwise::binary(a, b, f, y)
    }

    fn reduce(&self, x: &Blocked, to: Reduce) -> Result<Blocked> {
        reduce::reduce(x, to)
    }

    fn spread(&self, dy: &Blocked, from: Reduce, x: Shape) -> Result<Blocked> {
        reduce::spread(dy, from, x)
    }

    fn max_pool(&self, x: &Blocked, op: &MaxPool, y: Shape) -> Result<(Blocked, Arc<[u32]>)> {
        pool::max(x, op, y)
    }

    fn max_pool_vjp(&self, dy: &Blocked, argmax: &Arc<[u32]>, x: Shape) -> Result<Blocked> {
        pool::max_vjp(dy, argmax, x)
    }

    fn avg_pool(&self, x: &Blocked, op: &AvgPool, y: Shape) -> Result<Blocked> {
        pool::avg(x, op, y)
    }

    fn avg_pool_vjp(&self, dy: &Blocked, op: &AvgPool, x: Shape) -> Result<Blocked> {
        pool::avg_vjp(dy, op, x)
    }

    fn concat(&self, xs: &[Blocked]) -> Result<Blocked> {
        place::concat(xs)
    }

    fn gather(&self, x: &Blocked, map: &IndexMap) -> Result<Blocked> {
        place::gather(x, map)
    }

    fn scatter(&self, dy: &Blocked, map: &IndexMap) -> Result<Blocked> {
        place::scatter(dy, map)
    }

    fn reshape(&self, x: &Blocked, y: Shape) -> Result<Blocked> {
        Blocked::from_planar(y, &x.to_planar()?)
    }
}
