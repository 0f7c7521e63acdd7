//! Element-wise kernels.

use candling_core::ops::{Binary, Unary};
use candling_core::{Activation, Gate, ReluRule, Result, Shape};

use crate::Tensor;
use crate::buffers::Buffer;
use crate::kernel::{ACTIVATION, AFFINE, BINARY, FLAT, GATED, Kernel, NONE, UNARY, grid};
use crate::recorder::Recorder;
use crate::uniforms::{self, Uniforms, word};

/// An activation's number in the shaders.
pub(crate) fn number(activation: Activation) -> u32 {
    match activation {
        Activation::None => 0,
        Activation::Relu => 1,
        Activation::Relu6 => 2,
    }
}

/// A rule's number in the shaders.
pub(crate) fn rule_number(rule: ReluRule) -> u32 {
    match rule {
        ReluRule::Exact => 0,
        ReluRule::Guided => 1,
        ReluRule::Deconv => 2,
    }
}

/// Records a kernel with one invocation for each value of a new tensor, which is the last binding.
pub(crate) fn each<U: Uniforms>(
    recorder: &Recorder,
    kernel: Kernel<U>,
    uniforms: U,
    inputs: &[&Buffer],
    shape: Shape,
) -> Result<Tensor> {
    each_value(recorder, kernel.place, bytemuck::cast_slice(&[uniforms]), inputs, shape)
}

/// [`each`], once for all types of uniforms.
fn each_value(
    recorder: &Recorder,
    place: usize,
    uniforms: &[u32],
    inputs: &[&Buffer],
    shape: Shape,
) -> Result<Tensor> {
    let y = Tensor::new(recorder.room(shape.len())?, shape);
    let buffers: Vec<&Buffer> = inputs.iter().copied().chain([&**y.buffer()]).collect();
    recorder.record((place, NONE), uniforms, &buffers, grid(shape.len().div_ceil(FLAT)))?;
    Ok(y)
}

pub(crate) fn activation(recorder: &Recorder, x: &Tensor, a: Activation) -> Result<Tensor> {
    let uniforms = uniforms::Activation { values: word(x.shape().len()), activation: number(a) };
    each(recorder, ACTIVATION, uniforms, &[x.buffer()], x.shape())
}

pub(crate) fn gated(recorder: &Recorder, dy: &Tensor, gate: Gate<'_, Tensor>) -> Result<Tensor> {
    let uniforms = uniforms::Gated {
        values: word(dy.shape().len()),
        activation: number(gate.activation),
        rule: rule_number(gate.rule),
    };
    each(recorder, GATED, uniforms, &[dy.buffer(), gate.y.buffer()], dy.shape())
}

/// `y = f(x)`, or with `dy` its vjp.
pub(crate) fn unary(recorder: &Recorder, x: &Tensor, f: Unary, dy: Option<&Tensor>) -> Result<Tensor> {
    let uniforms =
        uniforms::Unary { values: word(x.shape().len()), function: f as u32, back: u32::from(dy.is_some()) };
    // a binding needs a buffer even if the kernel does not read it
    each(recorder, UNARY, uniforms, &[x.buffer(), dy.unwrap_or(x).buffer()], x.shape())
}

pub(crate) fn binary(recorder: &Recorder, a: &Tensor, b: &Tensor, f: Binary, y: Shape) -> Result<Tensor> {
    let uniforms = uniforms::Binary {
        values: word(y.len()),
        of_a: word(y.len() / a.shape().len()),
        of_b: word(y.len() / b.shape().len()),
        function: f as u32,
    };
    each(recorder, BINARY, uniforms, &[a.buffer(), b.buffer()], y)
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
        let uniforms = uniforms::Affine {
            values: word(shape.len()),
            channels: word(shape.c),
            area: word(shape.area()),
            shifted: u32::from(shifted),
        };
        each(recorder, AFFINE, uniforms, &[x.buffer(), &self.scale, &self.shift], shape)
    }
}
