//! File formats of networks, each in a file or folder of its own: bytes to a [`Model`]. All but our own are
//! read as a draft, which passes normalise.

pub mod efficientnet_lite;
#[cfg(feature = "pth")]
mod pth;

use crate::{Error, Model, Result};

/// A file format of models.
#[derive(Debug)]
pub struct Format {
    /// Display name.
    pub name: &'static str,
    /// Usual file extension.
    pub ending: &'static str,
    /// Describes the format and how it is recognised, in words that follow "not" in an error.
    signs: &'static str,
    /// Whether a file with these bytes is of the format, judged by its beginning.
    recognises: fn(&[u8]) -> bool,
    /// The reader; `None` if it is not compiled in.
    read: Option<Reader>,
}

/// A function that reads a model from the bytes of a file.
type Reader = fn(&[u8]) -> Result<Model>;

/// First bytes that `torch.save` wrote before PyTorch 1.6: `pickle(0x1950a86a20f9469cfc6c)`, then
/// `pickle(1001)`, the protocol.
const LEGACY_PICKLE: &[u8] =
    b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e\x80\x02\x4d\xe9\x03\x2e";

/// All known formats, our own first. Each is recognised everywhere; PyTorch's is read only with the feature
/// `pth`.
pub static FORMATS: [Format; 2] = [
    Format {
        name: "Candling model",
        ending: ".safetensors",
        signs: "a Candling model (a safetensors file with a `candling` entry)",
        // eight bytes of the header's length, then JSON
        recognises: |bytes| bytes.get(8) == Some(&b'{'),
        read: Some(Model::from_bytes),
    },
    Format {
        name: "PyTorch checkpoint",
        ending: ".pth",
        signs: "a PyTorch checkpoint (neither a zip nor torch.save's older format)",
        recognises: |bytes| bytes.starts_with(b"PK") || bytes.starts_with(LEGACY_PICKLE),
        #[cfg(feature = "pth")]
        read: Some(pth::model),
        #[cfg(not(feature = "pth"))]
        read: None,
    },
];

/// The format of a file with these bytes.
#[must_use]
pub fn recognise(bytes: &[u8]) -> Option<&'static Format> {
    FORMATS.iter().find(|format| (format.recognises)(bytes))
}

/// Reads a model from a file of any known format.
///
/// # Errors
/// [`Error::UnknownFormat`], which lists the known formats; and those of the format's reader.
pub fn import(bytes: &[u8]) -> Result<Model> {
    let Some(format) = recognise(bytes) else {
        let signs: Vec<String> = FORMATS.iter().map(|format| format!("not {}", format.signs)).collect();
        return Err(Error::UnknownFormat(format!("of no format that is known: {}", signs.join("; "))));
    };
    let Some(read) = format.read else {
        return Err(Error::UnknownFormat(elsewhere(format)));
    };
    read(bytes)
}

/// A hint for a file that is not ours where only ours are read: its format, and what to do with it.
pub(crate) fn hint(bytes: &[u8]) -> Option<String> {
    FORMATS[1..].iter().find(|format| (format.recognises)(bytes)).map(elsewhere)
}

fn elsewhere(format: &Format) -> String {
    let Format { name, ending, .. } = format;
    format!(
        "it begins like a {name}; make a model file of it with `candling convert FILE{ending} -o MODEL.safetensors`"
    )
}
