//! The converter on synthetic checkpoints: names and extents of the real ones, random values.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::{Op, Weight};
use candling_models::formats::efficientnet_lite::{StateDict, convert, imagenet_labels};
use candling_models::{Labels, Model};
use half::f16;

use common::told;

/// Blocks of the real checkpoints: depthwise channels, kernel, output channels.
type Blocks = &'static [(usize, usize, usize)];

const LITE0: Blocks = &[
    (32, 3, 16),
    (96, 3, 24),
    (144, 3, 24),
    (144, 5, 40),
    (240, 5, 40),
    (240, 3, 80),
    (480, 3, 80),
    (480, 3, 80),
    (480, 5, 112),
    (672, 5, 112),
    (672, 5, 112),
    (672, 5, 192),
    (1152, 5, 192),
    (1152, 5, 192),
    (1152, 5, 192),
    (1152, 3, 320),
];

const LITE1: Blocks = &[
    (32, 3, 16),
    (96, 3, 24),
    (144, 3, 24),
    (144, 3, 24),
    (144, 5, 40),
    (240, 5, 40),
    (240, 5, 40),
    (240, 3, 80),
    (480, 3, 80),
    (480, 3, 80),
    (480, 3, 80),
    (480, 5, 112),
    (672, 5, 112),
    (672, 5, 112),
    (672, 5, 112),
    (672, 5, 192),
    (1152, 5, 192),
    (1152, 5, 192),
    (1152, 5, 192),
    (1152, 5, 192),
    (1152, 3, 320),
];

const LITE2: Blocks = &[
    (32, 3, 16),
    (96, 3, 24),
    (144, 3, 24),
    (144, 3, 24),
    (144, 5, 48),
    (288, 5, 48),
    (288, 5, 48),
    (288, 3, 88),
    (528, 3, 88),
    (528, 3, 88),
    (528, 3, 88),
    (528, 5, 120),
    (720, 5, 120),
    (720, 5, 120),
    (720, 5, 120),
    (720, 5, 208),
    (1248, 5, 208),
    (1248, 5, 208),
    (1248, 5, 208),
    (1248, 5, 208),
    (1248, 3, 352),
];

/// Number of classes; a thousand would only take time.
const CLASSES: usize = 10;

/// `n` values between −½ and ½, seeded by a name.
fn values(name: &str, n: usize) -> Vec<f32> {
    let seed = name.bytes().fold(7u32, |h, b| h.wrapping_mul(31).wrapping_add(u32::from(b)));
    let mut state = seed | 1;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1u32 << 24) as f32 - 0.5
    };
    (0..n).map(|_| next()).collect()
}

/// Creates a checkpoint with these blocks.
fn checkpoint(blocks: Blocks) -> StateDict {
    let mut tensors = StateDict::new();
    let mut add = |name: String, shape: Vec<usize>| {
        let mut data = values(&name, shape.iter().product());
        if name.ends_with("running_var") {
            data.iter_mut().for_each(|v| *v = v.abs() + 1e-3);
        }
        tensors.insert(name, Weight { shape, data });
    };
    let mut convolution = |conv: &str, norm: &str, shape: [usize; 4]| {
        add(format!("{conv}.weight"), shape.to_vec());
        for statistic in ["weight", "bias", "running_mean", "running_var"] {
            add(format!("{norm}.{statistic}"), vec![shape[0]]);
        }
    };
    convolution("_conv_stem", "_bn0", [32, 3, 3, 3]);
    let mut input = 32;
    for (i, &(wide, kernel, output)) in blocks.iter().enumerate() {
        let own = |name: &str| format!("_blocks.{i}.{name}");
        if i > 0 {
            convolution(&own("_expand_conv"), &own("_bn0"), [wide, input, 1, 1]);
        }
        convolution(&own("_depthwise_conv"), &own("_bn1"), [wide, 1, kernel, kernel]);
        convolution(&own("_project_conv"), &own("_bn2"), [output, wide, 1, 1]);
        input = output;
    }
    convolution("_conv_head", "_bn1", [1280, input, 1, 1]);
    add("_fc.weight".into(), vec![CLASSES, 1280]);
    add("_fc.bias".into(), vec![CLASSES]);
    tensors
}

fn labels(n: usize) -> Labels {
    Labels::new((0..n).map(|i| format!("class {i}")).collect())
}

fn converted(blocks: Blocks) -> Model {
    convert(&checkpoint(blocks), labels(CLASSES)).unwrap()
}

fn refusal(checkpoint: &StateDict) -> String {
    let error = convert(checkpoint, labels(CLASSES)).expect_err("it should be refused");
    assert_eq!(error.code(), "bad-checkpoint", "{error}");
    told(&error)
}

#[test]
fn knows_the_size_by_its_blocks() {
    // name, side, additions: the number of blocks whose output has the shape of their input
    let cases = [
        ("EfficientNet-Lite0", LITE0, 224, 9),
        ("EfficientNet-Lite1", LITE1, 240, 14),
        ("EfficientNet-Lite2", LITE2, 260, 14),
    ];
    for (name, blocks, side, additions) in cases {
        let model = converted(blocks);
        assert_eq!(model.name(), name);
        assert_eq!((model.preprocessing().width, model.preprocessing().height), (side, side));
        let count = |wanted: fn(&Op) -> bool| model.graph().nodes().iter().filter(|n| wanted(&n.op)).count();
        let depthwise = count(|op| matches!(op, Op::Conv2d(c) if c.groups == c.in_channels && c.groups > 1));
        assert_eq!(depthwise, blocks.len(), "{name}");
        assert_eq!(count(|op| matches!(op, Op::Add(_))), additions, "{name}");
        let last = model.graph().shape(model.graph().find("head").unwrap());
        assert_eq!((last.c, last.h, last.w), (1280, side.div_ceil(32), side.div_ceil(32)), "{name}");
        assert_eq!(model.graph().classes(), CLASSES);

        let back = Model::from_bytes(&model.to_bytes().unwrap()).unwrap();
        assert_eq!(back.weights(), model.weights(), "{name}: what is written is what there is");
    }
}

