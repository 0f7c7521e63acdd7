//! Reading and writing of NumPy's `.npy`.

use std::path::Path;

use candling_core::{Error as CoreError, Shape};
use npyz::{NpyFile, WriterBuilder};

use crate::error::{Error, Result};

/// Reads a `f32` tensor `1×3×H×W` from these bytes, which came from `path`.
pub fn read(path: &Path, bytes: &[u8]) -> Result<(Shape, Vec<f32>)> {
    // checked before npyz multiplies the extents
    let extents = extents(&bytes[..bytes.len().min(MAX_HEADER)])
        .ok_or_else(|| Error::file(path, "not .npy: no shape in its header"))?;
    let &[1, 3, h, w] = extents.as_slice() else {
        return Err(Error::file(path, format!("the tensor is {extents:?}, needed [1, 3, height, width]")));
    };
    let shape = Shape::new(1, 3, h, w).checked("input").map_err(|e| Error::file(path, e))?;
    let npy = NpyFile::new(bytes).map_err(|e| Error::file(path, format!("not .npy: {e}")))?;
    let columns_first = npy.order() == npyz::Order::Fortran;
    if columns_first {
        return Err(Error::file(path, "the tensor is in Fortran order; save it with np.ascontiguousarray"));
    }
    let data = npy.into_vec::<f32>().map_err(|e| {
        Error::file(path, format!("needed f32 values in the number that the header says: {e}"))
    })?;
    Ok((shape, data))
}

/// Largest size of a header of version 1; NumPy writes 128 bytes.
const MAX_HEADER: usize = 10 + (1 << 16);

/// The extents in a header, `'shape': (1, 3, 224, 224)`; one that overflows is taken as the largest number.
fn extents(start: &[u8]) -> Option<Vec<usize>> {
    let text = String::from_utf8_lossy(start.strip_prefix(b"\x93NUMPY")?).into_owned();
    let (_, shape) = text.split_once("'shape': (")?;
    let (shape, _) = shape.split_once(')')?;
    let extents = shape.split(',').map(str::trim).filter(|extent| !extent.is_empty());
    Some(extents.map(|extent| extent.parse().unwrap_or(usize::MAX)).collect())
}

/// A file of `f32` values with these extents.
pub fn bytes(extents: &[usize], values: &[f32]) -> Result<Vec<u8>> {
    let encode = || -> std::io::Result<Vec<u8>> {
        let extents: Vec<u64> = extents.iter().map(|&n| n as u64).collect();
        let mut bytes = Vec::new();
        let mut npy =
            npyz::WriteOptions::new().default_dtype().shape(&extents).writer(&mut bytes).begin_nd()?;
        npy.extend(values.iter().copied())?;
        npy.finish()?;
        Ok(bytes)
    };
    Ok(encode().map_err(|e| CoreError::Backend(format!("npy: {e}")))?)
}
