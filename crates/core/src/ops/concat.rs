//! The channels of all inputs, one after the other: `y = [a; b; ...]`. Its vjp cuts each input's channels out
//! of `dy`. Kept: nothing.

use super::Kept;
use crate::{Backend, Error, Result, Shape};

/// Concatenation along the channels; no parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Concat;

impl Concat {
    pub(crate) fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
        let Some(first) = inputs.first() else {
            return Err(Error::InvalidGraph("takes at least 1 input, got none".into()));
        };
        let mut c = 0usize;
        for (i, x) in inputs.iter().enumerate() {
            if (Shape { c: first.c, ..*x }) != *first {
                return Err(Error::BadShape {
                    what: format!("input {i}"),
                    given: x.to_string(),
                    needed: format!("{first} in all but the channels, as input 0"),
                });
            }
            c = c.saturating_add(x.c);
        }
        Ok(Shape { c, ..*first })
    }

    pub(crate) fn forward<B: Backend>(&self, backend: &B, xs: &[B::Tensor]) -> Result<B::Tensor> {
        backend.concat(xs)
    }

    // y = [a; b; ...]
    pub(crate) fn vjp<B: Backend>(
        &self,
        backend: &B,
        kept: &Kept<'_, B>,
        dy: &B::Tensor,
        i: usize,
    ) -> Result<B::Tensor> {
        let start = kept.inputs.iter().take(i).map(|x| x.c).sum();
        backend.concat_vjp(dy, start, kept.input(i)?.c)
    }
}
