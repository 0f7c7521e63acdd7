//! The committed Lite0 on a backend, and the golden pictures as its input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::{Arc, LazyLock};

use candling_core::{Backend, Network};
use candling_models::Model;
use candling_testkit::golden::GoldenPicture;

/// The committed model.
pub static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/models/efficientnet-lite0.safetensors");
    Model::from_bytes(&std::fs::read(file).expect("the committed model")).expect("a model")
});

/// Lite0 on a backend.
pub fn lite0<B: Backend>(backend: B) -> Arc<Network<B>> {
    Arc::new(Network::new(backend, MODEL.graph().clone(), MODEL.weights()).unwrap())
}

/// The input tensor of a golden picture: `(pixel − 127) / 128` of exactly these pixels.
pub fn tensor(picture: &GoldenPicture) -> Vec<f32> {
    let png = std::fs::read(&picture.png).expect("a golden picture");
    let photo = candling_imaging::decode(&png).unwrap();
    assert_eq!((photo.width, photo.height), (224, 224));
    let channel = |c: usize| photo.rgba.iter().skip(c).step_by(4).map(|&v| (f32::from(v) - 127.0) / 128.0);
    (0..3).flat_map(channel).collect()
}
