//! Pixel methods: one backward pass from the logit to the input, under a ReLU rule.

use super::Explainer;
use super::cam::{self, Cam};
use crate::{Backend, Bilinear, NodeId, Query, ReluRule, Result, Shape, Target};

impl<B: Backend> Explainer<'_, B> {
    /// The gradient at the input under `rule`, or that times the input, `x ⊙ ∂y_c/∂x`.
    pub(super) async fn pixels(
        &mut self,
        target: Target,
        rule: ReluRule,
        times_input: bool,
    ) -> Result<(Shape, Vec<f32>)> {
        let input = self.tape.graph().input();
        let dx = self.backward(target, input, rule)?;
        let shape = self.tape.shape(input);
        if !times_input {
            return Ok((shape, self.tape.network().backend().download(&dx).await?));
        }
        let [mut dx, x] = self.tape.download_all([&dx, self.tape.kept(input)?]).await?;
        dx.iter_mut().zip(x).for_each(|(dx, x)| *dx *= x);
        Ok((shape, dx))
    }

    /// The gradient at the input under `rule`, times the upsampled map of a CAM at a layer.
    pub(super) async fn product(
        &mut self,
        rule: ReluRule,
        cam: &Cam,
        query: &Query,
        layer: NodeId,
    ) -> Result<(Shape, Vec<f32>)> {
        let input = self.tape.graph().input();
        let pixels = self.backward(query.target, input, rule)?;
        let gradient = self.cam_gradient(cam, query, layer)?;
        let [mut pixels, gradient, activation] =
            self.tape.download_all([&pixels, &gradient, self.tape.kept(layer)?]).await?;
        let (from, mut map) = cam.map_of(query.method, self.tape.shape(layer), &activation, gradient)?;
        if cam.relu {
            cam::relu(&mut map);
        }
        let shape = self.tape.shape(input);
        let up = Bilinear::new((from.h, from.w), (shape.h, shape.w)).planes(&map, from.n);
        multiply_by_map(&mut pixels, &up, shape);
        Ok((shape, pixels))
    }
}

/// Multiplies every channel of `pixels` by the map of its picture.
fn multiply_by_map(pixels: &mut [f32], maps: &[f32], shape: Shape) {
    let area = shape.area();
    for (picture, map) in pixels.chunks_exact_mut(shape.c * area).zip(maps.chunks_exact(area)) {
        for channel in picture.chunks_exact_mut(area) {
            channel.iter_mut().zip(map).for_each(|(v, m)| *v *= m);
        }
    }
}
