//! Convolution. Three kernels, each for both directions: the transpose of a convolution is a convolution with other steps.
//!
//! | kind | kernel |
//! |---|---|
//! | 1×1 | `pointwise.wgsl`, a matrix product |
//! | depthwise, or to few channels | `direct.wgsl`, every value by itself |
//! | any other | `dense.wgsl`, a matrix product whose right side is gathered |

use candling_core::ops::Conv2d;
use candling_core::{Activation, Gate, ReluRule, Result, Shape};

use crate::Tensor;
use crate::buffers::Buffer;
use crate::elementwise::{number, rule_number};
use crate::kernel::{FLAT, Kernel, TILE, grid};
use crate::params::Params;
use crate::recorder::Recorder;
use crate::weights::Weights;

/// Of a tile of sums, rows that fewer than so many channels leave empty cost more than `direct.wgsl` does without a tile.
pub const FEW: usize = 8;

/// Weights as they come, `[out, in / groups, kh, kw]`, which serve both directions, and bias.
pub struct Conv {
    op: Conv2d,
    w: Weights,
    b: Buffer,
}

/// What becomes of a sum.
enum End<'a> {
    BiasAndActivation(Activation),
    Nothing,
    Gate(Gate<'a, Tensor>),
}

impl End<'_> {
    fn params(&self, params: Params) -> Params {
        let (end, activation, rule) = match self {
            Self::BiasAndActivation(activation) => (0, *activation, ReluRule::Exact),
            Self::Nothing => (1, Activation::None, ReluRule::Exact),
            Self::Gate(gate) => (2, gate.activation, gate.rule),
        };
        params.u(end).u(number(activation)).u(rule_number(rule))
    }
}

/// Where the taps of one direction fall, by axis: on position `(i·step + u·tap + shift) / divisor`, where that divides.
struct Steps {
    step: [usize; 2],
    tap: [i64; 2],
    shift: [i64; 2],
    divisor: [usize; 2],
}

impl Steps {
    fn forward(op: &Conv2d) -> Self {
        let window = &op.window;
        Self {
            step: window.stride,
            tap: window.dilation.map(|d| d as i64),
            shift: [-(window.padding.top as i64), -(window.padding.left as i64)],
            divisor: [1, 1],
        }
    }

    fn back(op: &Conv2d) -> Self {
        let window = &op.window;
        Self {
            step: [1, 1],
            tap: window.dilation.map(|d| -(d as i64)),
            shift: [window.padding.top as i64, window.padding.left as i64],
            divisor: window.stride,
        }
    }

    fn params(&self, params: Params) -> Params {
        let params = params.u(self.step[0]).u(self.step[1]).i(self.tap[0]).i(self.tap[1]);
        params.i(self.shift[0]).i(self.shift[1])
    }
}

impl Conv {
    pub(crate) fn prepare(recorder: &Recorder, op: &Conv2d, w: &[f32], b: &[f32]) -> Result<Self> {
        Ok(Self { op: *op, w: Weights::keep(recorder, w)?, b: recorder.keep(bytemuck::cast_slice(b))? })
    }

    pub(crate) fn forward(&self, recorder: &Recorder, x: &Tensor, y: Shape) -> Result<Tensor> {
        self.apply(recorder, x, y, true, End::BiasAndActivation(self.op.activation))
    }

    pub(crate) fn vjp(
        &self,
        recorder: &Recorder,
        dz: &Tensor,
        x: Shape,
        gate: Option<Gate<'_, Tensor>>,
    ) -> Result<Tensor> {
        self.apply(recorder, dz, x, false, gate.map_or(End::Nothing, End::Gate))
    }

    fn apply(
        &self,
        recorder: &Recorder,
        x: &Tensor,
        y: Shape,
        forward: bool,
        end: End<'_>,
    ) -> Result<Tensor> {
        let op = &self.op;
        // A binding must hold something even where the kernel does not look at it.
        let beside: &Buffer = if let End::Gate(gate) = &end { gate.y.buffer() } else { &self.b };
        let steps = if forward { Steps::forward(op) } else { Steps::back(op) };
        let [rows, channels] = [y.c, x.shape().c].map(|c| c / op.groups);
        let columns = y.area().div_ceil(TILE);
        let out = Tensor::new(recorder.room(y.len())?, y);
        let buffers = [&**x.buffer(), &self.w.buffer, beside, &**out.buffer()];
        if op.groups == 1 && op.window.is_pointwise() {
            let params = end.params(self.w.params().u(rows).u(channels).u(y.area()));
            let kernel = Kernel::Pointwise { transposed: !forward };
            recorder.run(kernel, params, &buffers, [columns, rows.div_ceil(TILE), y.n])?;
            return Ok(out);
        }
        let taps = op.window.taps();
        let [w_row, w_channel] = if forward { [channels * taps, taps] } else { [taps, rows * taps] };
        let sizes = |params: Params| {
            let params = params.u(rows).u(channels).u(op.groups);
            params.u(x.shape().h).u(x.shape().w).u(y.h).u(y.w)
        };
        if rows < FEW {
            let params = steps.params(sizes(self.w.params().u(y.len()))).u(w_row).u(w_channel);
            let kernel = Kernel::Direct { kernel: op.window.kernel, divisor: steps.divisor };
            recorder.run(kernel, end.params(params), &buffers, grid(y.len().div_ceil(FLAT)))?;
        } else {
            let params = sizes(self.w.params()).u(op.window.kernel[0]).u(op.window.kernel[1]);
            let params = steps.params(params).u(steps.divisor[0]).u(steps.divisor[1]).u(w_row).u(w_channel);
            let grid = [columns, rows.div_ceil(TILE), y.n * op.groups];
            recorder.run(Kernel::Dense, end.params(params), &buffers, grid)?;
        }
        Ok(out)
    }
}
