//! The formats that networks come in, each in a file or a folder of its own: bytes to a [`Model`]. All but
//! our own go through a draft of the network and the passes that normalise it.

pub mod efficientnet_lite;
#[cfg(feature = "pth")]
mod pth;

use crate::{Error, Model, Result};

/// A format that models come in.
#[derive(Debug)]
pub struct Format {
    /// What people call it.
    pub name: &'static str,
    /// What files of it are usually called.
    pub ending: &'static str,
    /// What a file lacks that is none, in words that follow "not".
    signs: &'static str,
    /// Whether a file with these bytes is one, by how it begins.
    recognises: fn(&[u8]) -> bool,
    /// Reads a file; none where that is not compiled in.
    read: Option<Reader>,
}

/// Makes a model of a file's bytes.
type Reader = fn(&[u8]) -> Result<Model>;

/// How `torch.save` began before PyTorch 1.6: `pickle(0x1950a86a20f9469cfc6c)`, then `pickle(1001)`, the
/// protocol.
const LEGACY_PICKLE: &[u8] =
    b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e\x80\x02\x4d\xe9\x03\x2e";

/// Every format that is known, our own first. Each recognises its files everywhere; all are read only where
/// the feature `pth` is on.
pub static FORMATS: [Format; 2] = [
    Format {
        name: "Candling model",
        ending: ".safetensors",
        signs: "a Candling model (a safetensors file with a `candling` entry)",
        // the length of the header, and then JSON
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

/// Makes a model of a file of any format that is known.
///
/// # Errors
/// [`Error::UnknownFormat`], which lists those that are; and what the format's reader says.
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

/// What to say of a file that is not ours where only ours are read: which format it is of, and what can be
/// done with it.
pub(crate) fn hint(bytes: &[u8]) -> Option<String> {
    FORMATS[1..].iter().find(|format| (format.recognises)(bytes)).map(elsewhere)
}

fn elsewhere(format: &Format) -> String {
    let Format { name, ending, .. } = format;
    format!(
        "it begins like a {name}; make a model file of it with `candling convert FILE{ending} -o MODEL.safetensors`"
    )
}
