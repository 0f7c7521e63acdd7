//! Kernels that move values.

use candling_core::ops::IndexMap;
use candling_core::{Result, Shape};

use crate::Blocked;
use crate::blocked::{BLOCK, blocks, size};

/// Concatenates the channels of all inputs, picture by picture.
pub(crate) fn concat(xs: &[Blocked]) -> Result<Blocked> {
    let shapes: Vec<Shape> = xs.iter().map(Blocked::shape).collect();
    let first = shapes.first().copied().unwrap_or(Shape::vector(0, 0));
    let ys = Shape { c: shapes.iter().map(|s| s.c).sum(), ..first };
    let in_blocks = shapes.iter().all(|s| s.c.is_multiple_of(BLOCK));
    let values = |x: &Blocked| if in_blocks { x.read(<[f32]>::to_vec) } else { x.to_planar() };
    let parts = xs.iter().map(values).collect::<Result<Vec<_>>>()?;
    let mut y = Vec::with_capacity(ys.len());
    for n in 0..ys.n {
        for (part, s) in parts.iter().zip(&shapes) {
            let picture = s.c * s.area();
            y.extend_from_slice(&part[n * picture..][..picture]);
        }
    }
    if in_blocks { Blocked::new(ys, y) } else { Blocked::from_planar(ys, &y) }
}

/// Returns `channels` channels from `start` on.
pub(crate) fn slice(dy: &Blocked, start: usize, channels: usize) -> Result<Blocked> {
    let s = dy.shape();
    let xs = Shape { c: channels, ..s };
    let cut = |values: &[f32]| -> Vec<f32> {
        let pictures = values.chunks_exact(values.len() / s.n);
        pictures.flat_map(|picture| &picture[start * s.area()..][..channels * s.area()]).copied().collect()
    };
    if start.is_multiple_of(BLOCK) && channels.is_multiple_of(BLOCK) {
        return Blocked::new(xs, dy.read(cut)?);
    }
    Blocked::from_planar(xs, &cut(&dy.to_planar()?))
}

/// Gathers values of `x` by an index map.
pub(crate) fn gather(x: &Blocked, map: &IndexMap) -> Result<Blocked> {
    moved(x, map, false)
}

// y = gather(x)
pub(crate) fn scatter(dy: &Blocked, map: &IndexMap) -> Result<Blocked> {
    moved(dy, map, true)
}

/// Adds every value to the place that a map joins with its own: from `x` to `y`, or `back` from `y` to `x`.
fn moved(from: &Blocked, map: &IndexMap, back: bool) -> Result<Blocked> {
    let (xs, ys) = (map.x, map.y());
    let positions: Vec<Option<usize>> = map.positions().collect();
    // index of a channel's first value
    let start = |s: Shape, n: usize, c: usize| ((n * blocks(s.c) + c / BLOCK) * s.area()) * BLOCK + c % BLOCK;
    let to = if back { xs } else { ys };
    let mut values = vec![0.0; size(to)];
    from.read(|from| {
        for n in 0..xs.n {
            for (y_channel, x_channel) in map.channels() {
                let (y, x) = (start(ys, n, y_channel), start(xs, n, x_channel));
                for (i, position) in positions.iter().enumerate() {
                    let Some(position) = position else { continue };
                    let (y, x) = (y + i * BLOCK, x + position * BLOCK);
                    let (at, to) = if back { (y, x) } else { (x, y) };
                    values[to] += from[at];
                }
            }
        }
    })?;
    Blocked::new(to, values)
}
