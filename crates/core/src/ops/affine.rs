//! Scale and shift per channel: `y_c = scale_c·x_c + shift_c`, which is batch normalisation at inference
//! (`scale = γ/√(var + ε)`, `shift = β − mean·scale`). Its vjp is `dx_c = scale_c·dy_c`. Kept: nothing.

use super::{Back, Fields, Forward, Keeps, Kept, Operation, Window, one, two};
use crate::{Backend, Error, Result, Shape};

/// Parameters of an affine layer; `layer.weight` is the scale, `layer.bias` the shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Affine {
    /// Channels of `x` and `y`.
    pub channels: usize,
}

impl Operation for Affine {
    type Prepared<B: Backend> = B::Affine;

    const KINDS: &'static [Self] = &[Self { channels: 0 }];

    fn name(&self) -> &'static str {
        "affine"
    }

    fn fields(&mut self, fields: &mut dyn Fields) {
        fields.extents("weight", &mut [&mut self.channels]);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let x = *one(inputs)?;
        if x.c != self.channels {
            return Err(Error::BadShape {
                what: "input".into(),
                given: format!("{x} ({} channels)", x.c),
                needed: format!("{} channels", self.channels),
            });
        }
        Ok(x)
    }

    fn parameters(&self) -> Vec<(&'static str, Vec<usize>)> {
        vec![("weight", vec![self.channels]), ("bias", vec![self.channels])]
    }

    fn has_bias(&self) -> bool {
        true
    }

    fn keeps(&self) -> Keeps {
        Keeps::NOTHING
    }

    fn keeps_positions(&self) -> bool {
        true
    }

    fn window(&self) -> Option<&Window> {
        None
    }

    fn prepare<B: Backend>(&self, backend: &B, weights: &[&[f32]]) -> Result<B::Affine> {
        let (w, b) = two(weights)?;
        backend.prepare_affine(w, b)
    }

    fn forward<B: Backend>(
        &self,
        backend: &B,
        affine: &B::Affine,
        inputs: &[B::Tensor],
        _y: Shape,
    ) -> Result<Forward<B>> {
        Ok(Forward::of(backend.affine(one(inputs)?, affine)?))
    }

    // y = scale·x + shift
    fn vjp<B: Backend>(
        &self,
        backend: &B,
        affine: &B::Affine,
        _kept: &Kept<'_, B>,
        back: Back<'_, B>,
    ) -> Result<B::Tensor> {
        backend.affine_vjp(back.dy, affine)
    }
}
