//! A graph as bytes, on its way from one wasm module to another: the module for graphics cards reads no model files, which the other one
//! has read already. Both are of one build; this is no file format.
//!
//! Words of four bytes, little-endian; a name is its length in bytes and then these. The input's shape, the place of the default layer,
//! the number of layers, and of each its name, its inputs' places, and its op: a number of its kind and then its fields.

use candling_core::ops::{
    Add, Affine, AvgPool, Concat, Conv2d, Flatten, GlobalAvgPool, Linear, MaxPool, Padding, Relu, Window,
};
use candling_core::{Activation, Error, Graph, Node, NodeId, Op, Result, Shape, Weight, Weights};

/// The bytes.
#[must_use]
pub fn encode(graph: &Graph, default_layer: NodeId) -> Vec<u8> {
    let mut out = Writer(Vec::new());
    let Shape { n, c, h, w } = graph.shape(graph.input());
    out.words(&[n, c, h, w, default_layer.index(), graph.nodes().len() - 1]);
    for id in graph.ids().skip(1) {
        let node = graph.node(id);
        out.words(&[node.name.len()]);
        out.0.extend_from_slice(node.name.as_bytes());
        let inputs: Vec<usize> = graph.inputs(id).map(NodeId::index).collect();
        out.words(&[inputs.len()]);
        out.words(&inputs);
        out.op(&node.op);
    }
    out.0
}

/// The graph and its default layer.
///
/// # Errors
/// [`Error::InvalidGraph`] for bytes that are cut short or no graph's; what [`Graph::new`] gives.
pub fn decode(bytes: &[u8]) -> Result<(Graph, NodeId)> {
    let mut from = Reader(bytes);
    let [n, c, h, w, default, count] = from.words()?;
    let mut layers: Vec<Node> = Vec::new();
    for _ in 0..count {
        let name = from.name()?;
        let [inputs] = from.words()?;
        let named = |place: usize| match place.checked_sub(1) {
            None => Ok(candling_core::INPUT.to_owned()),
            Some(place) => layers.get(place).map(|node| node.name.clone()).ok_or_else(invalid),
        };
        let inputs =
            (0..inputs).map(|_| from.words().and_then(|[place]| named(place))).collect::<Result<_>>()?;
        layers.push(Node { name, op: from.op()?, inputs });
    }
    let graph = Graph::new(Shape::new(n, c, h, w), layers)?;
    let default = graph.ids().nth(default).ok_or_else(invalid)?;
    Ok((graph, default))
}

/// All parameters, one after the other, in the order of the layers.
#[must_use]
pub fn flatten(graph: &Graph, weights: &Weights) -> Vec<f32> {
    parameters(graph)
        .filter_map(|(name, _)| weights.get(&name))
        .flat_map(|weight| weight.data.iter().copied())
        .collect()
}

/// The parameters of what [`flatten`] gave.
///
/// # Errors
/// [`Error::MissingWeight`] where there are too few values.
pub fn unflatten(graph: &Graph, mut values: &[f32]) -> Result<Weights> {
    let mut weights = Weights::new();
    for (name, shape) in parameters(graph) {
        let data =
            values.split_off(..shape.iter().product()).ok_or_else(|| Error::MissingWeight(name.clone()))?;
        weights.insert(name, Weight { shape, data: data.to_vec() });
    }
    Ok(weights)
}

/// Names and extents.
fn parameters(graph: &Graph) -> impl Iterator<Item = (String, Vec<usize>)> + '_ {
    graph.nodes().iter().flat_map(|node| {
        let of_layer = node.op.parameters().into_iter();
        of_layer.map(|(suffix, shape)| (format!("{}.{suffix}", node.name), shape))
    })
}

fn invalid() -> Error {
    Error::InvalidGraph("the bytes that it came in are no graph's".into())
}

struct Writer(Vec<u8>);

impl Writer {
    fn words(&mut self, words: &[usize]) {
        self.0.extend(words.iter().flat_map(|&word| (word as u32).to_le_bytes()));
    }

