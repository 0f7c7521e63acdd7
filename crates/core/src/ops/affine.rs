//! Scale and shift per channel: `y_c = scale_c·x_c + shift_c`, which is batch normalisation at inference
//! (`scale = γ/√(var + ε)`, `shift = β − mean·scale`). Its vjp is `dx_c = scale_c·dy_c`. Kept: nothing.

use crate::{Backend, Error, Result, Shape};

/// Parameters of an affine layer; `layer.weight` is the scale, `layer.bias` the shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Affine {
    /// Channels of `x` and `y`.
    pub channels: usize,
}

impl Affine {
    pub(crate) fn parameters(&self) -> Vec<(&'static str, Vec<usize>)> {
        vec![("weight", vec![self.channels]), ("bias", vec![self.channels])]
    }

    pub(crate) fn output_shape(&self, x: Shape) -> Result<Shape> {
        if x.c != self.channels {
            return Err(Error::BadShape {
                what: "input".into(),
                given: format!("{x} ({} channels)", x.c),
                needed: format!("{} channels", self.channels),
            });
        }
        Ok(x)
    }

    pub(crate) fn forward<B: Backend>(&self, backend: &B, w: &B::Affine, x: &B::Tensor) -> Result<B::Tensor> {
        backend.affine(x, w)
    }

    // y = scale·x + shift
    pub(crate) fn vjp<B: Backend>(&self, backend: &B, w: &B::Affine, dy: &B::Tensor) -> Result<B::Tensor> {
        backend.affine_vjp(dy, w)
    }
}
