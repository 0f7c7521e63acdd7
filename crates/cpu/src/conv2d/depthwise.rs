//! Depthwise convolution: every output channel sees one input channel, so there is no matrix product to be had
//! and each plane is a small stencil.
//!
//! A stride is turned into contiguous loads by *phases*: columns `0, s, 2s, …` of the padded plane are laid out
//! next to each other, then `1, s+1, …`, and so on. Tap `v` of output column `j` reads padded column `j·s + v·d`,
//! that is column `j + ⌊v·d/s⌋` of phase `v·d mod s`: neighbours for neighbouring `j`. The vjp does the same
//! the other way round: it computes each phase of `dx` from contiguous `dz`, and lays the phases back.

use candle_core::Tensor;
use candling_core::ops::{Conv2d, Window};
use candling_core::{Activation, Result, Shape};

use super::Epilogue;
use crate::storage::{read, shape, tensor, workspace};

/// Columns computed at a time, their sums held in registers: four 128-bit vectors.
const LANES: usize = 16;

pub(super) struct Depthwise {
    op: Conv2d,
    /// `[out, kh · kw]`
    w: Vec<f32>,
    epilogue: Epilogue,
}

/// Where the taps of one axis read: for tap `k` the phase, and how far into it.
struct Phases {
    stride: usize,
    taps: Vec<(usize, usize)>,
}

impl Phases {
    fn new(kernel: usize, stride: usize, dilation: usize) -> Self {
        let tap = |k: usize| (k * dilation % stride, k * dilation / stride);
        Self { stride, taps: (0..kernel).map(tap).collect() }
    }

    /// The furthest reach into a phase.
    fn reach(&self) -> usize {
        self.taps.iter().map(|&(_, offset)| offset).max().unwrap_or(0)
    }
}

impl Depthwise {
    pub(super) fn prepare(op: &Conv2d, w: &[f32], epilogue: Epilogue) -> Self {
        Self { op: *op, w: w.to_vec(), epilogue }
    }

    /// Output channels per input channel.
    fn multiplier(&self) -> usize {
        self.op.out_channels / self.op.in_channels
    }

    pub(super) fn forward(&self, x: &Tensor, ys: Shape) -> Result<Tensor> {
        match self.epilogue.activation {
            Activation::None => self.forward_with(x, ys, |v| v),
            Activation::Relu => self.forward_with(x, ys, |v| Activation::Relu.apply(v)),
            Activation::Relu6 => self.forward_with(x, ys, |v| Activation::Relu6.apply(v)),
        }
    }

    fn forward_with(&self, x: &Tensor, ys: Shape, activate: impl Fn(f32) -> f32) -> Result<Tensor> {
        let xs = shape(x);
        let Window { kernel, stride, dilation, padding } = self.op.window;
        let columns = Phases::new(kernel[1], stride[1], dilation[1]);
        // A phase's row also covers what the last vector of outputs reads beyond the picture: zeros.
        let phase_width = ys.w.next_multiple_of(LANES) + columns.reach();
        let row_width = phase_width * columns.stride;
        let rows = (ys.h - 1) * stride[0] + (kernel[0] - 1) * dilation[0] + 1;
        let mut padded = workspace(&[rows, columns.stride, phase_width])?;
        let seen_rows = xs.h.min(rows.saturating_sub(padding.top));

        let mut y = vec![0.0f32; ys.len()];
        read(x, |x| {
            for (i, y) in y.chunks_exact_mut(ys.area()).enumerate() {
                let o = i % self.op.out_channels;
                // with a multiplier, the same plane serves several outputs
                if o.is_multiple_of(self.multiplier()) {
                    let plane = &x[i / self.multiplier() * xs.area()..][..xs.area()];
                    for (row, x) in plane.chunks_exact(xs.w).take(seen_rows).enumerate() {
                        let to = &mut padded[(row + padding.top) * row_width..][..row_width];
                        split(x, to, columns.stride, phase_width, padding.left);
                    }
                }
                let w = &self.w[o * self.op.window.taps()..][..self.op.window.taps()];
                let bias = self.epilogue.bias[o];
                for (i, y) in y.chunks_exact_mut(ys.w).enumerate() {
                    for (chunk, y) in y.chunks_mut(LANES).enumerate() {
                        let mut sum = [0.0; LANES];
                        for (u, w) in w.chunks_exact(kernel[1]).enumerate() {
                            let row = &padded[(i * stride[0] + u * dilation[0]) * row_width..][..row_width];
                            for (&(phase, offset), &w) in columns.taps.iter().zip(w) {
                                let from = phase * phase_width + offset + chunk * LANES;
                                add_scaled(&mut sum, &row[from..], w);
                            }
                        }
                        y.iter_mut().zip(sum).for_each(|(y, z)| *y = activate(z + bias));
                    }
                }
            }
        })?;
        tensor(ys, y)
    }

