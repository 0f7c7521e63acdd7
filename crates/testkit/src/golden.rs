//! The golden data of `tests/golden`, computed by PyTorch in `f64`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candling_core::ops::{Affine, AvgPool, Conv2d, Fields, Linear, MaxPool, Padding, Relu, Window};
use candling_core::{Activation, Op, ReluRule, Shape, Weight, Weights};
use safetensors::SafeTensors;
use serde_json::Value;

/// The folder of the golden data.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden")
}

/// Reads all tensors of a `.safetensors` file of `f32`, with its `__metadata__`.
///
/// # Panics
/// If the file cannot be read.
#[must_use]
pub fn tensors(file: &Path) -> (BTreeMap<String, Weight>, BTreeMap<String, Value>) {
    parsed(&std::fs::read(file).unwrap_or_else(|e| panic!("{}: {e}", file.display())))
}

fn parsed(bytes: &[u8]) -> (BTreeMap<String, Weight>, BTreeMap<String, Value>) {
    let (_, header) = SafeTensors::read_metadata(bytes).expect("a safetensors header");
    let notes = header.metadata().iter().flatten();
    let notes = notes.map(|(k, v)| (k.clone(), serde_json::from_str(v).expect("json"))).collect();
    let file = SafeTensors::deserialize(bytes).expect("a safetensors file");
    let weight = |(name, view): (String, safetensors::tensor::TensorView<'_>)| {
        let data = view.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
        (name, Weight { shape: view.shape().to_vec(), data })
    };
    (file.tensors().into_iter().map(weight).collect(), notes)
}

/// A rank-4 shape for a tensor of rank 1 to 4: missing extents are 1.
///
/// # Panics
/// If the rank is 0 or above 4.
#[must_use]
pub fn shape(extents: &[usize]) -> Shape {
    match *extents {
        [n, c, h, w] => Shape::new(n, c, h, w),
        [n, c] => Shape::vector(n, c),
        _ => panic!("no shape for {extents:?}"),
    }
}

/// One op with inputs, output, the output's gradient and the inputs' gradients.
pub struct OpCase {
    /// Name, for example `dw5x5_s2_asym`.
    pub name: String,
    /// The op.
    pub op: Op,
    /// Its weights.
    pub weights: Weights,
    /// The rule for its ReLUs in the backward pass.
    pub rule: ReluRule,
    /// Inputs.
    pub inputs: Vec<(Shape, Vec<f32>)>,
    /// Expected output.
    pub y: (Shape, Vec<f32>),
    /// Gradient of the output.
    pub dy: Vec<f32>,
    /// Expected gradients of the inputs.
    pub dx: Vec<Vec<f32>>,
}

/// Returns the cases of ops that Candling has, and the names of the others.
///
/// # Panics
/// If the data cannot be read.
#[must_use]
pub fn op_cases() -> (Vec<OpCase>, Vec<String>) {
    let read = |name: &str| std::fs::read(folder().join(name)).expect("a file of tests/golden");
    op_cases_of(&read("ops.json"), &read("ops.safetensors"))
}

/// [`op_cases`] from the bytes of its two files, where there is no file system.
///
/// # Panics
/// If the bytes are invalid.
#[must_use]
pub fn op_cases_of(list: &[u8], tensors: &[u8]) -> (Vec<OpCase>, Vec<String>) {
    let (tensors, _) = parsed(tensors);
    let list: BTreeMap<String, Value> = serde_json::from_slice(list).expect("json");
    let mut others = Vec::new();
    let mut cases = Vec::new();
    for (name, spec) in &list {
        match op_case(name, spec, &tensors) {
            Some(case) => cases.push(case),
            None => others.push(name.clone()),
        }
    }
    (cases, others)
}

