//! Candling's kernels on a GPU: WebGPU in browsers, Vulkan and Metal natively, from the same WGSL.
//!
//! Tensors are buffers in row-major NCHW. A call only records a kernel; reading values back submits all
//! recorded kernels as one command encoder and waits once. So a forward pass is one submission, a backward
//! pass is another, and only the results are read back.
//!
//! GPU failures (device lost, out of memory, a pipeline that the driver cannot compile) are reported late.
//! Those that happened so far are reported when values are read back, as
//! [`Error::BackendLost`](candling_core::Error::BackendLost); partial results are never returned.

mod buffers;
mod conv2d;
mod counts;
mod device;
mod elementwise;
mod kernel;
mod linear;
mod place;
mod pool;
mod recorder;
mod reduce;
mod scopes;
mod tensor;
mod uniforms;
mod weights;

use candling_core::ops::{AvgPool, Binary, Conv2d, IndexMap, MaxPool, Reduce, Unary};
use candling_core::{Activation, Backend, Gate, Result, Shape};

pub use conv2d::{Conv, FEW};
pub use counts::Counts;
pub use device::Adapter;
pub use elementwise::Affine;
pub use kernel::{DEPTH, LAYOUTS, Layout, SHADERS, Shader, TILE};
pub use linear::Linear;
pub use pool::Argmax;
pub use tensor::Tensor;
pub use uniforms::Field;

use device::Card;
use recorder::Recorder;

/// The backend: a device, its pipelines, and a pool of buffers.
pub struct WebGpu {
    recorder: Recorder,
    adapter: wgpu::Adapter,
}

impl WebGpu {
    /// Creates a device on the fastest adapter; a software adapter only if there is no other.
    ///
    /// # Errors
    /// [`Error::BackendUnavailable`](candling_core::Error::BackendUnavailable) if there is no adapter, or it
    /// gives no device.
    pub async fn new() -> Result<Self> {
        let Card { adapter, device, queue, most_bytes } = device::request().await?;
        Ok(Self { recorder: Recorder::new(device, queue, most_bytes), adapter })
    }

    /// The GPU.
    #[must_use]
    pub fn adapter(&self) -> Adapter {
        Adapter::of(&self.adapter)
    }

    /// Counters of the work since the device was created.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.recorder.counts()
    }

    /// Submits what was recorded and waits until the GPU has finished, without reading back: after weights
    /// were prepared, and for timing.
    ///
    /// # Errors
    /// [`Error::BackendLost`](candling_core::Error::BackendLost).
    pub async fn finish(&self) -> Result<()> {
        self.recorder.read_back(&[]).await.map(|_| ())
    }

    /// Destroys the device, as if it were lost: everything that is read back from now on fails.
    pub fn destroy(&self) {
        self.recorder.destroy();
    }
}

impl Backend for WebGpu {
    type Tensor = Tensor;
    type Conv = Conv;
    type Linear = Linear;
    type Affine = Affine;
    type Argmax = Argmax;

    fn upload(&self, shape: Shape, data: &[f32]) -> Result<Tensor> {
        shape.check_count("tensor", data)?;
        Ok(Tensor::new(self.recorder.upload(data)?, shape))
    }

    async fn download(&self, x: &Tensor) -> Result<Vec<f32>> {
        Ok(self.download_all(&[x]).await?.pop().unwrap_or_default())
    }

    async fn download_all(&self, xs: &[&Tensor]) -> Result<Vec<Vec<f32>>> {
        let buffers: Vec<_> = xs.iter().map(|x| x.buffer()).collect();
        self.recorder.read_back(&buffers).await
    }

    fn shape(&self, x: &Tensor) -> Shape {
        x.shape()
    }

    fn prepare_conv2d(&self, op: &Conv2d, w: &[f32], b: &[f32]) -> Result<Conv> {
        Conv::prepare(&self.recorder, op, w, b)
    }

