//! The network as data: a list of named layers.

use std::collections::BTreeMap;

use crate::ops::Input;
use crate::{Error, Op, Result, Shape, Weights};

/// Name of the first layer, the picture itself. It can be used like any other layer.
pub const INPUT: &str = "input";

/// Largest number of layers; the largest published CNNs have a few thousand.
const MAX_LAYERS: usize = 10_000;

/// Largest number of elements of all activations of a run together: 2 GiB of `f32`. Networks that we know
/// need a hundredth.
const MAX_ELEMENTS: usize = 1 << 29;

/// A layer's position in its graph. 0 is the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) usize);

impl NodeId {
    /// Position in [`Graph::nodes`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0
    }
}

/// One named layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Unique name, for example `blocks.3.depthwise`.
    pub name: String,
    /// The operation.
    pub op: Op,
    /// Names of the inputs, which are earlier layers.
    pub inputs: Vec<String>,
}

/// A checked network: layers in order, with known names, fitting shapes, and no unused layer. The last one
/// gives the logits.
#[derive(Debug, Clone)]
pub struct Graph {
    nodes: Vec<Node>,
    /// For every node the indices of its inputs.
    inputs: Vec<Vec<usize>>,
    /// Output shapes for the declared input.
    shapes: Vec<Shape>,
}

impl Graph {
    /// Checks the layers and puts [`INPUT`] of the given shape before them.
    ///
    /// # Errors
    /// [`Error::InvalidGraph`] for a name that is empty, taken or unknown, a layer that nothing uses, too
    /// many layers, or an output that is not a vector; [`Error::AtLayer`] where shapes do not fit.
    pub fn new(input: Shape, layers: Vec<Node>) -> Result<Self> {
        let invalid = |message: String| Err(Error::InvalidGraph(message));
        if layers.is_empty() || layers.len() > MAX_LAYERS {
            return invalid(format!("{} layers; 1 to {MAX_LAYERS} are allowed", layers.len()));
        }
        let mut nodes = vec![Node { name: INPUT.into(), op: Op::Input(Input), inputs: Vec::new() }];
        nodes.extend(layers);

        let mut position: BTreeMap<&str, usize> = BTreeMap::new();
        let mut inputs = Vec::with_capacity(nodes.len());
        for (i, node) in nodes.iter().enumerate() {
            let name = node.name.as_str();
            let find = |input: &String| {
                position.get(input.as_str()).copied().ok_or_else(|| {
                    Error::InvalidGraph(format!(
                        "layer `{name}` takes `{input}`, which is not a layer before it"
                    ))
                })
            };
            inputs.push(node.inputs.iter().map(find).collect::<Result<Vec<_>>>()?);
            if name.is_empty() || name.chars().any(char::is_control) {
                return invalid(format!("layer {i} has an empty or unprintable name"));
            }
            if position.insert(name, i).is_some() {
                return invalid(format!("two layers are named `{name}`"));
            }
        }

        let mut used = vec![false; nodes.len()];
        inputs.iter().flatten().for_each(|&i| used[i] = true);
        if let Some(i) = used[..nodes.len() - 1].iter().position(|used| !used) {
            return invalid(format!("nothing uses layer `{}`", nodes[i].name));
        }

        let mut graph = Self { nodes, inputs, shapes: Vec::new() };
        graph.shapes = graph.shapes_for(input)?;
        let output = graph.shape(graph.output());
        if output.area() != 1 {
            return invalid(format!(
                "the last layer `{}` gives {output}; logits are a vector, {}",
                graph.node(graph.output()).name,
                Shape::vector(output.n, output.c),
            ));
        }
        Ok(graph)
    }

    /// The output shapes of all layers for an input of this shape, which need not be the declared one.
    ///
    /// # Errors
    /// [`Error::AtLayer`] naming the first layer that cannot take it.
    pub fn shapes_for(&self, input: Shape) -> Result<Vec<Shape>> {
        let mut shapes = vec![input.checked(INPUT)?];
        for (node, inputs) in self.nodes.iter().zip(&self.inputs).skip(1) {
            let given: Vec<Shape> = inputs.iter().map(|&i| shapes[i]).collect();
            shapes.push(node.op.output_shape(&given).map_err(|e| e.at(&node.name, node.op.name()))?);
        }
        let elements: usize = shapes.iter().map(|shape| shape.len()).sum();
        if elements > MAX_ELEMENTS {
            return Err(Error::BadShape {
                what: format!("the sum of all activations for an input of {input}"),
                given: format!("{elements} elements"),
                needed: format!("at most {MAX_ELEMENTS}; take a smaller input"),
            });
        }
        Ok(shapes)
    }