/// `w' = w·γ/√(var + 1e-3)` and `b' = β − mean·γ/√(var + 1e-3)` in `f64`, then once to `f16`.
#[test]
fn folds_batch_normalisation() {
    let checkpoint = checkpoint(LITE0);
    let model = converted(LITE0);
    let layers = [
        ("stem", "_conv_stem", "_bn0"),
        ("blocks.0.project", "_blocks.0._project_conv", "_blocks.0._bn2"),
        ("blocks.3.depthwise", "_blocks.3._depthwise_conv", "_blocks.3._bn1"),
        ("blocks.15.expand", "_blocks.15._expand_conv", "_blocks.15._bn0"),
        ("head", "_conv_head", "_bn1"),
    ];
    let half = |v: f64| f16::from_f64(v).to_f32();
    for (ours, conv, norm) in layers {
        let get = |name: String, i: usize| f64::from(checkpoint[&name].data[i]);
        let w = &checkpoint[&format!("{conv}.weight")];
        let per_channel = w.data.len() / w.shape[0];
        let (weight, bias) =
            (&model.weights()[&format!("{ours}.weight")], &model.weights()[&format!("{ours}.bias")]);
        assert_eq!(weight.shape, w.shape);
        for channel in 0..w.shape[0] {
            let of = |statistic: &str| get(format!("{norm}.{statistic}"), channel);
            let scale = of("weight") / (of("running_var") + 1e-3).sqrt();
            assert_eq!(bias.data[channel], half(of("bias") - of("running_mean") * scale), "{ours}");
            for i in channel * per_channel..(channel + 1) * per_channel {
                assert_eq!(weight.data[i], half(f64::from(w.data[i]) * scale), "{ours}");
            }
        }
    }
    let fc = &checkpoint["_fc.weight"].data;
    let rounded: Vec<f32> = fc.iter().map(|&v| half(f64::from(v))).collect();
    assert_eq!(model.weights()["classifier.weight"].data, rounded);
}

#[test]
fn a_missing_tensor_is_named() {
    for name in ["_conv_stem.weight", "_blocks.7._bn2.running_var", "_fc.bias", "_conv_head.weight"] {
        let mut checkpoint = checkpoint(LITE0);
        checkpoint.remove(name);
        let text = refusal(&checkpoint);
        assert!(text.contains(&format!("not EfficientNet-Lite0: `{name}` is missing")), "{text}");
    }
    let text = refusal(&StateDict::new());
    assert!(text.starts_with("checkpoint: not EfficientNet-Lite0: `_conv_stem.weight` is missing"), "{text}");
}

#[test]
fn a_tensor_too_much_is_named() {
    for (name, blocks, variant) in [
        ("_fc2.weight", LITE0, "EfficientNet-Lite0"),
        ("_blocks.16._bn1.weight", LITE0, "EfficientNet-Lite0"),
        ("extra", LITE2, "EfficientNet-Lite2"),
    ] {
        let mut checkpoint = checkpoint(blocks);
        checkpoint.insert(name.into(), Weight { shape: vec![1], data: vec![0.0] });
        let text = refusal(&checkpoint);
        assert!(text.contains(&format!("not {variant}: `{name}` belongs to no layer of it")), "{text}");
    }
}

#[test]
fn a_tensor_of_another_shape_is_named() {
    for (name, shape, needed) in [
        ("_conv_stem.weight", vec![32, 3, 5, 5], "[32, 3, 3, 3]"),
        ("_blocks.5._expand_conv.weight", vec![240, 40], "[240, 40, 1, 1]"),
        ("_blocks.5._bn0.bias", vec![1, 240], "[240]"),
        ("_fc.weight", vec![CLASSES, 1281], "[10, 1280]"),
    ] {
        let mut checkpoint = checkpoint(LITE0);
        let data = vec![0.0; shape.iter().product()];
        checkpoint.insert(name.into(), Weight { shape: shape.clone(), data });
        let text = refusal(&checkpoint);
        let expected = format!("not EfficientNet-Lite0: `{name}` has extents {shape:?}, needed {needed}");
        assert!(text.contains(&expected), "{text}");
    }
    // the tensor whose extents give the number of classes
    let mut checkpoint = checkpoint(LITE0);
    checkpoint.get_mut("_fc.bias").unwrap().shape = vec![2, 5];
    let text = refusal(&checkpoint);
    assert!(text.contains("weight `classifier.bias` is [2, 5] (10 values), needed [10]"), "{text}");
}

/// A value beyond the range of `f16` would become an infinity in the file.
#[test]
fn values_beyond_f16_are_refused() {
    for value in [1e6, f32::NAN, f32::INFINITY] {
        let mut checkpoint = checkpoint(LITE0);
        checkpoint.get_mut("_fc.weight").unwrap().data[3] = value;
        let text = refusal(&checkpoint);
        assert!(text.contains("weight `classifier.weight` is not finite at element 3"), "{text}");
    }
}

#[test]
fn labels_must_be_as_many_as_classes() {
    let error = convert(&checkpoint(LITE0), imagenet_labels()).unwrap_err();
    assert_eq!(told(&error), "checkpoint: 1000 labels for 10 classes");
}