    fn conv2d(&self, x: &Tensor, conv: &Conv, y: Shape) -> Result<Tensor> {
        conv.forward(&self.recorder, x, y)
    }

    fn conv2d_vjp(
        &self,
        dz: &Tensor,
        conv: &Conv,
        x: Shape,
        gate: Option<Gate<'_, Tensor>>,
    ) -> Result<Tensor> {
        conv.vjp(&self.recorder, dz, x, gate)
    }

    fn prepare_linear(&self, w: &[f32], b: &[f32]) -> Result<Linear> {
        Linear::prepare(&self.recorder, w, b)
    }

    fn linear(&self, x: &Tensor, linear: &Linear) -> Result<Tensor> {
        linear.forward(&self.recorder, x)
    }

    fn linear_vjp(&self, dy: &Tensor, linear: &Linear) -> Result<Tensor> {
        linear.vjp(&self.recorder, dy)
    }

    fn prepare_affine(&self, scale: &[f32], shift: &[f32]) -> Result<Affine> {
        Affine::prepare(&self.recorder, scale, shift)
    }

    fn affine(&self, x: &Tensor, affine: &Affine) -> Result<Tensor> {
        affine.forward(&self.recorder, x)
    }

    fn affine_vjp(&self, dy: &Tensor, affine: &Affine) -> Result<Tensor> {
        affine.vjp(&self.recorder, dy)
    }

    fn activation(&self, x: &Tensor, a: Activation) -> Result<Tensor> {
        elementwise::activation(&self.recorder, x, a)
    }

    fn gated(&self, dy: &Tensor, gate: Gate<'_, Tensor>) -> Result<Tensor> {
        elementwise::gated(&self.recorder, dy, gate)
    }

    fn unary(&self, x: &Tensor, f: Unary) -> Result<Tensor> {
        elementwise::unary(&self.recorder, x, f, None)
    }

    fn unary_vjp(&self, dy: &Tensor, kept: &Tensor, f: Unary) -> Result<Tensor> {
        elementwise::unary(&self.recorder, kept, f, Some(dy))
    }

    fn binary(&self, a: &Tensor, b: &Tensor, f: Binary, y: Shape) -> Result<Tensor> {
        elementwise::binary(&self.recorder, a, b, f, y)
    }

    fn reduce(&self, x: &Tensor, to: Reduce) -> Result<Tensor> {
        reduce::reduce(&self.recorder, x, to)
    }

    fn spread(&self, dy: &Tensor, from: Reduce, x: Shape) -> Result<Tensor> {
        reduce::spread(&self.recorder, dy, from, x)
    }

    fn max_pool(&self, x: &Tensor, op: &MaxPool, y: Shape) -> Result<(Tensor, Argmax)> {
        pool::max(&self.recorder, x, op, y)
    }

    fn max_pool_vjp(&self, dy: &Tensor, argmax: &Argmax, x: Shape) -> Result<Tensor> {
        pool::max_vjp(&self.recorder, dy, argmax, x)
    }

    fn avg_pool(&self, x: &Tensor, op: &AvgPool, y: Shape) -> Result<Tensor> {
        pool::avg(&self.recorder, x, op, y)
    }

    fn avg_pool_vjp(&self, dy: &Tensor, op: &AvgPool, x: Shape) -> Result<Tensor> {
        pool::avg_vjp(&self.recorder, dy, op, x)
    }

    fn concat(&self, xs: &[Tensor]) -> Result<Tensor> {
        place::concat(&self.recorder, xs)
    }

    fn gather(&self, x: &Tensor, map: &IndexMap) -> Result<Tensor> {
        place::gather(&self.recorder, x, map, false)
    }

    fn scatter(&self, dy: &Tensor, map: &IndexMap) -> Result<Tensor> {
        place::gather(&self.recorder, dy, map, true)
    }

    fn reshape(&self, x: &Tensor, y: Shape) -> Result<Tensor> {
        Ok(x.reshaped(y))
    }
}
