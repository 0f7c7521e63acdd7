//! Between candle's tensors and slices.

use candle_core::{CpuStorage, Storage, Tensor};
use candling_core::{Error, Result, Shape};

use crate::DEVICE;

pub(crate) fn error(e: candle_core::Error) -> Error {
    Error::Backend(e.to_string())
}

/// A tensor that takes over the values, without a copy.
pub(crate) fn tensor(shape: Shape, data: Vec<f32>) -> Result<Tensor> {
    Tensor::from_vec(data, (shape.n, shape.c, shape.h, shape.w), &DEVICE).map_err(error)
}

/// The shape; all our tensors have rank 4.
pub(crate) fn shape(x: &Tensor) -> Shape {
    match *x.dims() {
        [n, c, h, w] => Shape::new(n, c, h, w),
        _ => Shape::vector(1, x.elem_count()),
    }
}

/// Lends the values, row-major.
pub(crate) fn read<R>(x: &Tensor, f: impl FnOnce(&[f32]) -> R) -> Result<R> {
    let (storage, layout) = x.storage_and_layout();
    match (&*storage, layout.contiguous_offsets()) {
        (Storage::Cpu(CpuStorage::F32(values)), Some((start, end))) => Ok(f(&values[start..end])),
        _ => Err(Error::Backend("expected contiguous f32 values on the CPU".into())),
    }
}
