//! Weights packed into integers of a few bits.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_models::{Model, Precision};
use half::f16;
use safetensors::{Dtype, SafeTensors};

use common::{Draft, Tensor, refusal};

/// Tolerance for a few `f32` operations, as a share of the largest value in them.
const ROUNDING: f32 = 1e-6;

fn halves(shape: &[usize], values: impl IntoIterator<Item = f64>) -> Tensor {
    let bytes = values.into_iter().flat_map(|v| f16::from_f64(v).to_le_bytes()).collect();
    (Dtype::F16, shape.to_vec(), bytes)
}

/// The draft with its classifier's weight, 3 rows by 4 columns, packed into 5 bits: code i for weight i.
fn packed() -> Draft {
    let mut draft = Draft::new();
    draft.tensors.remove("classifier.weight");
    // twelve codes are two groups of eight, the second filled up
    let groups = [(0u64..8).collect::<Vec<_>>(), (8..12).collect()];
    let group = |codes: &Vec<u64>| {
        let bits = codes.iter().enumerate().fold(0, |bits, (at, code)| bits | code << (5 * at));
        bits.to_le_bytes()[..5].to_vec()
    };
    let codes = groups.iter().flat_map(group).collect();
    draft.tensors.insert("classifier.weight.codes".into(), (Dtype::U8, vec![2, 5], codes));
    draft.tensors.insert("classifier.weight.rows".into(), halves(&[3], [1.5, 3.0, 0.75]));
    draft.tensors.insert("classifier.weight.columns".into(), halves(&[4], [1.0, 0.5, 2.0, 0.25]));
    draft
}

#[test]
fn a_file_made_by_hand_is_widened() {
    let model = Model::from_bytes(&packed().bytes()).unwrap();
    assert_eq!(model.precision(), Precision::Small);
    let weight = &model.weights()["classifier.weight"];
    assert_eq!(weight.shape, [3, 4]);
    // 5 bits: L = 15, and A = 0.6
    let (rows, columns) = ([1.5f32, 3.0, 0.75], [1.0f32, 0.5, 2.0, 0.25]);
    for (at, &value) in weight.data.iter().enumerate() {
        let u = (at as f32 - 15.0) / 15.0;
        let expected = (0.6 * u + 0.4 * u.powi(3)) * rows[at / 4] * columns[at % 4];
        assert!((value - expected).abs() <= ROUNDING * expected.abs(), "{at}: {value}, {expected}");
    }
    assert_eq!(Model::from_bytes(&Draft::new().bytes()).unwrap().precision(), Precision::Full);
}

/// Changes to the parts, each with what is said about it.
#[test]
fn parts() {
    let codes = |shape: &[usize]| Some((Dtype::U8, shape.to_vec(), vec![0; shape.iter().product()]));
    let cases: [(&str, Option<Tensor>, &str); 15] = [
        ("codes", None, "layer `classifier`: its weight `classifier.weight` is missing"),
        ("rows", None, "weight `classifier.weight`: its `classifier.weight.rows` is missing; packed weights"),
        ("columns", None, "weight `classifier.weight`: its `classifier.weight.columns` is missing; packed"),
        ("codes", Some(halves(&[2, 5], [0.0; 10])), "`classifier.weight.codes` is F16, needed U8"),
        ("rows", Some((Dtype::F32, vec![3], vec![0; 12])), "`classifier.weight.rows` is F32, needed F16"),
        ("columns", Some((Dtype::I8, vec![4], vec![1; 4])), "`classifier.weight.columns` is I8, needed F16"),
        (
            "rows",
            Some(halves(&[3], [1.0, 0.0, 1.0])),
            "`classifier.weight.rows` is 0 at element 1; a scale is finite and above 0",
        ),
        (
            "rows",
            Some(halves(&[3], [1.0, 1.0, -2.0])),
            "`classifier.weight.rows` is -2 at element 2; a scale",
        ),
        ("columns", Some(halves(&[4], [f64::NAN; 4])), "`classifier.weight.columns` is NaN at element 0; a"),
        ("columns", Some(halves(&[4], [1e9; 4])), "`classifier.weight.columns` is inf at element 0; a scale"),
        (
            "codes",
            codes(&[3, 5]),
            "weight `classifier.weight` has rows [3], columns [4] and codes [3, 5]; needed are codes of a group for \
             every 8 weights by 4 to 12 bits",
        ),
        (
            "codes",
            codes(&[2, 3]),
            "weight `classifier.weight` has rows [3], columns [4] and codes [2, 3]; needed",
        ),
        ("codes", codes(&[2, 13]), "weight `classifier.weight` has rows [3], columns [4] and codes [2, 13];"),
        (
            "codes",
            codes(&[10]),
            "weight `classifier.weight` has rows [3], columns [4] and codes [10]; needed",
        ),
        (
            "rows",
            Some(halves(&[3, 1], [1.0; 3])),
            "weight `classifier.weight` has rows [3, 1], columns [4] and codes [2, 5]; needed",
        ),
    ];
    for (suffix, tensor, text) in cases {
        let mut draft = packed();
        let name = format!("classifier.weight.{suffix}");
        match tensor {
            Some(tensor) => draft.tensors.insert(name, tensor),
            None => draft.tensors.remove(&name),
        };
        let told = draft.refusal();
        assert!(told.starts_with(&format!("model file: {text}")), "{suffix}: {told}");
    }
}

