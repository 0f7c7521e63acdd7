//! Methods at the resolution of the pixels: one walk from the logit to the input, under a ReLU rule.

use super::{Explainer, cam};
use crate::{Backend, Bilinear, Method, NodeId, ReluRule, Result, Shape, Target};

impl<B: Backend> Explainer<'_, B> {
    /// The walk to the input: the gradient, guided backpropagation or the deconvnet, by `rule`.
    pub(super) async fn gradient(&mut self, target: Target, rule: ReluRule) -> Result<(Shape, Vec<f32>)> {
        let input = self.tape.graph().input();
        let dx = self.backward(target, input, rule)?;
        Ok((self.tape.shape(input), self.tape.network().backend().download(&dx).await?))
    }

    /// `x ⊙ ∂y_c/∂x`.
    pub(super) async fn input_x_gradient(&mut self, target: Target) -> Result<(Shape, Vec<f32>)> {
        let input = self.tape.graph().input();
        let dx = self.backward(target, input, ReluRule::Exact)?;
        let [mut dx, x] = self.tape.download_all([&dx, self.tape.kept(input)?]).await?;
        dx.iter_mut().zip(x).for_each(|(dx, x)| *dx *= x);
        Ok((self.tape.shape(input), dx))
    }

    /// Guided backpropagation times the upsampled Grad-CAM of a layer.
    pub(super) async fn guided_grad_cam(
        &mut self,
        target: Target,
        layer: NodeId,
    ) -> Result<(Shape, Vec<f32>)> {
        let input = self.tape.graph().input();
        let pixels = self.backward(target, input, ReluRule::Guided)?;
        let gradient = self.cam_gradient(Method::GradCam, target, layer)?;
        let [mut pixels, gradient, activation] =
            self.tape.download_all([&pixels, &gradient, self.tape.kept(layer)?]).await?;
        let (from, mut map) = self.tape.map_of(Method::GradCam, layer, &activation, gradient)?;
        cam::relu(&mut map);
        let shape = self.tape.shape(input);
        let up = Bilinear::new((from.h, from.w), (shape.h, shape.w)).planes(&map, from.n);
        multiply_by_map(&mut pixels, &up, shape);
        Ok((shape, pixels))
    }
}

/// Multiplies every channel of `pixels` by its picture's map.
fn multiply_by_map(pixels: &mut [f32], maps: &[f32], shape: Shape) {
    let area = shape.area();
    for (picture, map) in pixels.chunks_exact_mut(shape.c * area).zip(maps.chunks_exact(area)) {
        for channel in picture.chunks_exact_mut(area) {
            channel.iter_mut().zip(map).for_each(|(v, m)| *v *= m);
        }
    }
}
