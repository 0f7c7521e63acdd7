//! Kernels that move whole channels.

use candling_core::{Result, Shape};

use crate::Blocked;
use crate::blocked::BLOCK;

/// The channels of all inputs, one after the other, picture by picture.
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

/// `channels` channels from `start` on, which is the vjp of [`concat`].
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
