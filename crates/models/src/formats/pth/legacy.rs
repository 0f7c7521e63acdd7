//! `torch.save` before 1.6: pickles of the machine, of the state dictionary and of the storages' keys, then
//! the storages.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use candle_core::pickle::Object;
use candling_core::Weights;

use super::view::{gathered, views};
use super::{Parsed, unpickle};

/// The tensors of a file, of which `bytes` is what follows the magic number.
pub(super) fn tensors(bytes: &[u8]) -> Parsed<Weights> {
    let mut reader = Cursor::new(bytes);
    let _machine = unpickle(&mut reader)?;
    let views = views(unpickle(&mut reader)?)?;
    let Object::List(keys) = unpickle(&mut reader)? else {
        return Err("the list of storages is missing".to_owned());
    };
    let sizes: HashMap<&str, usize> =
        views.iter().map(|(_, v)| (v.storage.as_str(), v.element_size)).collect();

    let mut storages = HashMap::new();
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
    gathered(&views, |key| storages.get(key).copied())
}
