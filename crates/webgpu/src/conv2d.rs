//! Convolution. Three kernels, each for both directions: the transpose of a convolution is a convolution with
//! other strides.
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
use crate::kernel::{DENSE, DIRECT, FLAT, NONE, POINTWISE, TILE, grid};
use crate::recorder::Recorder;
use crate::uniforms::{self, signed, word};
use crate::weights::Weights;

/// Below this many output channels the tiled kernel wastes most of its rows; use `direct.wgsl`.
pub const FEW: usize = 8;

/// Weights `[out, in / groups, kh, kw]`, used in both directions, and bias.
pub struct Conv {
    op: Conv2d,
    w: Weights,
    b: Buffer,
}

/// The last step of a kernel, applied to each sum.
enum End<'a> {
    BiasAndActivation(Activation),
    Nothing,
    Gate(Gate<'a, Tensor>),
}

impl End<'_> {
    /// `end`, `activation` and `rule` of the uniforms.
    fn words(&self) -> [u32; 3] {
        let (end, activation, rule) = match self {
            Self::BiasAndActivation(activation) => (0, *activation, ReluRule::Exact),
            Self::Nothing => (1, Activation::None, ReluRule::Exact),
            Self::Gate(gate) => (2, gate.activation, gate.rule),
        };
        [end, number(activation), rule_number(rule)]
    }
}

/// Input positions of the taps in one direction, by axis: `(i·step + u·tap + shift) / divisor`, where that
/// divides.
struct Steps {
    step: [usize; 2],
    tap: [i32; 2],
    shift: [i32; 2],
    divisor: [usize; 2],
}

impl Steps {
    fn forward(op: &Conv2d) -> Self {
        let window = &op.window;
        Self {
            step: window.stride,
            tap: window.dilation.map(signed),
            shift: [window.padding.top, window.padding.left].map(|p| -signed(p)),
            divisor: [1, 1],
        }
    }

    fn back(op: &Conv2d) -> Self {
        let window = &op.window;
        Self {
            step: [1, 1],
            tap: window.dilation.map(|d| -signed(d)),
            shift: [window.padding.top, window.padding.left].map(signed),
            divisor: window.stride,
        }
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
        // a binding needs a buffer even if the kernel does not read it
        let beside: &Buffer = if let End::Gate(gate) = &end { gate.y.buffer() } else { &self.b };
        let steps = if forward { Steps::forward(op) } else { Steps::back(op) };
        let [rows, channels] = [y.c, x.shape().c].map(|c| c / op.groups);
        let columns = y.area().div_ceil(TILE);
        let out = Tensor::new(recorder.room(y.len())?, y);
        let buffers = [&**x.buffer(), &self.w.buffer, beside, &**out.buffer()];
        let halves = self.w.halves();
        let [end, activation, rule] = end.words();
        if op.groups == 1 && op.window.is_pointwise() {
            let uniforms = uniforms::Pointwise {
                halves,
                rows: word(rows),
                depth: word(channels),
                columns: word(y.area()),
                end,
                activation,
                rule,
            };
            let transposed = [u32::from(!forward), 0, 0, 0];
            let grid = [columns, rows.div_ceil(TILE), y.n];
            recorder.run(POINTWISE, transposed, uniforms, &buffers, grid)?;
            return Ok(out);
        }
        let taps = op.window.taps();
        let [w_row, w_channel] =
            if forward { [channels * taps, taps] } else { [taps, rows * taps] }.map(word);
        let [kernel_height, kernel_width] = op.window.kernel.map(word);
        let [step_down, step_across] = steps.step.map(signed);
        let [tap_down, tap_across] = steps.tap;
        let [shift_down, shift_across] = steps.shift;
        let [divisor_down, divisor_across] = steps.divisor;
        let [x_height, x_width, y_height, y_width] = [x.shape().h, x.shape().w, y.h, y.w].map(word);
        let (channels, groups) = (word(channels), word(op.groups));
        if rows < FEW {
            let uniforms = uniforms::Direct {
                halves,
                values: word(y.len()),
                rows: word(rows),
                channels,
                groups,
                x_height,
                x_width,
                y_height,
                y_width,
                step_down,
                step_across,
                tap_down,
                tap_across,
                shift_down,
                shift_across,
                w_row,
                w_channel,
                end,
                activation,
                rule,
            };
            let constants = [kernel_height, kernel_width, word(divisor_down), word(divisor_across)];
            recorder.run(DIRECT, constants, uniforms, &buffers, grid(y.len().div_ceil(FLAT)))?;
        } else {
            let uniforms = uniforms::Dense {
                halves,
                rows: word(rows),
                channels,
                groups,
                x_height,
                x_width,
                y_height,
                y_width,
                kernel_height,
                kernel_width,
                step_down,
                step_across,
                tap_down,
                tap_across,
                shift_down,
                shift_across,
                divisor_down: signed(divisor_down),
                divisor_across: signed(divisor_across),
                w_row,
                w_channel,
                end,
                activation,
                rule,
            };
            let grid = [columns, rows.div_ceil(TILE), y.n * op.groups];
            recorder.run(DENSE, NONE, uniforms, &buffers, grid)?;
        }
        Ok(out)
    }
}
