//! Convolution, seven loops deep.

use candling_core::Shape;

use super::{Array, Conv, at};

/// Calls `f(index in y, index in x, index in w)` for every product of the convolution.
fn for_each_product(conv: &Conv, xs: Shape, ys: Shape, mut f: impl FnMut(usize, usize, usize)) {
    let op = &conv.op;
    let [kh, kw] = op.window.kernel;
    let (per_in, per_out) = (op.in_channels / op.groups, op.out_channels / op.groups);
    for n in 0..ys.n {
        for o in 0..ys.c {
            for i in 0..ys.h {
                for j in 0..ys.w {
                    let y = at(ys, n, o, i, j);
                    for c in 0..per_in {
                        for u in 0..kh {
                            let Some(row) = op.window.row(i, u, xs.h) else { continue };
                            for v in 0..kw {
                                let Some(column) = op.window.column(j, v, xs.w) else { continue };
                                let x = at(xs, n, o / per_out * per_in + c, row, column);
                                f(y, x, ((o * per_in + c) * kh + u) * kw + v);
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn forward(x: &Array, conv: &Conv, ys: Shape) -> Array {
    let area = ys.area();
    let mut z: Vec<f64> = (0..ys.len()).map(|i| conv.b[i / area % ys.c]).collect();
    for_each_product(conv, x.shape, ys, |y, i, w| z[y] += conv.w[w] * x.data[i]);
    Array::new(ys, z)
}

// z += w·x
pub(super) fn vjp(dz: &Array, conv: &Conv, xs: Shape) -> Array {
    let mut dx = Array::zeros(xs);
    for_each_product(conv, xs, dz.shape, |y, i, w| dx[i] += conv.w[w] * dz.data[y]);
    Array::new(xs, dx)
}
