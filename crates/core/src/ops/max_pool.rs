//! Maximum over windows: `y[i, j] = max_{u, v} x[i·s + u − p, j·s + v − p]`, with padding of −∞.
//!
//! Its vjp adds each `dy` to the element that is the maximum of its window; the first maximum in row-major
//! order wins a tie, as in PyTorch. Kept: the positions of the maxima.

use super::{Back, Fields, Forward, Keeps, Kept, Operation, Window, no_parameters, one};
use crate::{Backend, Result, Shape};

/// Parameters of a max-pooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MaxPool {
    /// Kernel, stride, padding and dilation.
    pub window: Window,
    /// Whether an overhanging last window counts (PyTorch's `ceil_mode`).
    pub ceil_mode: bool,
}

impl Operation for MaxPool {
    no_parameters!();

    const KINDS: &'static [Self] = &[Self { window: Window::new([1, 1], [1, 1]), ceil_mode: false }];

    fn name(&self) -> &'static str {
        "max_pool"
    }

    fn fields(&mut self, fields: &mut dyn Fields) {
        let Window { kernel, stride, padding, dilation } = &mut self.window;
        fields.numbers("kernel", kernel);
        fields.numbers("stride", stride);
        padding.field(fields);
        fields.numbers("dilation", dilation);
        fields.flag("ceil_mode", &mut self.ceil_mode);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        self.window.pooled(*one(inputs)?, self.ceil_mode)
    }

    fn keeps(&self) -> Keeps {
        Keeps::ARGMAX
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
        let (y, argmax) = backend.max_pool(one(inputs)?, self, y)?;
        Ok(Forward { y, argmax: Some(argmax) })
    }

    // y = x[argmax]
    fn vjp<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        kept: &Kept<'_, B>,
        back: Back<'_, B>,
    ) -> Result<B::Tensor> {
        backend.max_pool_vjp(back.dy, kept.argmax()?, kept.shape(0)?)
    }
}
