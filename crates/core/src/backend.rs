//! The kernels behind the ops.

use crate::ops::{AvgPool, Conv2d, MaxPool};
use crate::{Activation, Error, ReluRule, Result, Shape};

/// A fused activation that a gradient meets on its way back; see [`Activation::vjp`].
#[derive(Debug)]
pub struct Gate<'a, T> {
    /// The activation's output.
    pub y: &'a T,
    /// The activation.
    pub activation: Activation,
    /// What it lets through.
    pub rule: ReluRule,
}

/// `f32` kernels, no policy: what to compute is decided by [`Graph`](crate::Graph) and
/// [`Tape`](crate::Tape), how by a backend.
///
/// Throughout, `x` is an op's input, `y` its output, `dy` and `dx` the gradients of the target with respect
/// to them. A kernel that a backend does not have answers [`Error::Unsupported`]; the tape adds the layer's
/// name. Nothing ever answers zeros for "not known".
///
/// Shapes were checked by the graph before a kernel is called.
#[allow(async_fn_in_trait)] // one thread: nobody needs the futures to be `Send`
pub trait Backend {
    /// An activation; cheap to clone (a handle).
    type Tensor: Clone;
    /// A convolution's weights, prepared (packed, transposed, uploaded) once.
    type Conv;
    /// A linear layer's weights, prepared once.
    type Linear;
    /// A per-channel scale and shift, prepared once.
    type Affine;
    /// Where each maximum of a max-pooling came from.
    type Argmax: Clone;

    /// A tensor from row-major NCHW values.
    ///
    /// # Errors
    /// [`Error::BadShape`] if `data.len() != shape.len()`.
    fn upload(&self, shape: Shape, data: &[f32]) -> Result<Self::Tensor>;
    /// The values, row-major NCHW. This and [`download_all`](Self::download_all) are the only places that wait for a device.
    async fn download(&self, x: &Self::Tensor) -> Result<Vec<f32>>;
    /// The values of several tensors; a device is waited for once.
    async fn download_all(&self, xs: &[&Self::Tensor]) -> Result<Vec<Vec<f32>>> {
        let mut values = Vec::with_capacity(xs.len());
        for x in xs {
            values.push(self.download(x).await?);
        }
        Ok(values)
    }
    /// The shape of a tensor.
    fn shape(&self, x: &Self::Tensor) -> Shape;

