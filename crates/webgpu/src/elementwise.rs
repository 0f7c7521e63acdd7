//! Value by value.

use candling_core::{Activation, ReluRule, Result, Shape};

use crate::Tensor;
use crate::buffers::Buffer;
use crate::kernel::{FLAT, Kernel, grid};
use crate::params::Params;
use crate::recorder::Recorder;

/// An activation's number in the shaders.
pub(crate) fn number(activation: Activation) -> usize {
    match activation {
        Activation::None => 0,
        Activation::Relu => 1,
        Activation::Relu6 => 2,
    }
}

/// A rule's number in the shaders.
pub(crate) fn rule_number(rule: ReluRule) -> usize {
    match rule {
        ReluRule::Exact => 0,
        ReluRule::Guided => 1,
        ReluRule::Deconv => 2,
    }
}

/// Records a kernel that has an invocation for each value of a new tensor, the last of its bindings.
pub(crate) fn each(
    recorder: &Recorder,
    kernel: Kernel,
    params: Params,
    inputs: &[&Buffer],
    shape: Shape,
) -> Result<Tensor> {
    let y = Tensor::new(recorder.room(shape.len())?, shape);
    let buffers: Vec<&Buffer> = inputs.iter().copied().chain([&**y.buffer()]).collect();
    recorder.run(kernel, params, &buffers, grid(shape.len().div_ceil(FLAT)))?;
    Ok(y)
}

pub(crate) fn activation(recorder: &Recorder, x: &Tensor, a: Activation) -> Result<Tensor> {
    let params = Params::default().u(x.shape().len()).u(number(a));
    each(recorder, Kernel::Activation, params, &[x.buffer()], x.shape())
}

pub(crate) fn activation_vjp(
    recorder: &Recorder,
    dy: &Tensor,
    y: &Tensor,
    a: Activation,
    rule: ReluRule,
) -> Result<Tensor> {
    let params = Params::default().u(dy.shape().len()).u(number(a)).u(rule_number(rule));
    each(recorder, Kernel::ActivationVjp, params, &[dy.buffer(), y.buffer()], dy.shape())
}

pub(crate) fn add(recorder: &Recorder, a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let values = a.shape().len();
    let params = Params::default().u(values).u(values / b.shape().len());
    each(recorder, Kernel::Add, params, &[a.buffer(), b.buffer()], a.shape())
}

pub(crate) fn add_vjp(recorder: &Recorder, dy: &Tensor, x: Shape) -> Result<Tensor> {
    if dy.shape() == x { Ok(dy.clone()) } else { sum_positions(recorder, dy, 1.0) }
}

/// `[n, c, 1, 1]`, the sum of each channel times `scale`.
pub(crate) fn sum_positions(recorder: &Recorder, x: &Tensor, scale: f32) -> Result<Tensor> {
    let shape = Shape::vector(x.shape().n, x.shape().c);
    let y = Tensor::new(recorder.room(shape.len())?, shape);
    let params = Params::default().u(shape.len()).u(x.shape().area()).f(scale);
    recorder.run(Kernel::SumPositions, params, &[x.buffer(), y.buffer()], grid(shape.len()))?;
    Ok(y)
}

/// Scale and shift of each channel.
pub struct Affine {
    scale: Buffer,
    shift: Buffer,
}

impl Affine {
    pub(crate) fn prepare(recorder: &Recorder, scale: &[f32], shift: &[f32]) -> Result<Self> {
        Ok(Self {
            scale: recorder.keep(bytemuck::cast_slice(scale))?,
            shift: recorder.keep(bytemuck::cast_slice(shift))?,
        })
    }

    pub(crate) fn forward(&self, recorder: &Recorder, x: &Tensor) -> Result<Tensor> {
        self.apply(recorder, x, true)
    }

    pub(crate) fn vjp(&self, recorder: &Recorder, dy: &Tensor) -> Result<Tensor> {
        self.apply(recorder, dy, false)
    }

    fn apply(&self, recorder: &Recorder, x: &Tensor, shifted: bool) -> Result<Tensor> {
        let shape = x.shape();
        let params = Params::default().u(shape.len()).u(shape.c).u(shape.area()).u(usize::from(shifted));
        each(recorder, Kernel::Affine, params, &[x.buffer(), &self.scale, &self.shift], shape)
    }
}
