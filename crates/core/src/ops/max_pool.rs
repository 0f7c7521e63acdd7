//! Maximum over windows: `y[i, j] = max_{u, v} x[i·s + u − p, j·s + v − p]`, with padding of −∞.
//!
//! Its vjp adds each `dy` to the element that is the maximum of its window; the first maximum in row-major
//! order wins a tie, as in PyTorch. Kept: the positions of the maxima.

use super::{Back, Fields, Forward, Keeps, Kept, Operation, Padding, Window, no_parameters, one};
use crate::{Backend, Error, Result, Shape};

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
        let x = *one(inputs)?;
        check_padding(&self.window)?;
        let [h, w] = self.window.output(x, self.ceil_mode)?;
        Ok(Shape::new(x.n, x.c, h, w))
    }

    fn keeps(&self) -> Keeps {
        Keeps::ARGMAX
    }

    fn keeps_positions(&self) -> bool {
        true
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

/// Refuses windows that could contain only padding: a maximum of −∞, a mean over no element. PyTorch allows
/// padding of at most half the kernel, and so do we; with dilated taps that is not enough, so padding and
/// dilation exclude each other.
pub(super) fn check_padding(window: &Window) -> Result<()> {
    let p = window.padding;
    let [kh, kw] = window.kernel;
    let given = || format!("{} {} {} {} (top bottom left right)", p.top, p.bottom, p.left, p.right);
    if p.top.max(p.bottom) > kh / 2 || p.left.max(p.right) > kw / 2 {
        return Err(Error::BadShape {
            what: "padding".into(),
            given: given(),
            needed: format!("at most half the {kh}x{kw} kernel"),
        });
    }
    if window.dilation != [1, 1] && p != Padding::all(0) {
        return Err(Error::BadShape {
            what: "padding".into(),
            given: given(),
            needed: "none, since the window is dilated".into(),
        });
    }
    Ok(())
}
