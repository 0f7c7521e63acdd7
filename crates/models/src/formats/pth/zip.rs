//! `torch.save` since 1.6: a zip with the state dictionary as `NAME/data.pkl`, and each storage as
//! `NAME/data/KEY`, uncompressed.

use std::collections::HashMap;
use std::io::{BufReader, Cursor, Read};

use ::zip::ZipArchive;
use candling_core::Weights;

use super::view::{gathered, views};
use super::{Parsed, unpickle};

pub(super) fn tensors(bytes: &[u8]) -> Parsed<Weights> {
    let words = |e: ::zip::result::ZipError| format!("the checkpoint's zip: {e}");
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(words)?;
    let folder = zip.file_names().find_map(|name| Some(name.ok()?.strip_suffix("data.pkl")?.to_owned()));
    let folder = folder.ok_or("the zip holds no `data.pkl`, so it is no checkpoint of torch.save")?;
    let pickle = zip.by_name(&format!("{folder}data.pkl")).map_err(words)?;
    let views = views(unpickle(&mut BufReader::new(pickle))?)?;

    let mut storages: HashMap<&str, Vec<u8>> = HashMap::new();
    for (_, view) in views.iter().filter(|(_, view)| view.is_f32) {
        let key = view.storage.as_str();
        if !storages.contains_key(key) {
            let mut values = Vec::new();
            let mut file = zip.by_name(&format!("{folder}data/{key}")).map_err(words)?;
            file.read_to_end(&mut values).map_err(|e| format!("storage {key}: {e}"))?;
            storages.insert(key, values);
        }
    }
    gathered(&views, |key| storages.get(key).map(Vec::as_slice))
}
