//! 2-D convolution, with bias and activation fused:
//!
//! `z[o, i, j] = b[o] + Σ_{c, u, v} w[o, c, u, v] · x[c, i·s + u·d − p, j·s + v·d − p]`, `y = activation(z)`
//!
//! (cross-correlation, as everywhere in deep learning). Its vjp is
//!
//! `dz = activation_vjp(dy, y)`, `dx = wᵀ ⋆ dz`, the transposed convolution of `dz`.
//!
//! Kept: `y`, if there is an activation; its sign is the mask. A walk of several convolutions applies each mask where `dx` of
//! the one behind is computed: it is that one's [`Gate`].

use super::{Kept, Window};
use crate::{Activation, Backend, Error, Gate, ReluRule, Result, Shape};

/// Parameters of a convolution. `groups = in_channels = out_channels` is a depthwise one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Conv2d {
    /// Channels of `x`.
    pub in_channels: usize,
    /// Channels of `y`.
    pub out_channels: usize,
    /// Kernel, stride, padding and dilation.
    pub window: Window,
    /// Both channel counts are a multiple of this; group `g` of the output sees only group `g` of the input.
    pub groups: usize,
    /// Applied to the sum.
    pub activation: Activation,
}

impl Conv2d {
    /// True if every output channel sees a single input channel.
    #[must_use]
    pub const fn is_depthwise(&self) -> bool {
        self.groups == self.in_channels
    }

    /// Weights `[out, in / groups, kh, kw]` and bias `[out]`.
    pub(crate) fn parameters(&self) -> Vec<(&'static str, Vec<usize>)> {
        let [kh, kw] = self.window.kernel;
        let per_group = self.in_channels / self.groups.max(1);
        vec![("weight", vec![self.out_channels, per_group, kh, kw]), ("bias", vec![self.out_channels])]
    }

    pub(crate) fn output_shape(&self, x: Shape) -> Result<Shape> {
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

    pub(crate) fn forward<B: Backend>(
        &self,
        backend: &B,
        w: &B::Conv,
        x: &B::Tensor,
        y: Shape,
    ) -> Result<B::Tensor> {
        backend.conv2d(x, w, y)
    }

    // y = activation(w ⋆ x + b)
    pub(crate) fn vjp<B: Backend>(
        &self,
        backend: &B,
        w: &B::Conv,
        kept: &Kept<'_, B>,
        dy: &B::Tensor,
        rule: ReluRule,
        gate: Option<Gate<'_, B::Tensor>>,
    ) -> Result<B::Tensor> {
        let x = kept.input(0)?;
        if self.activation == Activation::None || kept.passed {
            return backend.conv2d_vjp(dy, w, x, gate);
        }
        let dz = backend.activation_vjp(dy, kept.y()?, self.activation, rule)?;
        backend.conv2d_vjp(&dz, w, x, gate)
    }
}
