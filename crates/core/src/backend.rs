//! The kernels behind the ops.

use crate::ops::{AvgPool, Binary, Conv2d, IndexMap, MaxPool, Reduce, Unary};
use crate::{Activation, Error, ReluRule, Result, Shape};

/// An activation of the ReLU family that a gradient passes in the backward pass; see [`Activation::vjp`].
#[derive(Debug)]
pub struct Gate<'a, T> {
    /// The activation's output.
    pub y: &'a T,
    /// The activation.
    pub activation: Activation,
    /// Backward rule for ReLUs.
    pub rule: ReluRule,
}

/// `f32` kernels. [`Graph`](crate::Graph) and [`Tape`](crate::Tape) decide what to compute, a backend decides
/// how.
///
/// In all methods, `x` is an op's input, `y` its output, `dy` and `dx` are the gradients of the target with
/// respect to them. A kernel that a backend lacks returns [`Error::Unsupported`]; the tape adds the layer's
/// name. No kernel returns zeros for "not known".
///
/// The graph has checked all shapes before it calls a kernel.
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
    /// Input positions of the maxima of a max-pooling.
    type Argmax: Clone;

    /// Creates a tensor from row-major NCHW values.
    ///
    /// # Errors
    /// [`Error::BadShape`] if `data.len() != shape.len()`.
    fn upload(&self, shape: Shape, data: &[f32]) -> Result<Self::Tensor>;
    /// Returns the values, row-major NCHW. Only this and [`download_all`](Self::download_all) wait for a
    /// device.
    async fn download(&self, x: &Self::Tensor) -> Result<Vec<f32>>;
    /// Returns the values of several tensors; waits for a device once.
    async fn download_all(&self, xs: &[&Self::Tensor]) -> Result<Vec<Vec<f32>>> {
        let mut values = Vec::with_capacity(xs.len());
        for x in xs {
            values.push(self.download(x).await?);
        }
        Ok(values)
    }
    /// The shape of a tensor.
    fn shape(&self, x: &Self::Tensor) -> Shape;

    /// Prepares weights `[out, in / groups, kh, kw]` and bias `[out]`.
    fn prepare_conv2d(&self, _op: &Conv2d, _w: &[f32], _b: &[f32]) -> Result<Self::Conv> {
        Err(Error::Unsupported("prepare_conv2d"))
    }
    /// `y = activation(w ⋆ x + b)`, `y` of the given shape.
    fn conv2d(&self, _x: &Self::Tensor, _conv: &Self::Conv, _y: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("conv2d"))
    }
    /// `dx = wᵀ ⋆ dz`, the transposed convolution; `dz` has already passed the activation. With a gate, `dx`
    /// passes it too: the kernel still has `dx` in registers, and the previous layer needs only the result.
    fn conv2d_vjp(
        &self,
        _dz: &Self::Tensor,
        _conv: &Self::Conv,
        _x: Shape,
        _gate: Option<Gate<'_, Self::Tensor>>,
    ) -> Result<Self::Tensor> {
        Err(Error::Unsupported("conv2d_vjp"))
    }

    /// Prepares weights `[out, in]` and bias `[out]`.
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

    /// Prepares `scale` and `shift`, one value per channel.
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
    /// The gradient `dy` behind a gate, where no kernel applies it.
    fn gated(&self, _dy: &Self::Tensor, _gate: Gate<'_, Self::Tensor>) -> Result<Self::Tensor> {
        Err(Error::Unsupported("gated"))
    }

    /// `y = f(x)`, element-wise.
    fn unary(&self, _x: &Self::Tensor, _f: Unary) -> Result<Self::Tensor> {
        Err(Error::Unsupported("unary"))
    }
    /// `dx = f'·dy`, with [`Unary::slope`] computed from `kept`, which is `x` or `y` as
    /// [`Unary::keeps_input`] says.
    fn unary_vjp(&self, _dy: &Self::Tensor, _kept: &Self::Tensor, _f: Unary) -> Result<Self::Tensor> {
        Err(Error::Unsupported("unary_vjp"))
    }

    /// `y = f(a, b)`, element-wise; `a` or `b` may be `[n, c, 1, 1]` and is then broadcast over the positions
    /// of `y`.
    fn binary(&self, _a: &Self::Tensor, _b: &Self::Tensor, _f: Binary, _y: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("binary"))
    }

    /// Reduction over the positions of each channel, to `[n, c, 1, 1]`.
    fn reduce(&self, _x: &Self::Tensor, _to: Reduce) -> Result<Self::Tensor> {
        Err(Error::Unsupported("reduce"))
    }
    /// The vjp of [`reduce`](Self::reduce): broadcasts the gradient over all positions of `x`; for a mean
    /// divided by their number.
    fn spread(&self, _dy: &Self::Tensor, _from: Reduce, _x: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("spread"))
    }

    /// `y = max over the window`, with padding of −∞; the first maximum in row-major order wins a tie.
    fn max_pool(&self, _x: &Self::Tensor, _op: &MaxPool, _y: Shape) -> Result<(Self::Tensor, Self::Argmax)> {
        Err(Error::Unsupported("max_pool"))
    }
    /// `dx = Σ dy` over the windows whose maximum is the element.
    fn max_pool_vjp(&self, _dy: &Self::Tensor, _argmax: &Self::Argmax, _x: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("max_pool_vjp"))
    }

    /// `y = mean over the window`, divided as [`AvgPool::divisor`] says.
    fn avg_pool(&self, _x: &Self::Tensor, _op: &AvgPool, _y: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("avg_pool"))
    }
    /// `dx = Σ dy / divisor` over the windows that contain the element.
    fn avg_pool_vjp(&self, _dy: &Self::Tensor, _op: &AvgPool, _x: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("avg_pool_vjp"))
    }

    /// Concatenates the channels of all inputs.
    fn concat(&self, _xs: &[Self::Tensor]) -> Result<Self::Tensor> {
        Err(Error::Unsupported("concat"))
    }

    /// `y`, each value of which is a value of `x` or 0: see [`IndexMap`].
    fn gather(&self, _x: &Self::Tensor, _map: &IndexMap) -> Result<Self::Tensor> {
        Err(Error::Unsupported("gather"))
    }
    /// The transpose of [`gather`](Self::gather), which is its vjp: each value of `dx` is the sum of `dy`
    /// over the places that it was copied to.
    fn scatter(&self, _dy: &Self::Tensor, _map: &IndexMap) -> Result<Self::Tensor> {
        Err(Error::Unsupported("scatter"))
    }

    /// The same values in another shape of the same length: flatten, and its vjp.
    fn reshape(&self, _x: &Self::Tensor, _y: Shape) -> Result<Self::Tensor> {
        Err(Error::Unsupported("reshape"))
    }
}
