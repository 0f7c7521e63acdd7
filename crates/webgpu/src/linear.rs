//! The linear layer.

use candling_core::{Result, Shape};

use crate::Tensor;
use crate::buffers::Buffer;
use crate::elementwise::each;
use crate::kernel::{Kernel, grid};
use crate::recorder::Recorder;
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
        let params = self.w.params().u(shape.len()).u(self.outputs).u(self.inputs);
        recorder.run(
            Kernel::Linear,
            params,
            &[x.buffer(), &self.w.buffer, &self.b, y.buffer()],
            grid(shape.len()),
        )?;
        Ok(y)
    }

    pub(crate) fn vjp(&self, recorder: &Recorder, dy: &Tensor) -> Result<Tensor> {
        let shape = Shape::vector(dy.shape().n, self.inputs);
        let params = self.w.params().u(shape.len()).u(self.outputs).u(self.inputs);
        each(recorder, Kernel::LinearVjp, params, &[dy.buffer(), &self.w.buffer], shape)
    }
}
