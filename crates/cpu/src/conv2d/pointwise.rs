//! 1×1 convolution, stride 1: a matrix product over the channels at every position.

use std::sync::OnceLock;

use candling_core::ops::Conv2d;
use candling_core::{Gate, Result, Shape};

use super::Epilogue;
use crate::Blocked;
use crate::finish::Finish;
use crate::product::{Panels, Terms};
use crate::simd::Instructions;

pub(super) struct Pointwise {
    /// `[out, in]`
    w: Panels,
    /// `[in, out]`, made when the first gradient is computed: a map at the last layer never needs it.
    transposed: OnceLock<Panels>,
    epilogue: Epilogue,
}

impl Pointwise {
    pub(super) fn prepare(op: &Conv2d, w: &[f32], b: &[f32]) -> Self {
        let terms = Terms { taps: 1, channels: op.in_channels };
        let epilogue = Epilogue::new(b, op.activation);
        Self { w: Panels::new(w, terms), transposed: OnceLock::new(), epilogue }
    }

    pub(super) fn forward(&self, instructions: Instructions, x: &Blocked, ys: Shape) -> Result<Blocked> {
        let y = x.read(|x| self.w.multiply(instructions, x, ys, self.epilogue.finish()))?;
        Blocked::new(ys, y)
    }

    // z = w · x + b
    pub(super) fn vjp(
        &self,
        instructions: Instructions,
        dz: &Blocked,
        xs: Shape,
        gate: Option<Gate<'_, Blocked>>,
    ) -> Result<Blocked> {
        let transposed = self.transposed.get_or_init(|| self.w.transposed(&[0]));
        let dx = Finish::with_gate(gate, |finish| {
            dz.read(|dz| transposed.multiply(instructions, dz, xs, finish))
        })??;
        Blocked::new(xs, dx)
    }
}
