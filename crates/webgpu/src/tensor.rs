//! An activation on the GPU.

use std::rc::Rc;

use candling_core::Shape;

use crate::buffers::Lent;

/// Row-major NCHW values in a buffer; cheap to clone. The buffer returns to the pool with the last clone.
#[derive(Clone)]
pub struct Tensor {
    buffer: Rc<Lent>,
    shape: Shape,
}

impl Tensor {
    pub(crate) fn new(buffer: Lent, shape: Shape) -> Self {
        Self { buffer: Rc::new(buffer), shape }
    }

    pub(crate) fn buffer(&self) -> &Lent {
        &self.buffer
    }

    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// The same values in another shape of the same length.
    pub(crate) fn reshaped(&self, shape: Shape) -> Self {
        Self { shape, ..self.clone() }
    }
}
