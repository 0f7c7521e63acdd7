//! Computing and painting of maps.

use std::io::Cursor;

use candling_core::attribution::{Options, Passes, begin};
use candling_core::{Attribution, Error as CoreError, NodeId, Query, Shape, Target};
use candling_imaging::{Map, Paint, Photo, Rect, overlay, render};
use pollster::block_on;

use crate::args::Explain;
use crate::backend::Named;
use crate::error::Result;
use crate::forward_pass::ForwardPass;

/// A raw map.
pub struct RawMap {
    pub target: Target,
    pub shape: Shape,
    pub data: Vec<f32>,
    /// The area of the input that the map covers: left, top, width, height, in pixels of the input.
    area: [f64; 4],
}

impl RawMap {
    /// Computes the map of a method for a target, at this layer if the method takes one.
    pub fn of(
        args: &Explain,
        pass: &ForwardPass<'_, impl Named>,
        layer: Option<NodeId>,
        target: Target,
    ) -> Result<Self> {
        let query = Query { method: args.method, target, layer, counterfactual: args.counterfactual };
        let found = if args.method.is_many_passes() {
            in_passes(&args.options.0, pass, &query)?
        } else {
            block_on(pass.tape.explain(&query))?
        };
        Ok(Self { target, shape: found.shape, data: found.data, area: found.area })
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

    /// A PNG of the map over the photo; for a ready tensor of the map alone, at the input's size.
    pub fn picture(&self, args: &Explain, pass: &ForwardPass<'_, impl Named>) -> Result<Vec<u8>> {
        let s = self.shape;
        let map = Map::new(&self.data, s.c, s.h, s.w)?;
        let input = pass.tape.shape(pass.tape.graph().input());
        let (mut picture, view, opacity) = match &pass.photo {
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
        let backdrop = pass.backdrop.clone().map(|backdrop| backdrop.under(self.area)).transpose()?;
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

/// Computes a map of many passes, with the given options.
fn in_passes(options: &Options, pass: &ForwardPass<'_, impl Named>, query: &Query) -> Result<Attribution> {
    let (tape, input) = (&pass.tape, pass.tape.graph().input());
    let picture = tape.activation(input).ok_or_else(|| CoreError::NotRetained("input".into()))?;
    let picture = block_on(tape.network().backend().download(picture))?;
    let work = begin(tape.network(), tape.shape(input), picture, query, options)?;
    let values = block_on(work.run(0..work.pieces()))?;
    Ok(work.finish(&values)?)
}

/// Converts an area of the input to whole pixels of the photo, of which the network saw `view`.
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
