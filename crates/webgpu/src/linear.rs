//! The linear layer.

use candling_core::{Result, Shape};

use crate::Tensor;
use crate::buffers::Buffer;
use crate::elementwise::each;
use crate::kernel::{LINEAR, LINEAR_VJP, NONE, grid};
use crate::recorder::Recorder;
use crate::uniforms::{self, word};
use crate::weights::Weights;

/// Weights `[out, in]` and bias.
pub struct Linear {
    w: Weights,
    b: Buffer,
    inputs: usize,
    outputs: usize,
}

impl Linear {
    pub(crate) fn prepare(recorder: &Recorder, w: &[f32], b: &[f32]) -> Result<Self> {
        let outputs = b.len();
        let inputs = w.len() / outputs.max(1);
        Ok(Self {
            w: Weights::keep(recorder, w)?,
            b: recorder.keep(bytemuck::cast_slice(b))?,
            inputs,
            outputs,
        })
    }

    pub(crate) fn forward(&self, recorder: &Recorder, x: &Tensor) -> Result<Tensor> {
        let shape = Shape::vector(x.shape().n, self.outputs);
        let y = Tensor::new(recorder.room(shape.len())?, shape);
        let uniforms = uniforms::Linear {
            halves: self.w.halves(),
            sums: word(shape.len()),
            outputs: word(self.outputs),
            inputs: word(self.inputs),
        };
        let buffers: [&Buffer; 4] = [x.buffer(), &self.w.buffer, &self.b, y.buffer()];
        recorder.run(LINEAR, NONE, uniforms, &buffers, grid(shape.len()))?;
        Ok(y)
    }

    pub(crate) fn vjp(&self, recorder: &Recorder, dy: &Tensor) -> Result<Tensor> {
        let shape = Shape::vector(dy.shape().n, self.inputs);
        let uniforms = uniforms::LinearVjp {
            halves: self.w.halves(),
            values: word(shape.len()),
            outputs: word(self.outputs),
            inputs: word(self.inputs),
        };
        each(recorder, LINEAR_VJP, uniforms, &[dy.buffer(), &self.w.buffer], shape)
    }
}