#[test]
fn a_weight_that_is_there_twice() {
    let mut draft = packed();
    draft.tensors.insert("classifier.weight".into(), halves(&[3, 4], [0.5; 12]));
    let text = "model file: weight `classifier.weight` is there twice, plain and packed";
    assert_eq!(draft.refusal(), text);
}

#[test]
fn extents_that_do_not_fit_the_layer_or_anything() {
    let mut draft = packed();
    draft.tensors.insert("classifier.weight.columns".into(), halves(&[2, 2], [1.0; 4]));
    let text = "layer `classifier`: `classifier.weight` has extents [3, 2, 2], needed 2 of them";
    assert_eq!(draft.refusal(), format!("model file: {text}"));
    // no weights at all
    draft.tensors.insert("classifier.weight.columns".into(), halves(&[0], []));
    draft.tensors.insert("classifier.weight.codes".into(), (Dtype::U8, vec![0, 5], vec![]));
    assert!(draft.refusal().contains("layer `classifier` (linear)"), "{}", draft.refusal());
}

#[test]
fn a_file_cut_short_or_corrupted_anywhere() {
    let bytes = packed().bytes();
    for length in 0..bytes.len() {
        refusal(&bytes[..length]);
    }
    for at in 0..bytes.len() {
        for flip in [0x01, 0x10, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= flip;
            if let Err(error) = Model::from_bytes(&bytes) {
                assert_eq!(error.code(), "bad-model");
            }
        }
    }
}

/// One layer large enough to be packed. What is read back lies within half a step of what was written, and
/// steps are small at 0.
#[test]
fn what_is_written_is_what_there_was_within_half_a_step() {
    let mut draft = Draft::new();
    // a row of zeros, a row and a column of tiny weights
    let value = |at: usize| {
        let (row, column) = (at / 108, at % 108);
        let size = if row == 3 || column == 5 { 1e-3 } else { 1.0 };
        if row == 2 { 0.0 } else { size * (at as f64 * 0.37).sin() }
    };
    draft.tensors.insert("stem.weight".into(), halves(&[12, 3, 4, 9], (0..12 * 108).map(value)));
    draft.tensors.insert("stem.bias".into(), halves(&[12], [0.1; 12]));
    draft.tensors.insert("classifier.weight".into(), halves(&[3, 12], [0.1; 36]));
    draft.document["preprocessing"]["width"] = 20.into();
    let model = Model::from_bytes(&draft.bytes()).unwrap().with_precision(Precision::Small);
    let bytes = model.to_bytes().unwrap();
    assert_eq!(bytes, model.to_bytes().unwrap(), "the same bytes whenever it is written");

    let back = Model::from_bytes(&bytes).unwrap();
    assert_eq!(back.precision(), Precision::Small);
    assert_eq!(
        back.weights()["classifier.weight"],
        model.weights()["classifier.weight"],
        "too small to be packed"
    );
    let (before, after) = (&model.weights()["stem.weight"], &back.weights()["stem.weight"]);
    assert_eq!(before.shape, after.shape);
    assert_ne!(before.data, after.data);

    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let scales = |name: &str| -> Vec<f32> {
        let data = tensors.tensor(name).unwrap().data().to_vec();
        data.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect()
    };
    let (rows, columns) = (scales("stem.weight.rows"), scales("stem.weight.columns"));
    assert_eq!(tensors.tensor("stem.weight.codes").unwrap().shape(), [162, 12]);
    for (at, (before, after)) in before.data.iter().zip(&after.data).enumerate() {
        let scale = rows[at / 108] * columns[at % 108];
        // 12 bits: L = 2047. The curve 0.6·u + 0.4·u³ is at most this steep up to a value of 1, and of 0.1.
        let steepest = if before.abs() <= 0.1 * scale { 0.64 } else { 1.8 };
        let half_a_step = scale * (steepest / 2047.0 / 2.0 + ROUNDING);
        assert!(
            (before - after).abs() <= half_a_step,
            "{at}: {before} became {after}, half a step {half_a_step}"
        );
    }
}
