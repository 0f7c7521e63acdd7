//! The kernels behind the ops.

use crate::ops::{AvgPool, Binary, Conv2d, IndexMap, MaxPool, Reduce, Unary};
use crate::{Activation, Error, ReluRule, Result, Shape};

/// An activation of the ReLU family that a gradient meets on its way back; see [`Activation::vjp`].
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
    /// What of `dy` passes a gate, where no kernel takes it along.
    fn gated(&self, _dy: &Self::Tensor, _gate: Gate<'_, Self::Tensor>) -> Result<Self::Tensor> {
        Err(Error::Unsupported("gated"))
    }

    /// `y = f(x)`, value by value.
    fn unary(&self, _x: &Self::Tensor, _f: Unary) -> Result<Self::Tensor> {
        Err(Error::Unsupported("unary"))
    }
    /// `dx = f'·dy`, by [`Unary::slope`] of `kept`, which is `x` or `y` as [`Unary::keeps_input`] says.
    fn unary_vjp(&self, _dy: &Self::Tensor, _kept: &Self::Tensor, _f: Unary) -> Result<Self::Tensor> {
        Err(Error::Unsupported("unary_vjp"))
    }

    /// `y = f(a, b)`, value by value; `a` or `b` may be `[n, c, 1, 1]` and is then spread over the positions of `y`.
    fn binary(&self, _a: &Self::Tensor, _b: &Self::Tensor, _f: Binary, _y: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("binary"))
    }

    /// All positions of a channel to one value, `[n, c, 1, 1]`.
    fn reduce(&self, _x: &Self::Tensor, _to: Reduce) -> Result<Self::Tensor> {
        Err(Error::Unsupported("reduce"))
    }
    /// Its vjp: the gradient of one value to all positions of `x`, over their number for a mean.
    fn spread(&self, _dy: &Self::Tensor, _from: Reduce, _x: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("spread"))
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

    /// The channels of all inputs, one after the other.
    fn concat(&self, _xs: &[Self::Tensor]) -> Result<Self::Tensor> {
        Err(Error::Unsupported("concat"))
    }

    /// `y`, each value of which is one of `x` or 0: see [`IndexMap`].
    fn gather(&self, _x: &Self::Tensor, _map: &IndexMap) -> Result<Self::Tensor> {
        Err(Error::Unsupported("gather"))
    }
    /// The transpose of [`gather`](Self::gather), and so its vjp: each value of `dx` is the sum of `dy` where it went.
    fn scatter(&self, _dy: &Self::Tensor, _map: &IndexMap) -> Result<Self::Tensor> {
        Err(Error::Unsupported("scatter"))
    }

    /// The same values in another shape of as many elements: flatten, and its vjp.
    fn reshape(&self, _x: &Self::Tensor, _y: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("reshape"))
    }
}