    // z[i, j] = b + Σ w[u, v] · x[i·s + u·d − p, j·s + v·d − p]
    pub(super) fn vjp(&self, dz: &Tensor, xs: Shape) -> Result<Tensor> {
        let ys = shape(dz);
        let Window { kernel, stride, dilation, padding } = self.op.window;
        let rows = Phases::new(kernel[0], stride[0], dilation[0]);
        let columns = Phases::new(kernel[1], stride[1], dilation[1]);
        // `dx` column `j·s + phase − p` gathers `dz` columns `j − offset`; zeros before and behind.
        let margin = columns.reach();
        let phase_width = (xs.w + padding.left).div_ceil(columns.stride).next_multiple_of(LANES);
        let row_width = margin + phase_width.max(ys.w);
        let mut padded = workspace(&[ys.h, row_width])?;
        let mut phases = workspace(&[columns.stride, phase_width])?;

        let mut dx = vec![0.0f32; xs.len()];
        read(dz, |dz| {
            for (i, dz) in dz.chunks_exact(ys.area()).enumerate() {
                for (to, dz) in padded.chunks_exact_mut(row_width).zip(dz.chunks_exact(ys.w)) {
                    to[margin..margin + ys.w].copy_from_slice(dz);
                }
                let o = i % self.op.out_channels;
                let w = &self.w[o * self.op.window.taps()..][..self.op.window.taps()];
                let plane = &mut dx[i / self.multiplier() * xs.area()..][..xs.area()];
                for (row, dx) in plane.chunks_exact_mut(xs.w).enumerate() {
                    let (phase_of_row, at) =
                        ((row + padding.top) % rows.stride, (row + padding.top) / rows.stride);
                    phases.fill(0.0);
                    for (&(phase, offset), w) in rows.taps.iter().zip(w.chunks_exact(kernel[1])) {
                        let Some(i) = at.checked_sub(offset).filter(|&i| phase == phase_of_row && i < ys.h)
                        else {
                            continue;
                        };
                        let dz = &padded[i * row_width..][..row_width];
                        for (&(phase, offset), &w) in columns.taps.iter().zip(w) {
                            let to = &mut phases[phase * phase_width..][..phase_width];
                            let from = &dz[margin - offset..];
                            to.iter_mut().zip(from).for_each(|(dx, dz)| *dx += w * dz);
                        }
                    }
                    join(&phases, dx, columns.stride, phase_width, padding.left);
                }
            }
        })?;
        tensor(xs, dx)
    }
}

/// `sum += w · x[..LANES]`
#[inline(always)]
fn add_scaled(sum: &mut [f32; LANES], x: &[f32], w: f32) {
    let x = &x[..LANES];
    for l in 0..LANES {
        sum[l] += w * x[l];
    }
}

/// Lays the columns of one padded row out by phase: padded column `c` goes to column `c / s` of phase `c mod s`.
fn split(x: &[f32], to: &mut [f32], stride: usize, phase_width: usize, left: usize) {
    if stride == 1 {
        let n = x.len().min(phase_width.saturating_sub(left));
        if n > 0 {
            to[left..left + n].copy_from_slice(&x[..n]);
        }
        return;
    }
    for (phase, to) in to.chunks_exact_mut(phase_width).enumerate() {
        // the first padded column of this phase that lies in the picture
        let first = phase + (left.saturating_sub(phase)).div_ceil(stride) * stride;
        let to = to.iter_mut().skip(first / stride);
        to.zip(x.iter().skip(first - left).step_by(stride)).for_each(|(to, &x)| *to = x);
    }
}

/// The transpose of [`split`]: adds every phase's columns to the row that they came from.
fn join(phases: &[f32], dx: &mut [f32], stride: usize, phase_width: usize, left: usize) {
    for (phase, from) in phases.chunks_exact(phase_width).enumerate() {
        let first = phase + (left.saturating_sub(phase)).div_ceil(stride) * stride;
        let from = from.iter().skip(first / stride);
        dx.iter_mut().skip(first - left).step_by(stride).zip(from).for_each(|(dx, v)| *dx += v);
    }
}
