//! Methods at the resolution of the pixels: one walk from the logit to the input, under a ReLU rule.

use crate::{Backend, ReluRule, Result, Shape, Tape, Target};

impl<B: Backend> Tape<B> {
    /// The walk to the input: the gradient, guided backpropagation or the deconvnet, by `rule`.
    pub(super) async fn gradient(&self, target: Target, rule: ReluRule) -> Result<(Shape, Vec<f32>)> {
        let input = self.graph().input();
        let dx = self.backward(target, input, rule)?;
        Ok((self.shape(input), self.network().backend().download(&dx).await?))
    }

    /// `x ⊙ ∂y_c/∂x`.
    pub(super) async fn input_x_gradient(&self, target: Target) -> Result<(Shape, Vec<f32>)> {
        let (shape, mut dx) = self.gradient(target, ReluRule::Exact).await?;
        let x = self.download(self.graph().input()).await?;
        dx.iter_mut().zip(x).for_each(|(dx, x)| *dx *= x);
        Ok((shape, dx))
    }
}

/// Multiplies every channel of `pixels` by its picture's map.
pub(super) fn multiply_by_map(pixels: &mut [f32], maps: &[f32], shape: Shape) {
    let area = shape.area();
    for (picture, map) in pixels.chunks_exact_mut(shape.c * area).zip(maps.chunks_exact(area)) {
        for channel in picture.chunks_exact_mut(area) {
            channel.iter_mut().zip(map).for_each(|(v, m)| *v *= m);
        }
    }
}