    /// Checks that every layer has its parameters, of the right extents and finite.
    ///
    /// # Errors
    /// [`Error::AtLayer`] naming the first layer and weight that is missing or wrong.
    pub fn check_weights(&self, weights: &Weights) -> Result<()> {
        self.nodes.iter().try_for_each(|node| match node.op.weights(&node.name, weights) {
            Ok(_) => Ok(()),
            Err(e) => Err(e.at(&node.name, node.op.name())),
        })
    }

    /// All layers in order, the input first.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The positions of all layers, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (0..self.nodes.len()).map(NodeId)
    }

    /// One layer.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// The inputs of one layer, by position.
    pub fn inputs(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.inputs[id.0].iter().copied().map(NodeId)
    }

    /// A layer's output shape for the declared input.
    #[must_use]
    pub fn shape(&self, id: NodeId) -> Shape {
        self.shapes[id.0]
    }

    /// The picture.
    #[must_use]
    pub const fn input(&self) -> NodeId {
        NodeId(0)
    }

    /// The logits.
    #[must_use]
    pub fn output(&self) -> NodeId {
        NodeId(self.nodes.len() - 1)
    }

    /// Number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.shape(self.output()).c
    }

    /// The input of the classifier, if that is one linear layer: what a new head can be trained on.
    #[must_use]
    pub fn features(&self) -> Option<NodeId> {
        let last = self.output();
        matches!(self.node(last).op, Op::Linear(_)).then(|| self.inputs(last).next())?
    }

    /// The layers with parameters, from the logits down.
    pub fn weighted(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.ids().rev().filter(|&id| !self.node(id).op.parameters().is_empty())
    }

    /// The layer of this name.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`], which lists some that exist.
    pub fn find(&self, name: &str) -> Result<NodeId> {
        match self.nodes.iter().position(|node| node.name == name) {
            Some(i) => Ok(NodeId(i)),
            None => Err(Error::UnknownLayer { name: name.to_owned(), some: self.resembling(name) }),
        }
    }

    /// Whether a layer's output still has positions, so that a heatmap of it makes sense: one of its inputs
    /// has them, and the layer does not pool all of them, flatten, or mix them in a matrix product. A tensor
    /// that is scaled or shifted by a pooled vector keeps its positions.
    #[must_use]
    pub fn has_positions(&self, id: NodeId) -> bool {
        self.positions()[id.0]
    }

    /// The layer itself, if a heatmap of it makes sense.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for a layer without positions; the error names one that has them.
    pub fn with_positions(&self, id: NodeId) -> Result<NodeId> {
        if self.has_positions(id) {
            return Ok(id);
        }
        let node = self.node(id);
        Err(Error::BadArgument(format!(
            "layer: `{}` ({}) has no positions left to map; choose one before it, for example `{}`",
            node.name,
            node.op.name(),
            self.default_layer().map_or(INPUT, |id| &self.node(id).name),
        )))
    }

    /// [`Graph::has_positions`] for all layers.
    pub(crate) fn positions(&self) -> Vec<bool> {
        let mut positions = vec![false; self.nodes.len()];
        for (id, node) in self.ids().zip(&self.nodes) {
            let inputs = &self.inputs[id.0];
            positions[id.0] =
                node.op.keeps_positions() && (inputs.is_empty() || inputs.iter().any(|&i| positions[i]));
        }
        positions
    }

    /// For every layer, whether `from` holds for it or for a layer that it depends on: the layers that the
    /// gradient with respect to those passes.
    pub(crate) fn downstream_of(&self, from: impl Fn(NodeId) -> bool) -> Vec<bool> {
        let mut reached = vec![false; self.nodes.len()];
        for id in self.ids() {
            reached[id.0] = from(id) || self.inputs[id.0].iter().any(|&i| reached[i]);
        }
        reached
    }

    /// Up to six names for an error message: those with the longest common prefix, else the last ones, which
    /// are the usual choice.
    fn resembling(&self, name: &str) -> Vec<String> {
        let common = |node: &Node| {
            node.name.chars().zip(name.chars()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
        };
        let positions = self.positions();
        let mut nodes: Vec<&Node> = self.ids().filter(|id| positions[id.0]).map(|id| self.node(id)).collect();
        // The last one wins a tie. Six searches are less code than a sort, in every page that loads this.
        let best = |nodes: &[&Node]| (0..nodes.len()).max_by_key(|&i| common(nodes[i]));
        let take = |_| best(&nodes).map(|i| nodes.remove(i).name.clone());
        (0..6).filter_map(take).collect()
    }
}
