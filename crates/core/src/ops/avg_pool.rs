//! Mean over windows: `y[i, j] = Σ_{u, v} x[i·s + u − p, j·s + v − p] / divisor`.
//!
//! Its vjp distributes `dy / divisor` over the window, summed where windows overlap. Kept: nothing.

use super::{Back, Fields, Forward, Keeps, Kept, Operation, Window, no_parameters, one};
use crate::{Backend, Error, Result, Shape};

/// Parameters of an average-pooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AvgPool {
    /// Kernel, stride and padding; dilation is 1.
    pub window: Window,
    /// Whether an overhanging last window counts (PyTorch's `ceil_mode`).
    pub ceil_mode: bool,
    /// Whether padding counts in the divisor.
    pub count_include_pad: bool,
}

impl AvgPool {
    /// The divisor of the window at output `(i, j)` for an input of shape `x`: the number of its elements
    /// inside the picture, or inside the padded picture with `count_include_pad`. Elements beyond the padding
    /// never count.
    #[must_use]
    pub fn divisor(&self, i: usize, j: usize, x: Shape) -> usize {
        let Window { kernel, stride, padding, .. } = self.window;
        let axis = |o: usize, k: usize, s: usize, size: usize, before: usize, after: usize| {
            // positions in the padded picture
            let (start, end) = (o * s, (o * s + k).min(size + before + after));
            if self.count_include_pad { end - start } else { end.min(size + before) - start.max(before) }
        };
        axis(i, kernel[0], stride[0], x.h, padding.top, padding.bottom)
            * axis(j, kernel[1], stride[1], x.w, padding.left, padding.right)
    }
}

impl Operation for AvgPool {
    no_parameters!();

    const KINDS: &'static [Self] =
        &[Self { window: Window::new([1, 1], [1, 1]), ceil_mode: false, count_include_pad: false }];

    fn name(&self) -> &'static str {
        "avg_pool"
    }

    fn fields(&mut self, fields: &mut dyn Fields) {
        let Window { kernel, stride, padding, dilation: _ } = &mut self.window;
        fields.numbers("kernel", kernel);
        fields.numbers("stride", stride);
        padding.field(fields);
        fields.flag("ceil_mode", &mut self.ceil_mode);
        fields.flag("count_include_pad", &mut self.count_include_pad);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let x = *one(inputs)?;
        if self.window.dilation != [1, 1] {
            return Err(Error::BadShape {
                what: "dilation".into(),
                given: format!("{:?}", self.window.dilation),
                needed: "[1, 1]: a mean has no taps".into(),
            });
        }
        self.window.pooled(x, self.ceil_mode)
    }

    fn keeps(&self) -> Keeps {
        Keeps::NOTHING
    }

    fn keeps_positions(&self) -> bool {
        true
    }

    fn window(&self) -> Option<&Window> {
        Some(&self.window)
    }

    fn forward<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        inputs: &[B::Tensor],
        y: Shape,
    ) -> Result<Forward<B>> {
        Ok(Forward::of(backend.avg_pool(one(inputs)?, self, y)?))
    }

    // y = Σ x / divisor
    fn vjp<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        kept: &Kept<'_, B>,
        back: Back<'_, B>,
    ) -> Result<B::Tensor> {
        backend.avg_pool_vjp(back.dy, self, kept.shape(0)?)
    }
}
