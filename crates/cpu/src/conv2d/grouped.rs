//! Grouped convolution: each group is a convolution of its own channels.

use candling_core::ops::Conv2d;
use candling_core::{Gate, Result, Shape};

use super::Conv;
use crate::simd::Instructions;
use crate::{Blocked, channels, elementwise};

pub(super) struct Grouped {
    groups: Vec<Conv>,
}

impl Grouped {
    pub(super) fn prepare(op: &Conv2d, w: &[f32], b: &[f32]) -> Self {
        let (inputs, outputs) = (op.in_channels / op.groups, op.out_channels / op.groups);
        let of_group = Conv2d { in_channels: inputs, out_channels: outputs, groups: 1, ..*op };
        let parts = w.chunks_exact(outputs * inputs * op.window.taps()).zip(b.chunks_exact(outputs));
        Self { groups: parts.map(|(w, b)| Conv::prepare(&of_group, w, b)).collect() }
    }

    pub(super) fn forward(&self, instructions: Instructions, x: &Blocked, ys: Shape) -> Result<Blocked> {
        let of_group = Shape { c: ys.c / self.groups.len(), ..ys };
        self.each(x, |conv, x| conv.forward(instructions, x, of_group))
    }

    pub(super) fn vjp(
        &self,
        instructions: Instructions,
        dz: &Blocked,
        xs: Shape,
        gate: Option<Gate<'_, Blocked>>,
    ) -> Result<Blocked> {
        let of_group = Shape { c: xs.c / self.groups.len(), ..xs };
        let dx = self.each(dz, |conv, dz| conv.vjp(instructions, dz, of_group, None))?;
        elementwise::gated(dx, gate)
    }

    /// Applies `f` to every group and its share of the channels.
    fn each(&self, x: &Blocked, f: impl Fn(&Conv, &Blocked) -> Result<Blocked>) -> Result<Blocked> {
        let share = x.shape().c / self.groups.len();
        let of_group = |(i, conv)| f(conv, &channels::slice(x, i * share, share)?);
        channels::concat(&self.groups.iter().enumerate().map(of_group).collect::<Result<Vec<_>>>()?)
    }
}
