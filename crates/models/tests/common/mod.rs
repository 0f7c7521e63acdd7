//! Hand-made model files, which can be made invalid.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)] // each test uses some of it

use std::collections::{BTreeMap, HashMap};

use candling_models::{Error, Model};
use half::f16;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::{Value, json};

/// A tensor: type, extents, bytes.
pub type Tensor = (Dtype, Vec<usize>, Vec<u8>);

/// A model file before it is written.
#[derive(Clone)]
pub struct Draft {
    /// The JSON under `candling`.
    pub document: Value,
    /// The tensors by name.
    pub tensors: BTreeMap<String, Tensor>,
}

/// `f16` values in steps of 1/8.
pub fn halves(shape: &[usize]) -> Tensor {
    let values = (0..shape.iter().product()).map(|i: usize| f16::from_f64((i * 5 % 17) as f64 / 8.0 - 1.0));
    (Dtype::F16, shape.to_vec(), values.flat_map(f16::to_le_bytes).collect())
}

impl Draft {
    /// A draft with a convolution, global average pooling and a linear layer: 8×6 pictures, three classes.
    pub fn new() -> Self {
        let window = json!({
            "stride": [2, 1], "padding": [0, 1, 1, 0], "dilation": [1, 1], "groups": 1, "activation": "relu6",
        });
        let document = json!({
            "format": 1,
            "name": "Small",
            "licence": "CC0-1.0",
            "origin": "this test",
            "preprocessing": {
                "width": 8, "height": 6, "mean": [127.0, 127.0, 127.0], "std": [128.0, 128.0, 128.0],
                "crop_fraction": 0.875,
            },
            "default_layer": "stem",
            "layers": [
                { "name": "stem", "op": { "conv2d": window }, "inputs": ["input"] },
                { "name": "pool", "op": "global_avg_pool", "inputs": ["stem"] },
                { "name": "classifier", "op": "linear", "inputs": ["pool"] },
            ],
            "labels": ["cat", "dog", "egg"],
        });
        let tensors = [
            ("stem.weight".to_owned(), halves(&[4, 3, 3, 3])),
            ("stem.bias".to_owned(), halves(&[4])),
            ("classifier.weight".to_owned(), halves(&[3, 4])),
            ("classifier.bias".to_owned(), halves(&[3])),
        ];
        Self { document, tensors: tensors.into() }
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes_under("candling")
    }

    /// The file with its document under another key.
    pub fn bytes_under(&self, key: &str) -> Vec<u8> {
        let views = self.tensors.iter().map(|(name, (dtype, shape, bytes))| {
            (name.as_str(), TensorView::new(*dtype, shape.clone(), bytes).unwrap())
        });
        let metadata = HashMap::from([(key.to_owned(), self.document.to_string())]);
        safetensors::serialize(views, Some(metadata)).unwrap()
    }

    /// The error message of reading the file.
    pub fn refusal(&self) -> String {
        refusal(&self.bytes())
    }
}

/// The error message of reading these bytes; its code is `bad-model`.
pub fn refusal(bytes: &[u8]) -> String {
    let error = Model::from_bytes(bytes).expect_err("it should be refused");
    assert_eq!(error.code(), "bad-model", "{error}");
    told(&error)
}

/// The text of an error, on one line and not empty.
pub fn told(error: &Error) -> String {
    let text = error.to_string();
    assert!(!text.contains('\n') && text.len() > 10, "{text:?}");
    text
}
