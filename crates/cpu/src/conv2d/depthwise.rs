//! Depthwise convolution: every output channel depends on one input channel, so it is no matrix product, and
//! each block of channels is computed as a [stencil](super::stencil).

use candling_core::ops::Conv2d;
use candling_core::{Gate, Result, Shape};

use super::Epilogue;
use super::stencil::Stencil;
use crate::Blocked;
use crate::blocked::{BLOCK, blocks, size};
use crate::finish::Finish;
use crate::parallel::written;
use crate::simd::Instructions;

pub(super) struct Depthwise {
    op: Conv2d,
    /// `[block of channels, tap, BLOCK]`
    w: Vec<f32>,
    epilogue: Epilogue,
}

impl Depthwise {
    pub(super) fn prepare(op: &Conv2d, w: &[f32], b: &[f32]) -> Self {
        let taps = op.window.taps();
        let mut packed = vec![0.0; blocks(op.out_channels) * taps * BLOCK];
        for (channel, w) in w.chunks_exact(taps).enumerate() {
            let block = &mut packed[channel / BLOCK * taps * BLOCK..];
            block.iter_mut().skip(channel % BLOCK).step_by(BLOCK).zip(w).for_each(|(to, &w)| *to = w);
        }
        Self { op: *op, w: packed, epilogue: Epilogue::new(b, op.activation) }
    }

    pub(super) fn forward(&self, instructions: Instructions, x: &Blocked, ys: Shape) -> Result<Blocked> {
        let stencil = Stencil::of(&self.op.window, x.shape(), ys)?;
        self.apply(&stencil, instructions, x, ys, self.epilogue.finish())
    }

    // z[i, j] = b + Σ w[u, v] · x[i·s + u·d − p, j·s + v·d − p]
    pub(super) fn vjp(
        &self,
        instructions: Instructions,
        dz: &Blocked,
        xs: Shape,
        gate: Option<Gate<'_, Blocked>>,
    ) -> Result<Blocked> {
        let stencil = Stencil::of_transpose(&self.op.window, xs, dz.shape())?;
        Finish::with_gate(gate, |finish| self.apply(&stencil, instructions, dz, xs, finish))?
    }

    fn apply(
        &self,
        stencil: &Stencil,
        instructions: Instructions,
        x: &Blocked,
        ys: Shape,
        finish: Finish<'_>,
    ) -> Result<Blocked> {
        let blocks = ys.n * blocks(ys.c);
        // SAFETY: the stencil writes every position of every block.
        let y = x.read(|x| unsafe {
            written(size(ys), |y| stencil.run(instructions, x, &self.w, finish, blocks, y))
        })?;
        Blocked::new(ys, y)
    }
}