fn op_case(name: &str, spec: &Value, tensors: &BTreeMap<String, Weight>) -> Option<OpCase> {
    let get = |suffix: &str| tensors.get(&format!("{name}.{suffix}"));
    let sized = |w: &Weight| (shape(&w.shape), w.data.clone());
    let pair = |key: &str| match &spec[key] {
        Value::Number(n) => [n.as_u64().unwrap() as usize; 2],
        list => serde_json::from_value(list.clone()).unwrap(),
    };
    let flag = |key: &str| spec[key].as_bool().unwrap();
    let x = get("x").expect("every case has an input");
    let mut weights = Weights::new();
    let mut set = |suffix: &str, weight: Weight| weights.insert(format!("op.{suffix}"), weight);
    let vector = |data: Vec<f32>| Weight { shape: vec![data.len()], data };
    let relu = |activation| Op::Relu(Relu { activation });
    let pool = || {
        let padding = Padding::all(spec["padding"].as_u64().unwrap() as usize);
        Window { padding, ..Window::new(pair("kernel"), pair("stride")) }
    };
    let mut rule = ReluRule::Exact;
    let op = match spec["op"].as_str().unwrap() {
        "conv2d" => {
            let w = get("w").unwrap().clone();
            let [top, bottom, left, right] = serde_json::from_value(spec["padding_tblr"].clone()).unwrap();
            let out_channels = w.shape[0];
            let op = Op::Conv2d(Conv2d {
                in_channels: x.shape[1],
                out_channels,
                window: Window {
                    kernel: pair("kernel"),
                    stride: pair("stride"),
                    padding: Padding { top, bottom, left, right },
                    dilation: pair("dilation"),
                },
                groups: spec["groups"].as_u64().unwrap() as usize,
                activation: Activation::None,
            });
            set("weight", w);
            set("bias", get("b").cloned().unwrap_or_else(|| vector(vec![0.0; out_channels])));
            op
        }
        "linear" => {
            let w = get("w").unwrap().clone();
            let op = Linear { in_features: w.shape[1], out_features: w.shape[0] };
            set("weight", w);
            set("bias", get("b").unwrap().clone());
            Op::Linear(op)
        }
        "batchnorm" => {
            let of = |suffix: &str| get(suffix).unwrap().data.iter().copied().map(f64::from);
            let eps = spec["eps"].as_f64().unwrap();
            let scale: Vec<f64> = of("gamma").zip(of("var")).map(|(g, v)| g / (v + eps).sqrt()).collect();
            let shift = of("beta").zip(of("mean")).zip(&scale).map(|((b, m), s)| (b - m * s) as f32);
            set("bias", vector(shift.collect()));
            set("weight", vector(scale.iter().map(|&s| s as f32).collect()));
            Op::Affine(Affine { channels: x.shape[1] })
        }
        "clip_0_6" => relu(Activation::Relu6),
        modified @ ("relu_guided" | "relu_deconv" | "relu6_guided" | "relu6_deconv") => {
            let (activation, name) = modified.split_once('_').unwrap();
            rule = if name == "guided" { ReluRule::Guided } else { ReluRule::Deconv };
            relu(if activation == "relu" { Activation::Relu } else { Activation::Relu6 })
        }
        "maxpool2d" => Op::MaxPool(MaxPool { window: pool(), ceil_mode: flag("ceil_mode") }),
        "global_max_pool" => {
            let window = Window::new([x.shape[2], x.shape[3]], [1, 1]);
            Op::MaxPool(MaxPool { window, ceil_mode: false })
        }
        "avgpool2d" => Op::AvgPool(AvgPool {
            window: pool(),
            ceil_mode: flag("ceil_mode"),
            count_include_pad: flag("count_include_pad"),
        }),
        // ops whose name and fields are those of a model file
        name => {
            let mut op = Op::kinds().into_iter().find(|op| op.name() == name)?;
            op.fields(&mut Spec(spec));
            op
        }
    };
    let mut inputs = vec![sized(x)];
    let mut dx = vec![get("gx").unwrap().data.clone()];
    for i in 2..4 {
        inputs.extend(get(&format!("x{i}")).map(sized));
        dx.extend(get(&format!("gx{i}")).map(|w| w.data.clone()));
    }
    if name == "add_same_input" {
        // y = x + x: the golden gradient is that of both operands together
        inputs.push(inputs[0].clone());
    }
    let y = sized(get("y").unwrap());
    let dy = get("gy").unwrap().data.clone();
    Some(OpCase { name: name.to_owned(), op, weights, rule, inputs, y, dy, dx })
}

/// Reads an op's fields from a case.
struct Spec<'a>(&'a Value);

impl Fields for Spec<'_> {
    fn number(&mut self, name: &'static str, value: &mut usize) {
        *value = self.0[name].as_u64().unwrap() as usize;
    }

    fn numbers(&mut self, name: &'static str, values: &mut [usize]) {
        let given: Vec<usize> = serde_json::from_value(self.0[name].clone()).unwrap();
        values.copy_from_slice(&given);
    }

    fn flag(&mut self, name: &'static str, value: &mut bool) {
        *value = self.0[name].as_bool().unwrap();
    }

    fn choice(&mut self, name: &'static str, place: &mut usize, names: &[&'static str]) {
        *place = names.iter().position(|of| self.0[name].as_str() == Some(of)).unwrap();
    }

    fn extents(&mut self, parameter: &'static str, _extents: &mut [&mut usize]) {
        panic!("a case of an op with a {parameter} is read by an arm of its own");
    }
}

/// A picture of the network cases.
pub struct Picture {
    /// Name, for example `dog_cat`.
    pub name: String,
    /// The file in `cases/` with the exact pixels of the network's input.
    pub png: PathBuf,
    /// The explained classes, each with the class that its margin is compared with.
    pub classes: Vec<(u32, u32)>,
}

/// All pictures of `cases/index.json`.
///
/// # Panics
/// If the data cannot be read.
#[must_use]
pub fn pictures() -> Vec<Picture> {
    let text = std::fs::read_to_string(folder().join("cases/index.json")).expect("cases/index.json");
    let index: BTreeMap<String, Value> = serde_json::from_str(&text).expect("json");
    let picture = |(name, entry): (String, Value)| {
        let class = |(class, case): (&String, &Value)| {
            (class.parse().unwrap(), case["margin_over"].as_u64().unwrap() as u32)
        };
        Picture {
            png: folder().join(format!("cases/{name}.png")),
            classes: entry["cases"].as_object().unwrap().iter().map(class).collect(),
            name,
        }
    };
    index.into_iter().map(picture).collect()
}

/// The tensors of one picture and class, and statistics of its full-size pixel maps.
///
/// # Panics
/// If the data cannot be read.
#[must_use]
pub fn case(picture: &str, class: u32) -> (BTreeMap<String, Weight>, Value) {
    case_of(&std::fs::read(folder().join(format!("cases/{picture}_{class}.safetensors"))).expect("a case"))
}

/// [`case`] from the bytes of its file, where there is no file system.
///
/// # Panics
/// If the bytes are invalid.
#[must_use]
pub fn case_of(bytes: &[u8]) -> (BTreeMap<String, Weight>, Value) {
    let (tensors, mut notes) = parsed(bytes);
    (tensors, notes.remove("case").expect("metadata `case`"))
}
