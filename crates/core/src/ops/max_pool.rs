//! Maximum over windows: `y[i, j] = max_{u, v} x[i·s + u − p, j·s + v − p]`, padding counting as −∞.
//!
//! Its vjp gives each `dy` to the element that won its window; where windows overlap an element collects from
//! all that it won. The first maximum in row-major order wins a tie, as in PyTorch. Kept: the winners.

use super::{Forward, Kept, Padding, Window};
use crate::{Backend, Error, Result, Shape};

/// Parameters of a max-pooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MaxPool {
    /// Kernel, stride, padding and dilation.
    pub window: Window,
    /// Whether a last window that overhangs counts (PyTorch's `ceil_mode`).
    pub ceil_mode: bool,
}

impl MaxPool {
    pub(crate) fn output_shape(&self, x: Shape) -> Result<Shape> {
        check_padding(&self.window)?;
        let [h, w] = self.window.output(x, self.ceil_mode)?;
        Ok(Shape::new(x.n, x.c, h, w))
    }

    pub(crate) fn forward<B: Backend>(&self, backend: &B, x: &B::Tensor, y: Shape) -> Result<Forward<B>> {
        let (y, argmax) = backend.max_pool(x, self, y)?;
        Ok(Forward { y, argmax: Some(argmax) })
    }

    // y = x[argmax]
    pub(crate) fn vjp<B: Backend>(
        &self,
        backend: &B,
        kept: &Kept<'_, B>,
        dy: &B::Tensor,
    ) -> Result<B::Tensor> {
        backend.max_pool_vjp(dy, kept.argmax()?, kept.input(0)?)
    }
}

/// Refuses windows that could see nothing but padding: a maximum of −∞, a mean over no element. PyTorch
/// allows padding of at most half the kernel, and so do we; with dilated taps that is not enough, so padding
/// and dilation exclude each other.
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
