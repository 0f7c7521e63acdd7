//! Concatenation of the channels of all inputs: `y = [a; b; ...]`. Its vjp is the slice of `dy` with the
//! channels of an input. Kept: nothing.

use super::{Back, Forward, IndexMap, Keeps, Kept, Operation, no_fields, no_parameters};
use crate::{Backend, Error, Result, Shape};

/// Concatenation along the channels; no parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Concat;

impl Operation for Concat {
    no_parameters!();
    no_fields!();

    const KINDS: &'static [Self] = &[Self];

    fn name(&self) -> &'static str {
        "concat"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape> {
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

    fn keeps(&self) -> Keeps {
        Keeps::NOTHING
    }

    fn keeps_positions(&self) -> bool {
        true
    }

    fn forward<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        inputs: &[B::Tensor],
        _y: Shape,
    ) -> Result<Forward<B>> {
        Ok(Forward::of(backend.concat(inputs)?))
    }

    // y = [a; b; ...]
    fn vjp<B: Backend>(
        &self,
        backend: &B,
        (): &(),
        kept: &Kept<'_, B>,
        back: Back<'_, B>,
    ) -> Result<B::Tensor> {
        let start: usize = kept.shapes.iter().take(back.input).map(|x| x.c).sum();
        let channels = start..start + kept.shape(back.input)?.c;
        backend.gather(back.dy, &IndexMap::of_channels(backend.shape(back.dy), channels))
    }
}