    fn window(&mut self, Window { kernel, stride, padding, dilation }: &Window) {
        let Padding { top, bottom, left, right } = *padding;
        self.words(&[*kernel, *stride, [top, bottom], [left, right], *dilation].concat());
    }

    fn op(&mut self, op: &Op) {
        match op {
            // never written: it comes before the layers
            Op::Input => {}
            Op::Conv2d(op) => {
                self.words(&[
                    0,
                    op.in_channels,
                    op.out_channels,
                    op.groups,
                    activation_number(op.activation),
                ]);
                self.window(&op.window);
            }
            Op::Linear(op) => self.words(&[1, op.in_features, op.out_features]),
            Op::Relu(op) => self.words(&[2, activation_number(op.activation)]),
            Op::MaxPool(op) => {
                self.words(&[3, usize::from(op.ceil_mode)]);
                self.window(&op.window);
            }
            Op::AvgPool(op) => {
                self.words(&[4, usize::from(op.ceil_mode), usize::from(op.count_include_pad)]);
                self.window(&op.window);
            }
            Op::GlobalAvgPool(_) => self.words(&[5]),
            Op::Add(_) => self.words(&[6]),
            Op::Concat(_) => self.words(&[7]),
            Op::Affine(op) => self.words(&[8, op.channels]),
            Op::Flatten(_) => self.words(&[9]),
        }
    }
}

fn activation_number(activation: Activation) -> usize {
    match activation {
        Activation::None => 0,
        Activation::Relu => 1,
        Activation::Relu6 => 2,
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn words<const N: usize>(&mut self) -> Result<[usize; N]> {
        let mut words = [0; N];
        for word in &mut words {
            let (four, rest) = self.0.split_first_chunk().ok_or_else(invalid)?;
            *word = u32::from_le_bytes(*four) as usize;
            self.0 = rest;
        }
        Ok(words)
    }

    fn name(&mut self) -> Result<String> {
        let [length] = self.words()?;
        let bytes = self.0.split_off(..length).ok_or_else(invalid)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| invalid())
    }

    fn window(&mut self) -> Result<Window> {
        let [kh, kw, sh, sw, top, bottom, left, right, dh, dw] = self.words()?;
        let padding = Padding { top, bottom, left, right };
        Ok(Window { kernel: [kh, kw], stride: [sh, sw], padding, dilation: [dh, dw] })
    }

    fn activation(&mut self) -> Result<Activation> {
        match self.words()? {
            [0] => Ok(Activation::None),
            [1] => Ok(Activation::Relu),
            [2] => Ok(Activation::Relu6),
            _ => Err(invalid()),
        }
    }

    fn op(&mut self) -> Result<Op> {
        Ok(match self.words()? {
            [0] => {
                let [in_channels, out_channels, groups] = self.words()?;
                let (activation, window) = (self.activation()?, self.window()?);
                Op::Conv2d(Conv2d { in_channels, out_channels, window, groups, activation })
            }
            [1] => {
                let [in_features, out_features] = self.words()?;
                Op::Linear(Linear { in_features, out_features })
            }
            [2] => Op::Relu(Relu { activation: self.activation()? }),
            [3] => {
                let [ceil_mode] = self.words()?.map(|flag| flag != 0);
                Op::MaxPool(MaxPool { window: self.window()?, ceil_mode })
            }
            [4] => {
                let [ceil_mode, count_include_pad] = self.words()?.map(|flag| flag != 0);
                Op::AvgPool(AvgPool { window: self.window()?, ceil_mode, count_include_pad })
            }
            [5] => Op::GlobalAvgPool(GlobalAvgPool),
            [6] => Op::Add(Add),
            [7] => Op::Concat(Concat),
            [8] => {
                let [channels] = self.words()?;
                Op::Affine(Affine { channels })
            }
            [9] => Op::Flatten(Flatten),
            _ => return Err(invalid()),
        })
    }
}
