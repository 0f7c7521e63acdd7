//! A model with a head of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use candling_core::Op;
use candling_models::{About, Model};

fn lite0() -> Model {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/models/efficientnet-lite0.safetensors");
    Model::from_bytes(&std::fs::read(file).unwrap()).unwrap()
}

/// A third, which `f16` rounds.
const THIRD: f32 = 1.0 / 3.0;
const THIRD_OF_F16: f32 = 0.333_251_95;

fn labels(count: usize) -> Vec<String> {
    (0..count).map(|class| format!("class {class}")).collect()
}

#[test]
fn the_last_layer_is_another_one_and_all_else_as_before() {
    let model = lite0();
    let features = model.graph().node(model.features().unwrap());
    assert_eq!(features.op.name(), "global_avg_pool", "{}", features.name);
    let headed = model.with_head("thirds", labels(3), &[THIRD; 3 * 1280], &[THIRD, 0.0, 1.0]).unwrap();
    assert_eq!(
        (headed.name(), headed.labels().names()),
        ("thirds, on EfficientNet-Lite0", labels(3).as_slice())
    );
    assert_eq!(headed.graph().classes(), 3);
    let last = headed.graph().node(headed.graph().output());
    assert!(matches!(last.op, Op::Linear(linear) if (linear.in_features, linear.out_features) == (1280, 3)));
    assert_eq!(headed.weights()[&format!("{}.weight", last.name)].data, vec![THIRD_OF_F16; 3 * 1280]);
    let others = |model: &Model| {
        let mut weights = model.weights().clone();
        weights.retain(|name, _| !name.starts_with(&format!("{}.", last.name)));
        weights
    };
    assert_eq!(others(&headed), others(&model));
}

#[test]
fn it_is_saved_and_read_again_as_it_is() {
    let model = lite0().with_head("two", labels(2), &[THIRD; 2 * 1280], &[0.1, -0.1]).unwrap();
    let bytes = model.to_bytes().unwrap();
    let read = Model::from_bytes(&bytes).unwrap();
    assert_eq!(read.weights(), model.weights());
    assert_eq!((read.name(), read.labels().names()), (model.name(), labels(2).as_slice()));
    assert_eq!(read.graph().nodes(), model.graph().nodes());
}

#[test]
fn a_head_that_does_not_fit_is_refused() {
    let refused = |labels: Vec<String>, weights: usize, biases: usize| {
        lite0().with_head("x", labels, &vec![0.0; weights], &vec![0.0; biases]).unwrap_err().to_string()
    };
    let words = "model file: a head of 1280 weights and 2 biases; 2 classes of 1280 features need 2560 and 2";
    assert_eq!(refused(labels(2), 1280, 2), words);
    assert!(refused(labels(2), 2560, 1).contains("1 biases"));
    assert!(refused(Vec::new(), 0, 0).contains("0 classes"));
}

#[test]
fn a_model_that_ends_otherwise_cannot_have_one() {
    let lite0 = lite0();
    let mut layers = lite0.graph().nodes()[1..].to_vec();
    let last = layers.pop().unwrap().name;
    let mut weights = lite0.weights().clone();
    weights.retain(|name, _| !name.starts_with(&last));
    let about = About { labels: labels(1280), ..lite0.about() };
    let model = Model::new(about, layers, weights, None).unwrap();
    let error = model.features().unwrap_err().to_string();
    assert!(error.contains("only a model that ends in a linear layer"), "{error}");
}
