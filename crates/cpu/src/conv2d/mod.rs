//! Convolution. Three kinds, each where it is fastest:
//!
//! | kind | forward | vjp |
//! |---|---|---|
//! | 1×1 ([`pointwise`]) | `w · x`, one [matrix product](crate::gemm) | `wᵀ · dz` |
//! | depthwise ([`depthwise`]) | loops of our own | loops of our own |
//! | any other ([`im2col`]) | `w · im2col(x)`, one matrix product a group | `col2im(wᵀ · dz)` |

mod depthwise;
mod epilogue;
mod im2col;
mod pointwise;

use candle_core::Tensor;
use candling_core::ops::Conv2d;
use candling_core::{Result, Shape};

use depthwise::Depthwise;
use epilogue::Epilogue;
use im2col::Im2col;
use pointwise::Pointwise;

/// A convolution's weights, laid out for the kind it is.
pub struct Conv(Kind);

enum Kind {
    Pointwise(Pointwise),
    Depthwise(Depthwise),
    Im2col(Im2col),
}

impl Conv {
    pub(crate) fn prepare(op: &Conv2d, w: &[f32], b: &[f32]) -> Self {
        let epilogue = Epilogue { bias: b.to_vec(), activation: op.activation };
        Self(if op.is_depthwise() {
            Kind::Depthwise(Depthwise::prepare(op, w, epilogue))
        } else if op.groups == 1 && op.window.is_pointwise() {
            Kind::Pointwise(Pointwise::prepare(op, w, epilogue))
        } else {
            Kind::Im2col(Im2col::prepare(op, w, epilogue))
        })
    }

    pub(crate) fn forward(&self, x: &Tensor, y: Shape) -> Result<Tensor> {
        match &self.0 {
            Kind::Pointwise(conv) => conv.forward(x, y),
            Kind::Depthwise(conv) => conv.forward(x, y),
            Kind::Im2col(conv) => conv.forward(x, y),
        }
    }

    pub(crate) fn vjp(&self, dz: &Tensor, x: Shape) -> Result<Tensor> {
        match &self.0 {
            Kind::Pointwise(conv) => conv.vjp(dz, x),
            Kind::Depthwise(conv) => conv.vjp(dz, x),
            Kind::Im2col(conv) => conv.vjp(dz, x),
        }
    }
}
