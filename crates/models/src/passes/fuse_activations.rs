//! Fuses an activation into the convolution before it, if that has none.

use candling_core::Activation;

use super::pairs::merge;
use crate::draft::{Draft, DraftNode, DraftOp};

pub(super) fn run(draft: &mut Draft) -> Result<(), String> {
    merge(draft, |before, behind, _| {
        let (
            &DraftOp::Conv2d { stride, padding, dilation, groups, activation: Activation::None },
            &DraftOp::Activation(activation),
        ) = (&before.op, &behind.op)
        else {
            return Ok(None);
        };
        let op = DraftOp::Conv2d { stride, padding, dilation, groups, activation };
        Ok(Some(DraftNode { op, ..before.clone() }))
    })
}
