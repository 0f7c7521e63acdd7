//! Convolution, with the fastest kernel for each kind:
//!
//! | kind | forward | vjp |
//! |---|---|---|
//! | 1×1 ([`pointwise`]) | `w · x`, one [matrix product](crate::product) | `wᵀ · dz` |
//! | depthwise ([`depthwise`]) | a [stencil] | the stencil of the transpose |
//! | any other in one group ([`dense`]) | `Σ over taps of w · x`, one matrix product | one product per phase of the stride |
//! | any other in groups ([`grouped`]) | one of these per group | likewise |

mod dense;
mod depthwise;
mod epilogue;
mod grouped;
mod pointwise;
mod stencil;

use candling_core::ops::Conv2d;
use candling_core::{Gate, Result, Shape};

use crate::Blocked;
use crate::simd::Instructions;
use dense::Dense;
use depthwise::Depthwise;
use epilogue::Epilogue;
use grouped::Grouped;
use pointwise::Pointwise;

/// The weights of a convolution, packed for its kind.
pub struct Conv(Kind);

enum Kind {
    Pointwise(Pointwise),
    Depthwise(Depthwise),
    Dense(Dense),
    Grouped(Grouped),
}

impl Conv {
    pub(crate) fn prepare(op: &Conv2d, w: &[f32], b: &[f32]) -> Self {
        Self(if op.groups == op.in_channels && op.groups == op.out_channels {
            Kind::Depthwise(Depthwise::prepare(op, w, b))
        } else if op.groups > 1 {
            Kind::Grouped(Grouped::prepare(op, w, b))
        } else if op.window.is_pointwise() {
            Kind::Pointwise(Pointwise::prepare(op, w, b))
        } else {
            Kind::Dense(Dense::prepare(op, w, b))
        })
    }

    pub(crate) fn forward(&self, instructions: Instructions, x: &Blocked, y: Shape) -> Result<Blocked> {
        match &self.0 {
            Kind::Pointwise(conv) => conv.forward(instructions, x, y),
            Kind::Depthwise(conv) => conv.forward(instructions, x, y),
            Kind::Dense(conv) => conv.forward(instructions, x, y),
            Kind::Grouped(conv) => conv.forward(instructions, x, y),
        }
    }

    pub(crate) fn vjp(
        &self,
        instructions: Instructions,
        dz: &Blocked,
        x: Shape,
        gate: Option<Gate<'_, Blocked>>,
    ) -> Result<Blocked> {
        match &self.0 {
            Kind::Pointwise(conv) => conv.vjp(instructions, dz, x, gate),
            Kind::Depthwise(conv) => conv.vjp(instructions, dz, x, gate),
            Kind::Dense(conv) => conv.vjp(instructions, dz, x, gate),
            Kind::Grouped(conv) => conv.vjp(instructions, dz, x, gate),
        }
    }
}
