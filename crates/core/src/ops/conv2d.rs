//! 2-D convolution, with bias and activation fused:
//!
//! `z[o, i, j] = b[o] + Σ_{c, u, v} w[o, c, u, v] · x[c, i·s + u·d − p, j·s + v·d − p]`, `y = activation(z)`
//!
//! (cross-correlation, as everywhere in deep learning). Its vjp is
//!
//! `dz`, the gradient `dy` behind the activation under the rule of the backward pass, and `dx = wᵀ ⋆ dz`, the
//! transposed convolution of `dz`.
//!
//! Kept: `y`, if there is an activation; its sign is the mask. In the backward pass through several
//! convolutions, the kernel that computes `dx` of one also applies the mask of the one before, as its
//! [`Gate`].

use super::{Back, Fields, Forward, Keeps, Kept, Operation, Window, one, two};
use crate::{Activation, Backend, Error, Gate, Result, Shape};

/// Parameters of a convolution. It is depthwise if `groups = in_channels = out_channels`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Conv2d {
    /// Channels of `x`.
    pub in_channels: usize,
    /// Channels of `y`.
    pub out_channels: usize,
    /// Kernel, stride, padding and dilation.
    pub window: Window,
    /// Number of groups, a divisor of both channel counts; group `g` of the output sees only group `g` of the
    /// input.
    pub groups: usize,
    /// The activation, applied to the sum.
    pub activation: Activation,
}

impl Operation for Conv2d {
    type Prepared<B: Backend> = B::Conv;

    const KINDS: &'static [Self] = &[Self {
        in_channels: 0,
        out_channels: 0,
        window: Window::new([1, 1], [1, 1]),
        groups: 1,
        activation: Activation::None,
    }];

    fn name(&self) -> &'static str {
        "conv2d"
    }

    fn fields(&mut self, fields: &mut dyn Fields) {
        let Window { kernel: [height, width], stride, padding, dilation } = &mut self.window;
        fields.numbers("stride", stride);
        padding.field(fields);
        fields.numbers("dilation", dilation);
        fields.number("groups", &mut self.groups);
        self.activation.field(fields);
        let mut of_group = self.in_channels / self.groups.max(1);
        fields.extents("weight", &mut [&mut self.out_channels, &mut of_group, height, width]);
        self.in_channels = of_group.saturating_mul(self.groups);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let x = *one(inputs)?;
        let Self { in_channels, out_channels, groups, .. } = *self;
        if groups == 0 || in_channels % groups != 0 || out_channels % groups != 0 {
            return Err(Error::BadShape {
                what: "groups".into(),
                given: format!("{groups} for {in_channels} to {out_channels} channels"),
                needed: "a divisor of both".into(),
            });
        }
        if x.c != in_channels {
            return Err(Error::BadShape {
                what: "input".into(),
                given: format!("{x} ({} channels)", x.c),
                needed: format!("{in_channels} channels, as the weights have"),
            });
        }
        let [h, w] = self.window.output(x, false)?;
        Ok(Shape::new(x.n, out_channels, h, w))
    }

    /// Weights `[out, in / groups, kh, kw]` and bias `[out]`.
    fn parameters(&self) -> Vec<(&'static str, Vec<usize>)> {
        let [kh, kw] = self.window.kernel;
        let per_group = self.in_channels / self.groups.max(1);
        vec![("weight", vec![self.out_channels, per_group, kh, kw]), ("bias", vec![self.out_channels])]
    }

    fn has_bias(&self) -> bool {
        true
    }

    fn keeps(&self) -> Keeps {
        if self.activation == Activation::None { Keeps::NOTHING } else { Keeps::OUTPUT }
    }

    fn keeps_positions(&self) -> bool {
        true
    }

    fn window(&self) -> Option<&Window> {
        Some(&self.window)
    }

    fn fused_activation(&self) -> Activation {
        self.activation
    }

    fn takes_gate(&self) -> bool {
        true
    }

    fn prepare<B: Backend>(&self, backend: &B, weights: &[&[f32]]) -> Result<B::Conv> {
        let (w, b) = two(weights)?;
        backend.prepare_conv2d(self, w, b)
    }

    fn forward<B: Backend>(
        &self,
        backend: &B,
        conv: &B::Conv,
        inputs: &[B::Tensor],
        y: Shape,
    ) -> Result<Forward<B>> {
        Ok(Forward::of(backend.conv2d(one(inputs)?, conv, y)?))
    }

    // y = activation(w ⋆ x + b)
    fn vjp<B: Backend>(
        &self,
        backend: &B,
        conv: &B::Conv,
        kept: &Kept<'_, B>,
        back: Back<'_, B>,
    ) -> Result<B::Tensor> {
        let x = kept.shape(0)?;
        if self.activation == Activation::None || kept.passed {
            return backend.conv2d_vjp(back.dy, conv, x, back.gate);
        }
        let own = Gate { y: kept.output()?, activation: self.activation, rule: back.rule };
        backend.conv2d_vjp(&backend.gated(back.dy, own)?, conv, x, back.gate)
    }
}