    /// Weights `[out, in / groups, kh, kw]`, bias `[out]`.
    fn prepare_conv2d(&self, _op: &Conv2d, _w: &[f32], _b: &[f32]) -> Result<Self::Conv> {
        Err(Error::Unsupported("prepare_conv2d"))
    }
    /// `y = activation(w ⋆ x + b)`, `y` of the given shape.
    fn conv2d(&self, _x: &Self::Tensor, _conv: &Self::Conv, _y: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("conv2d"))
    }
    /// `dx = wᵀ ⋆ dz`, the transposed convolution; `dz` has already passed the activation. With a gate, what of `dx` passes
    /// it: the layer before needs nothing else, and the kernel still has `dx` in registers.
    fn conv2d_vjp(
        &self,
        _dz: &Self::Tensor,
        _conv: &Self::Conv,
        _x: Shape,
        _gate: Option<Gate<'_, Self::Tensor>>,
    ) -> Result<Self::Tensor> {
        Err(Error::Unsupported("conv2d_vjp"))
    }

    /// Weights `[out, in]`, bias `[out]`.
    fn prepare_linear(&self, _w: &[f32], _b: &[f32]) -> Result<Self::Linear> {
        Err(Error::Unsupported("prepare_linear"))
    }
    /// `y = x·wᵀ + b` on `[n, in, 1, 1]`.
    fn linear(&self, _x: &Self::Tensor, _linear: &Self::Linear) -> Result<Self::Tensor> {
        Err(Error::Unsupported("linear"))
    }
    /// `dx = dy·w`.
    fn linear_vjp(&self, _dy: &Self::Tensor, _linear: &Self::Linear) -> Result<Self::Tensor> {
        Err(Error::Unsupported("linear_vjp"))
    }

    /// `scale` and `shift`, one value a channel.
    fn prepare_affine(&self, _scale: &[f32], _shift: &[f32]) -> Result<Self::Affine> {
        Err(Error::Unsupported("prepare_affine"))
    }
    /// `y = scale_c·x + shift_c`.
    fn affine(&self, _x: &Self::Tensor, _affine: &Self::Affine) -> Result<Self::Tensor> {
        Err(Error::Unsupported("affine"))
    }
    /// `dx = scale_c·dy`.
    fn affine_vjp(&self, _dy: &Self::Tensor, _affine: &Self::Affine) -> Result<Self::Tensor> {
        Err(Error::Unsupported("affine_vjp"))
    }

    /// `y = activation(x)`.
    fn activation(&self, _x: &Self::Tensor, _a: Activation) -> Result<Self::Tensor> {
        Err(Error::Unsupported("activation"))
    }
    /// What of `dy` passes under `rule` where the output was `y`; see [`Activation::vjp`].
    fn activation_vjp(
        &self,
        _dy: &Self::Tensor,
        _y: &Self::Tensor,
        _a: Activation,
        _rule: ReluRule,
    ) -> Result<Self::Tensor> {
        Err(Error::Unsupported("activation_vjp"))
    }

    /// `y = max over the window`, padding counting as −∞; the first maximum in row-major order wins a tie.
    fn max_pool(&self, _x: &Self::Tensor, _op: &MaxPool, _y: Shape) -> Result<(Self::Tensor, Self::Argmax)> {
        Err(Error::Unsupported("max_pool"))
    }
    /// `dx = Σ dy` over the windows that each element won.
    fn max_pool_vjp(&self, _dy: &Self::Tensor, _argmax: &Self::Argmax, _x: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("max_pool_vjp"))
    }

    /// `y = mean over the window`, divided as [`AvgPool::divisor`] says.
    fn avg_pool(&self, _x: &Self::Tensor, _op: &AvgPool, _y: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("avg_pool"))
    }
    /// `dx = Σ dy / divisor` over the windows that hold each element.
    fn avg_pool_vjp(&self, _dy: &Self::Tensor, _op: &AvgPool, _x: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("avg_pool_vjp"))
    }

    /// `y_c = mean of x_c`, `[n, c, 1, 1]`.
    fn global_avg_pool(&self, _x: &Self::Tensor) -> Result<Self::Tensor> {
        Err(Error::Unsupported("global_avg_pool"))
    }
    /// `dx = dy_c / (h·w)` at every position.
    fn global_avg_pool_vjp(&self, _dy: &Self::Tensor, _x: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("global_avg_pool_vjp"))
    }

    /// `y = a + b`; `b` of the same shape, or `[n, c, 1, 1]` and spread over the positions.
    fn add(&self, _a: &Self::Tensor, _b: &Self::Tensor) -> Result<Self::Tensor> {
        Err(Error::Unsupported("add"))
    }
    /// The gradient of one operand of shape `x`: `dy`, summed over the positions if it was spread over them.
    fn add_vjp(&self, _dy: &Self::Tensor, _x: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("add_vjp"))
    }

    /// The channels of all inputs, one after the other.
    fn concat(&self, _xs: &[Self::Tensor]) -> Result<Self::Tensor> {
        Err(Error::Unsupported("concat"))
    }
    /// The gradient of one input: `channels` channels of `dy` from `start` on.
    fn concat_vjp(&self, _dy: &Self::Tensor, _start: usize, _channels: usize) -> Result<Self::Tensor> {
        Err(Error::Unsupported("concat_vjp"))
    }

    /// The same values in another shape of as many elements: flatten, and its vjp.
    fn reshape(&self, _x: &Self::Tensor, _y: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("reshape"))
    }
}
