//! Merges zeros around the input of a convolution into the convolution's padding.

use candling_core::ops::Padding;

use super::pairs::merge;
use crate::draft::{Draft, DraftNode, DraftOp};

pub(super) fn run(draft: &mut Draft) -> Result<(), String> {
    merge(draft, |before, behind, _| {
        let (&DraftOp::Pad(more), &DraftOp::Conv2d { stride, padding, dilation, groups, activation }) =
            (&before.op, &behind.op)
        else {
            return Ok(None);
        };
        let padding = sum(padding, more);
        let inputs = before.inputs[..1].iter().chain(&behind.inputs[1..]).cloned().collect();
        let op = DraftOp::Conv2d { stride, padding, dilation, groups, activation };
        Ok(Some(DraftNode { op, inputs, ..behind.clone() }))
    })
}

fn sum(a: Padding, b: Padding) -> Padding {
    let of = usize::saturating_add;
    Padding {
        top: of(a.top, b.top),
        bottom: of(a.bottom, b.bottom),
        left: of(a.left, b.left),
        right: of(a.right, b.right),
    }
}
