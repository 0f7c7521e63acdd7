//! The container: a safetensors file with one JSON document in its metadata.

use std::collections::{HashMap, HashSet};

use candling_core::{Weight, Weights};
use half::f16;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::document::{Document, FORMAT};
use crate::formats::hint;
use crate::widen::widen;
use crate::{Error, Precision, Result, packed};

/// Metadata key of the document. There is only one key: safetensors writes several in no fixed order, and a
/// model file must be reproducible byte for byte.
const KEY: &str = "candling";

/// Largest file size; a larger file is refused before it is parsed.
const MAX_BYTES: usize = 512 << 20;

/// Splits a file into its document, its weights as `f32`, and the precision that they are stored with.
pub(crate) fn read(bytes: &[u8]) -> Result<(Document, Weights, Precision)> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::BadModel(format!("{} bytes; at most {MAX_BYTES} are allowed", bytes.len())));
    }
    let not_ours = |e: &dyn std::fmt::Display| {
        let hint = hint(bytes).map(|hint| format!("; {hint}"));
        Error::BadModel(format!(
            "not a complete safetensors file of {} bytes: {e}{}",
            bytes.len(),
            hint.unwrap_or_default()
        ))
    };
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| not_ours(&e))?;
    let text = header.metadata().as_ref().and_then(|m| m.get(KEY)).ok_or_else(|| {
        Error::BadModel(format!(
            "no `{KEY}` entry in the metadata; make the file with `candling convert CHECKPOINT.pth -o MODEL.safetensors`"
        ))
    })?;
    let document = parse(text)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(|e| not_ours(&e))?;
    let mut weights = Weights::new();
    let mut precision = Precision::Full;
    for (name, view) in tensors.iter() {
        let (name, weight) = match packed::part_of(name, &tensors) {
            None => (name, plain(name, &view)?),
            Some((_, false)) => continue,
            Some((name, true)) => {
                precision = Precision::Small;
                (name, packed::read(name, &tensors)?)
            }
        };
        if weights.insert(name.to_owned(), weight).is_some() {
            return Err(Error::BadModel(format!("weight `{name}` is there twice, plain and packed")));
        }
    }
    Ok((document, weights, precision))
}

/// The error of an invalid document.
pub(crate) fn malformed(e: impl std::fmt::Display) -> Error {
    Error::BadModel(format!("the `{KEY}` document: {e}"))
}

/// Parses the document. The version is checked first, so that the error for a newer file says so.
fn parse(text: &str) -> Result<Document> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(malformed)?;
    match value.get("format").and_then(serde_json::Value::as_u64) {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(format) => {
            return Err(Error::BadModel(format!("format {format}; this version reads format {FORMAT}")));
        }
        None => return Err(Error::BadModel(format!("the `{KEY}` document names no format"))),
    }
    serde_json::from_value(value).map_err(malformed)
}

/// Reads a weight of floating-point numbers.
fn plain(name: &str, view: &TensorView<'_>) -> Result<Weight> {
    let bytes = view.data();
    let data: Vec<f32> = match view.dtype() {
        Dtype::F16 => widen(bytes),
        Dtype::F32 => bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
        other => {
            return Err(Error::BadModel(format!("weight `{name}` is {other:?}; f16 and f32 are allowed")));
        }
    };
    Ok(Weight { shape: view.shape().to_vec(), data })
}

/// Writes a file. `bits` gives the number of bits of a weight that is to be packed; others are rounded to
/// `f16`, which changes nothing in a converted [`Model`](crate::Model).
pub(crate) fn write(
    document: &Document,
    weights: &Weights,
    bits: impl Fn(&str) -> Option<usize>,
) -> Result<Vec<u8>> {
    let failed = |e: &dyn std::fmt::Display| Error::BadModel(e.to_string());
    let text = serde_json::to_string(document).map_err(|e| failed(&e))?;
    let mut tensors = Vec::new();
    for (name, weight) in weights {
        match bits(name) {
            Some(bits) => tensors.extend(packed::write(name, weight, bits)),
            None => {
                let bytes = weight.data.iter().flat_map(|&v| f16::from_f32(v).to_le_bytes()).collect();
                tensors.push((name.clone(), Dtype::F16, weight.shape.clone(), bytes));
            }
        }
    }
    let views = tensors
        .iter()
        .map(|(name, dtype, shape, bytes)| {
            let view = TensorView::new(*dtype, shape.clone(), bytes);
            view.map(|view| (name.as_str(), view)).map_err(|e| failed(&e))
        })
        .collect::<Result<Vec<_>>>()?;
    let metadata = HashMap::from([(KEY.to_owned(), text)]);
    safetensors::serialize(views, Some(metadata)).map_err(|e| failed(&e))
}

/// Checks that every tensor belongs to a layer: others are misspelt names, or padding for something else.
pub(crate) fn check_all_used(weights: &Weights, expected: &HashSet<String>) -> Result<()> {
    match weights.keys().find(|name| !expected.contains(*name)) {
        None => Ok(()),
        Some(name) => Err(Error::BadModel(format!("tensor `{name}` belongs to no layer"))),
    }
}
