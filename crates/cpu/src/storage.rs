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

/// The largest buffer that a kernel works in: 512 MiB. Larger ones come from windows that no network has, for example a
/// stride of thousands.
const MAX_WORKSPACE: usize = 1 << 27;

/// A buffer of zeros of the product of `extents`.
pub(crate) fn workspace(extents: &[usize]) -> Result<Vec<f32>> {
    let elements = extents.iter().try_fold(1usize, |n, &extent| n.checked_mul(extent));
    match elements.filter(|&n| n <= MAX_WORKSPACE) {
        Some(n) => Ok(vec![0.0; n]),
        None => Err(Error::BadShape {
            what: "the buffer that this window works in".into(),
            given: extents.iter().map(ToString::to_string).collect::<Vec<_>>().join("x"),
            needed: format!("at most {MAX_WORKSPACE} elements"),
        }),
    }
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
