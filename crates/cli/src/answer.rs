//! Maps: how they are made, and how they are painted.

use std::io::Cursor;
use std::sync::Arc;

use candling_core::{Error as CoreError, Method, NodeId, Occluder, Occlusion, Query, Shape, Target};
use candling_imaging::{Map, Paint, Photo, Rect, overlay, render};
use pollster::block_on;

use crate::args::{Explain, How};
use crate::backend::Named;
use crate::error::Result;
use crate::session::Session;

/// A raw map, however it came about.
pub struct Answer {
    pub target: Target,
    pub shape: Shape,
    pub data: Vec<f32>,
    /// The part of the input that it lies on: left, top, width, height, in pixels of the input.
    area: [f64; 4],
}

/// The patch where none is named; the step is half of it.
const PATCH: usize = 32;

impl Answer {
    /// What speaks for a target in what was seen, at this layer where the method takes one.
    pub fn of(
        args: &Explain,
        session: &Session<'_, impl Named>,
        layer: Option<NodeId>,
        target: Target,
    ) -> Result<Self> {
        match args.method {
            How::Walk(method) => walk(args, session, method, layer, target),
            How::Occlusion => occlude(args, session, target),
        }
    }

    /// The largest value.
    pub fn max(&self) -> f32 {
        self.data.iter().copied().fold(f32::NEG_INFINITY, f32::max)
    }

    /// The extents of the file of raw values.
    pub fn extents(&self) -> Vec<usize> {
        let s = self.shape;
        if s.c == 1 { vec![s.h, s.w] } else { vec![s.c, s.h, s.w] }
    }

    /// A PNG of the map over the photo it explains; a map of a ready tensor stands alone, at the input's size.
    pub fn picture(&self, args: &Explain, session: &Session<'_, impl Named>) -> Result<Vec<u8>> {
        let s = self.shape;
        let map = Map::new(&self.data, s.c, s.h, s.w)?;
        let input = session.tape.shape(session.tape.graph().input());
        let (mut picture, view, opacity) = match &session.photo {
            Some((photo, view)) => {
                (photo.clone(), *view, args.opacity.unwrap_or(args.colormap.usual_opacity()))
            }
            None => {
                let (width, height) = (input.w as u32, input.h as u32);
                let white = Photo { width, height, rgba: vec![u8::MAX; input.area() * 4] };
                (white, Rect { x: 0, y: 0, width, height }, 1.0)
            }
        };
        let place = place(self.area, input, view);
        let backdrop = session.backdrop.clone().map(|backdrop| backdrop.under(self.area)).transpose()?;
        let paint = Paint { colormap: args.colormap, opacity, scale: None, backdrop: backdrop.as_ref() };
        let heat = render(&map, place.width, place.height, paint)?;
        overlay(&mut picture, &heat, place)?;
        let Photo { width, height, rgba } = picture;
        let mut png = Cursor::new(Vec::new());
        let colours = image::ExtendedColorType::Rgba8;
        image::write_buffer_with_format(&mut png, &rgba, width, height, colours, image::ImageFormat::Png)
            .map_err(|e| CoreError::Backend(format!("png: {e}")))?;
        Ok(png.into_inner())
    }
}

fn walk(
    args: &Explain,
    session: &Session<'_, impl Named>,
    method: Method,
    layer: Option<NodeId>,
    target: Target,
) -> Result<Answer> {
    let query = Query { method, target, layer, counterfactual: args.counterfactual };
    let found = block_on(session.tape.explain(&query))?;
    let input = session.tape.shape(session.tape.graph().input());
    let area = [0.0, 0.0, input.w as f64, input.h as f64];
    Ok(Answer { target, shape: found.shape, data: found.data, area })
}

fn occlude(args: &Explain, session: &Session<'_, impl Named>, target: Target) -> Result<Answer> {
    let (tape, input) = (&session.tape, session.tape.graph().input());
    let patch = args.patch.unwrap_or(PATCH);
    let stride = args.stride.unwrap_or((patch / 2).max(1));
    let occlusion = Occlusion { patch, stride, ..Occlusion::default() };
    let picture = tape.activation(input).ok_or_else(|| CoreError::NotRetained("input".into()))?;
    let picture = block_on(tape.network().backend().download(picture))?;
    let occluder =
        block_on(Occluder::new(Arc::clone(tape.network()), tape.shape(input), picture, target, occlusion))?;
    let shape = occluder.map_shape();
    let data = block_on(occluder.values(0..shape.area()))?;
    Ok(Answer { target, shape, data, area: occlusion.area(tape.shape(input))? })
}

/// An area of the input, in whole pixels of the photo, of which the network saw `view`.
fn place([left, top, width, height]: [f64; 4], input: Shape, view: Rect) -> Rect {
    let along = |start: u32, side: u32, input: usize, from: f64, length: f64| {
        let pixel = |at: f64| (at * f64::from(side) / input as f64).round() as u32;
        let begin = pixel(from).min(side - 1);
        (start + begin, pixel(from + length).clamp(begin + 1, side) - begin)
    };
    let (x, width) = along(view.x, view.width, input.w, left, width);
    let (y, height) = along(view.y, view.height, input.h, top, height);
    Rect { x, y, width, height }
}
