//! The work of a pass, from the graph alone: a kernel for each layer with its bias, activation and gate, that
//! reads its inputs and weights once and writes its output once.

use std::ops::AddAssign;

use candling_core::ops::{Conv2d, Op};
use candling_core::{Activation, Graph, NodeId, Shape};
use candling_webgpu::{DEPTH, FEW, TILE};

use crate::Result;

/// Bytes of a value on the GPU, and of a weight: Lite0's are numbers of f16.
const VALUE: usize = 4;
const WEIGHT: usize = 2;

#[derive(Default, Clone, Copy)]
pub struct Work {
    pub kernels: usize,
    /// Floating-point operations; two for a multiply-add.
    pub flop: usize,
    /// The same, with the operations that pad the tiles of matrix products.
    pub flop_of_tiles: usize,
    pub bytes: usize,
}

impl AddAssign for Work {
    fn add_assign(&mut self, other: Self) {
        self.kernels += other.kernels;
        self.flop += other.flop;
        self.flop_of_tiles += other.flop_of_tiles;
        self.bytes += other.bytes;
    }
}

/// Number of layers that are a kernel: all but the input and those that only reshape.
pub fn layers(graph: &Graph) -> usize {
    graph.nodes().iter().filter(|node| !matches!(node.op, Op::Input(_) | Op::Flatten(_))).count()
}

/// The work of a forward pass.
pub fn forward(graph: &Graph) -> Result<Work> {
    let mut work = Work::default();
    for id in graph.ids() {
        let y = graph.shape(id);
        let x: usize = graph.inputs(id).map(|input| graph.shape(input).len()).sum();
        work += match &graph.node(id).op {
            Op::Input(_) | Op::Flatten(_) => continue,
            Op::Conv2d(op) => conv(op, graph.shape(first_input(graph, id)), y, true, 0),
            Op::Linear(op) => linear(op.in_features, op.out_features, op.out_features),
            Op::Add(_) => plain(y.len(), x + y.len()),
            Op::GlobalAvgPool(_) => plain(x, x + y.len()),
            _ => return Err(unknown(graph, id)),
        };
    }
    Ok(work)
}

/// The work of a backward pass from a class to the output of `to`, which precedes every layer that is passed
/// through.
pub fn back(graph: &Graph, to: NodeId) -> Result<Work> {
    let mut work = Work::default();
    for id in graph.ids().rev().take_while(|&id| id != to) {
        let readers = graph.ids().filter(|&reader| graph.inputs(reader).any(|input| input == id)).count();
        let y = graph.shape(id);
        if readers > 1 {
            // gradients from several readers are added
            work += plain((readers - 1) * y.len(), 3 * (readers - 1) * y.len());
        }
        let Some(input) = graph.inputs(id).next() else { continue };
        let x = graph.shape(input);
        work += match &graph.node(id).op {
            // the gradient of a sum is that of its terms
            Op::Input(_) | Op::Flatten(_) | Op::Add(_) => continue,
            Op::Conv2d(op) => {
                let gated = input != to
                    && matches!(&graph.node(input).op, Op::Conv2d(before) if before.activation != Activation::None);
                conv(op, x, y, false, if gated { x.len() } else { 0 })
            }
            Op::Linear(op) => linear(op.in_features, op.out_features, 0),
            Op::GlobalAvgPool(_) => plain(x.len(), x.len() + y.len()),
            _ => return Err(unknown(graph, id)),
        };
    }
    Ok(work)
}

fn first_input(graph: &Graph, id: NodeId) -> NodeId {
    graph.inputs(id).next().unwrap_or(graph.input())
}

/// The work of a convolution from `x` to `y`, or of its vjp, with this many values of a gate.
fn conv(op: &Conv2d, x: Shape, y: Shape, forward: bool, gate: usize) -> Work {
    let depth = op.in_channels / op.groups * op.window.taps();
    let flop = 2 * y.len() * depth;
    let [to, from] = if forward { [y, x] } else { [x, y] };
    let [rows, channels] = [to.c, from.c].map(|c| c / op.groups);
    // as in `conv2d.rs`: depthwise convolutions, and those with few output channels, have no tiles
    let tiles = [rows, to.area()].map(|extent| extent.next_multiple_of(TILE));
    let steps = (channels * op.window.taps()).next_multiple_of(DEPTH);
    let flop_of_tiles = if rows < FEW { flop } else { 2 * tiles[0] * tiles[1] * steps * op.groups };
    let bias = if forward { op.out_channels } else { 0 };
    let values = x.len() + y.len() + bias + gate;
    let bytes = VALUE * values + WEIGHT * op.out_channels * depth;
    Work { kernels: 1, flop, flop_of_tiles, bytes }
}

fn linear(from: usize, to: usize, bias: usize) -> Work {
    let flop = 2 * from * to;
    Work { kernels: 1, flop, flop_of_tiles: flop, bytes: VALUE * (from + to + bias) + WEIGHT * from * to }
}

/// The work of an element-wise kernel.
fn plain(flop: usize, values: usize) -> Work {
    Work { kernels: 1, flop, flop_of_tiles: flop, bytes: VALUE * values }
}

fn unknown(graph: &Graph, id: NodeId) -> Box<dyn std::error::Error> {
    let node = graph.node(id);
    format!(
        "layer {}: the least work of a {} is not known here; add it to work.rs",
        node.name,
        node.op.name()
    )
    .into()
}
