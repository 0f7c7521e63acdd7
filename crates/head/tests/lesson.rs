//! The bias lesson, natively: a head trained on birds on water and mammals on grass, and one trained on both
//! animals on both backgrounds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use candling_core::{Backend, Method, Network, Query, Region, Retain, Shape, Target, evidence_share};
use candling_cpu::Cpu;
use candling_head::{Examples, Settings, train};
use candling_imaging::{Fit, Preprocessing, decode, prepare};
use candling_models::Model;
use pollster::block_on;

const CLASSES: [&str; 2] = ["bird", "mammal"];

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

struct Picture {
    label: u32,
    sets: Vec<String>,
    tensor: Vec<f32>,
    features: Vec<f32>,
    mask: Vec<u8>,
}

struct Lesson {
    model: Model,
    pictures: Vec<Picture>,
}

const INPUT: Shape = Shape::new(1, 3, 224, 224);

impl Lesson {
    fn load() -> Self {
        let model =
            Model::from_bytes(&std::fs::read(file("www/models/efficientnet-lite0.safetensors")).unwrap())
                .unwrap();
        let network = Arc::new(Network::new(Cpu::new(), model.graph().clone(), model.weights()).unwrap());
        let features = model.features().unwrap();
        let p = model.preprocessing();
        let how = Preprocessing::new(p.width, p.height, p.mean, p.std, p.crop_fraction);
        let text = std::fs::read(file("tests/photos/bias/labels.json")).unwrap();
        let list: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let read = |picture: &serde_json::Value| {
            let name = picture["name"].as_str().unwrap();
            let photo =
                decode(&std::fs::read(file(&format!("tests/photos/bias/images/{name}.webp"))).unwrap())
                    .unwrap();
            let mask = decode(&std::fs::read(file(&format!("tests/photos/bias/masks/{name}.png"))).unwrap())
                .unwrap();
            let tensor = prepare(&photo.rgba, photo.width, photo.height, Fit::Squash, &how).unwrap().tensor;
            let tape = network.forward(INPUT, &tensor, Retain::Layers(&[features])).unwrap();
            let label = CLASSES.iter().position(|class| picture["label"] == **class).unwrap();
            Picture {
                label: label as u32,
                sets: serde_json::from_value(picture["sets"].clone()).unwrap(),
                features: block_on(network.backend().download(tape.activation(features).unwrap())).unwrap(),
                mask: mask.rgba.iter().step_by(4).map(|&v| u8::from(v > 127)).collect(),
                tensor,
            }
        };
        let pictures = list["pictures"].as_array().unwrap().iter().map(read).collect();
        Self { model, pictures }
    }

    fn set(&self, name: &str) -> Vec<&Picture> {
        self.pictures.iter().filter(|picture| picture.sets.iter().any(|set| set == name)).collect()
    }

    /// A model whose head was trained on this set.
    fn learn(&self, set: &str) -> Model {
        let set = self.set(set);
        let features: Vec<f32> = set.iter().flat_map(|picture| picture.features.clone()).collect();
        let labels = set.iter().map(|picture| picture.label).collect();
        let examples = Examples::new(features, labels, CLASSES.len(), set[0].features.len()).unwrap();
        let started = Instant::now();
        let mut last = None;
        let head = train(&examples, Settings::default(), |step| {
            last = Some(step);
            ControlFlow::Continue(())
        })
        .unwrap();
        println!("{} photos, {:?}, {last:?}", set.len(), started.elapsed());
        let labels = CLASSES.map(str::to_owned).to_vec();
        self.model.with_head("bird or mammal", labels, &head.weight, &head.bias).unwrap()
    }

    /// Returns the model's accuracy on a set, and the mean share of Grad-CAM's evidence for the predicted
    /// class that lies on the animal.
    fn judge(&self, model: &Model, set: &str) -> (f64, f64) {
        let network = Arc::new(Network::new(Cpu::new(), model.graph().clone(), model.weights()).unwrap());
        let (mut right, mut shares) = (Vec::new(), Vec::new());
        for picture in self.set(set) {
            let tape =
                network.forward(INPUT, &picture.tensor, Retain::Layers(&[model.evidence_layer()])).unwrap();
            let logits = block_on(tape.logits()).unwrap();
            let said = u32::from(logits[1] > logits[0]);
            right.push(f64::from(u8::from(said == picture.label)));
            let query = Query::new(Method::GRAD_CAM, Target::Class(said)).at(model.evidence_layer());
            let map = block_on(tape.explain(&query)).unwrap();
            let region = Region { size: (224, 224), mask: &picture.mask };
            let whole = (0.0, 224.0);
            shares
                .extend(evidence_share(&map.data, (map.shape.h, map.shape.w), region, whole, whole).unwrap());
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        println!("{set}: {:.3}, evidence {:.3} of {}", mean(&right), mean(&shares), shares.len());
        (mean(&right), mean(&shares))
    }
}

#[test]
fn the_biased_head_looks_at_the_background_and_the_mended_one_at_the_animal() {
    let lesson = Lesson::load();
    let by_set: BTreeMap<_, _> = ["train_biased", "train_unbiased"]
        .map(|set| {
            let model = lesson.learn(set);
            (set, ["test_same", "test_swapped"].map(|test| lesson.judge(&model, test)))
        })
        .into();
    let [biased, mended] = ["train_biased", "train_unbiased"].map(|set| by_set[set]);
    assert!(biased[0].0 >= 0.95 && biased[1].0 <= 0.65, "{biased:?}");
    assert!(mended[0].0 >= 0.85 && mended[1].0 >= 0.85, "{mended:?}");
    let evidence = |sets: [(f64, f64); 2]| (sets[0].1 + sets[1].1) / 2.0;
    assert!(evidence(mended) - evidence(biased) >= 0.10, "{biased:?} {mended:?}");
}
