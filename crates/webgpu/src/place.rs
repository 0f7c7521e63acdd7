//! Kernels that move values: concatenation and index maps.

use candling_core::ops::IndexMap;
use candling_core::{Result, Shape};

use crate::Tensor;
use crate::buffers::Buffer;
use crate::elementwise::each;
use crate::kernel::{COPY_CHANNELS, FLAT, GATHER, NONE, grid};
use crate::recorder::Recorder;
use crate::uniforms::{self, word};

/// Concatenates all channels of all inputs; one kernel per input.
pub(crate) fn concat(recorder: &Recorder, xs: &[Tensor]) -> Result<Tensor> {
    let first = xs.first().map_or(Shape::vector(0, 0), Tensor::shape);
    let shape = Shape { c: xs.iter().map(|x| x.shape().c).sum(), ..first };
    let y = Tensor::new(recorder.room(shape.len())?, shape);
    let mut start = 0;
    for x in xs {
        copy(recorder, x, &y, start)?;
        start += x.shape().c;
    }
    Ok(y)
}

/// Copies all channels of `x` into `y`, from channel offset `to`.
fn copy(recorder: &Recorder, x: &Tensor, y: &Tensor, to: usize) -> Result<()> {
    let area = x.shape().area();
    let values = x.shape().len();
    let uniforms = uniforms::CopyChannels {
        values: word(values),
        part: word(x.shape().c * area),
        y_picture: word(y.shape().c * area),
        y_start: word(to * area),
    };
    let buffers: [&Buffer; 2] = [x.buffer(), y.buffer()];
    recorder.run(COPY_CHANNELS, NONE, uniforms, &buffers, grid(values.div_ceil(FLAT)))
}

/// Gathers values of `x` by an index map; with `back`, the transpose: `x` is the gradient of the gathered
/// values, and each result is the sum over the places that the value was copied to.
pub(crate) fn gather(recorder: &Recorder, x: &Tensor, map: &IndexMap, back: bool) -> Result<Tensor> {
    let [xs, ys] = if back { [map.y(), map.x] } else { [map.x, map.y()] };
    let lists = recorder.upload(bytemuck::cast_slice(&lists(map, ys, back)))?;
    let uniforms = uniforms::Gather {
        values: word(ys.len()),
        x_channels: word(xs.c),
        x_height: word(xs.h),
        x_width: word(xs.w),
        y_channels: word(ys.c),
        y_height: word(ys.h),
        y_width: word(ys.w),
    };
    each(recorder, GATHER, uniforms, &[x.buffer(), &lists], ys)
}

/// The lists that `gather.wgsl` reads: for every channel, row and column of the result the start of its list,
/// then the lists.
fn lists(map: &IndexMap, result: Shape, back: bool) -> Vec<u32> {
    let sizes = [result.c, result.h, result.w];
    let first = sizes.iter().sum::<usize>() + sizes.len();
    let (mut starts, mut lists) = (Vec::with_capacity(first), Vec::new());
    for (axis, size) in map.axes.iter().zip(sizes) {
        let mut of_axis = vec![Vec::new(); size];
        for (to, from) in (0..).zip(axis).filter(|(_, from)| **from != IndexMap::NOTHING) {
            let (of, entry) = if back { (*from, to) } else { (to, *from) };
            of_axis[of as usize].push(entry);
        }
        for list in of_axis {
            starts.push(word(first + lists.len()));
            lists.extend(list);
        }
        starts.push(word(first + lists.len()));
    }
    starts.extend(lists);
    starts
}
