//! Tensors of a state dictionary, as views of storages.

use candle_core::pickle::Object;
use candling_core::{Weight, Weights};

use super::Parsed;

/// The tensors of a state dictionary by name; other values are skipped.
pub(super) fn views(state: Object) -> Parsed<Vec<(String, TensorView)>> {
    let view = |(name, value): (Object, Object)| Some((name.unicode().ok()?, TensorView::new(value)?));
    Ok(dictionary(state)?.into_iter().filter_map(view).collect())
}

/// The values of all `f32` tensors, given the bytes of the storages.
pub(super) fn gathered<'b>(
    views: &[(String, TensorView)],
    storage: impl Fn(&str) -> Option<&'b [u8]>,
) -> Parsed<Weights> {
    let floats = views.iter().filter(|(_, view)| view.is_f32);
    floats.map(|(name, view)| Ok((name.clone(), view.gather(name, storage(&view.storage))?))).collect()
}

/// The entries of an `OrderedDict`, whatever attributes it carries.
fn dictionary(state: Object) -> Parsed<Vec<(Object, Object)>> {
    match state {
        Object::Dict(entries) => Ok(entries),
        Object::Build { callable, .. } => dictionary(*callable),
        _ => Err("the checkpoint is no state dictionary; save model.state_dict()".to_owned()),
    }
}

/// A tensor as a strided view of a storage.
pub(super) struct TensorView {
    pub storage: String,
    pub is_f32: bool,
    pub element_size: usize,
    offset: usize,
    shape: Vec<usize>,
    strides: Vec<usize>,
}

impl TensorView {
    /// Reads `torch._utils._rebuild_tensor_v2((storage, offset, size, stride, ...))`; `None` for anything
    /// else.
    fn new(value: Object) -> Option<Self> {
        let (callable, args) = value.reduce().ok()?;
        let (_, function) = callable.class().ok()?;
        let [storage, offset, shape, strides, ..] = <[Object; 6]>::try_from(args.tuple().ok()?).ok()?;
        let storage = storage.persistent_load().ok()?.tuple().ok()?;
        // ("storage", class, key, device, length, ...)
        let (_, class) = storage.get(1)?.clone().class().ok()?;
        // sizes of all types are known, to find the next storage; only `f32` is read
        let element_size = match class.as_str() {
            "DoubleStorage" | "LongStorage" => 8,
            "FloatStorage" | "IntStorage" => 4,
            "HalfStorage" | "BFloat16Storage" | "ShortStorage" => 2,
            "CharStorage" | "ByteStorage" | "BoolStorage" => 1,
            _ => return None,
        };
        let view = Self {
            storage: storage.get(2)?.clone().unicode().ok()?,
            is_f32: class == "FloatStorage",
            element_size,
            offset: usize::try_from(offset.int_or_long().ok()?).ok()?,
            shape: Vec::try_from(shape).ok()?,
            strides: Vec::try_from(strides).ok()?,
        };
        (function == "_rebuild_tensor_v2" && view.shape.len() == view.strides.len()).then_some(view)
    }

    /// The values in row-major order.
    fn gather(&self, name: &str, storage: Option<&[u8]>) -> Parsed<Weight> {
        let bytes = storage.ok_or_else(|| format!("`{name}`: its storage is missing"))?;
        let outside = || format!("`{name}` reaches outside its storage");
        let last = self.shape.iter().zip(&self.strides).try_fold(self.offset, |at, (&n, &stride)| {
            at.checked_add(n.checked_sub(1)?.checked_mul(stride)?)
        });
        if last.is_none_or(|last| last >= bytes.len() / 4) {
            return Err(outside());
        }
        let mut positions = vec![self.offset];
        for (&n, &stride) in self.shape.iter().zip(&self.strides) {
            if positions.len().checked_mul(n).is_none_or(|elements| elements > bytes.len() / 4) {
                return Err(outside());
            }
            positions = positions.iter().flat_map(|at| (0..n).map(move |i| at + i * stride)).collect();
        }
        let value = |at: usize| {
            let b = &bytes[4 * at..][..4];
            f32::from_le_bytes([b[0], b[1], b[2], b[3]])
        };
        Ok(Weight { shape: self.shape.clone(), data: positions.into_iter().map(value).collect() })
    }
}
