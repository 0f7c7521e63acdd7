//! Candling's kernels on the CPU, natively and in WebAssembly the same code.
//!
//! Tensors are candle's; the kernels over their storage are ours. Matrix products ([`gemm`]) round alike on every
//! processor, so that a browser gives the very numbers that the native command gives, bit for bit; depthwise convolutions
//! are stencils, where candle would run one small product a channel. candle's autograd is not used: its ReLU mask and
//! max-pool gradient are not PyTorch's.

mod channels;
mod conv2d;
mod elementwise;
mod gemm;
mod linear;
mod pool;
mod storage;

use std::rc::Rc;

use candle_core::{Device, Tensor};
use candling_core::ops::{AvgPool, Conv2d, MaxPool};
use candling_core::{Activation, Backend, Error, ReluRule, Result, Shape};

pub use conv2d::Conv;
pub use elementwise::Affine;
pub use linear::Linear;

/// The backend; it has no state.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cpu;

impl Backend for Cpu {
    /// `[n, c, h, w]`, `f32`, contiguous.
    type Tensor = Tensor;
    type Conv = Conv;
    type Linear = Linear;
    type Affine = Affine;
    /// For every output the position of its maximum in the input.
    type Argmax = Rc<[u32]>;

    fn upload(&self, shape: Shape, data: &[f32]) -> Result<Tensor> {
        if data.len() != shape.len() {
            return Err(Error::BadShape {
                what: "tensor".into(),
                given: format!("{} values", data.len()),
                needed: format!("{}, for {shape}", shape.len()),
            });
        }
        storage::tensor(shape, data.to_vec())
    }

    async fn download(&self, x: &Tensor) -> Result<Vec<f32>> {
        storage::read(x, <[f32]>::to_vec)
    }

    fn shape(&self, x: &Tensor) -> Shape {
        storage::shape(x)
    }

    fn prepare_conv2d(&self, op: &Conv2d, w: &[f32], b: &[f32]) -> Result<Conv> {
        Ok(Conv::prepare(op, w, b))
    }

    fn conv2d(&self, x: &Tensor, conv: &Conv, y: Shape) -> Result<Tensor> {
        conv.forward(x, y)
    }

    fn conv2d_vjp(&self, dz: &Tensor, conv: &Conv, x: Shape) -> Result<Tensor> {
        conv.vjp(dz, x)
    }

    fn prepare_linear(&self, w: &[f32], b: &[f32]) -> Result<Linear> {
        Ok(Linear::prepare(w, b))
    }

    fn linear(&self, x: &Tensor, linear: &Linear) -> Result<Tensor> {
        linear.forward(x)
    }

    fn linear_vjp(&self, dy: &Tensor, linear: &Linear) -> Result<Tensor> {
        linear.vjp(dy)
    }

    fn prepare_affine(&self, scale: &[f32], shift: &[f32]) -> Result<Affine> {
        Ok(Affine::prepare(scale, shift))
    }

    fn affine(&self, x: &Tensor, affine: &Affine) -> Result<Tensor> {
        affine.forward(x)
    }

    fn affine_vjp(&self, dy: &Tensor, affine: &Affine) -> Result<Tensor> {
        affine.vjp(dy)
    }

    fn activation(&self, x: &Tensor, a: Activation) -> Result<Tensor> {
        elementwise::map(x, |v| a.apply(v))
    }

    fn activation_vjp(&self, dy: &Tensor, y: &Tensor, a: Activation, rule: ReluRule) -> Result<Tensor> {
        elementwise::activation_vjp(dy, y, a, rule)
    }

    fn max_pool(&self, x: &Tensor, op: &MaxPool, y: Shape) -> Result<(Tensor, Rc<[u32]>)> {
        pool::max(x, op, y)
    }

    fn max_pool_vjp(&self, dy: &Tensor, argmax: &Rc<[u32]>, x: Shape) -> Result<Tensor> {
        pool::max_vjp(dy, argmax, x)
    }

    fn avg_pool(&self, x: &Tensor, op: &AvgPool, y: Shape) -> Result<Tensor> {
        pool::avg(x, op, y)
    }

    fn avg_pool_vjp(&self, dy: &Tensor, op: &AvgPool, x: Shape) -> Result<Tensor> {
        pool::avg_vjp(dy, op, x)
    }

    fn global_avg_pool(&self, x: &Tensor) -> Result<Tensor> {
        pool::global_avg(x)
    }

    fn global_avg_pool_vjp(&self, dy: &Tensor, x: Shape) -> Result<Tensor> {
        pool::global_avg_vjp(dy, x)
    }

    fn add(&self, a: &Tensor, b: &Tensor) -> Result<Tensor> {
        elementwise::add(a, b)
    }

    fn add_vjp(&self, dy: &Tensor, x: Shape) -> Result<Tensor> {
        elementwise::add_vjp(dy, x)
    }

    fn concat(&self, xs: &[Tensor]) -> Result<Tensor> {
        channels::concat(xs)
    }

    fn concat_vjp(&self, dy: &Tensor, start: usize, channels: usize) -> Result<Tensor> {
        channels::slice(dy, start, channels)
    }

    fn reshape(&self, x: &Tensor, y: Shape) -> Result<Tensor> {
        x.reshape((y.n, y.c, y.h, y.w)).map_err(storage::error)
    }
}

const DEVICE: Device = Device::Cpu;
