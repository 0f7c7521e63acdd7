//! The structure of a graph: which layers all paths pass, where blocks end, and where maps are best taken.
//! Nothing here looks at names.

use crate::{Activation, Graph, NodeId, Op};

/// Layers that belong together: a residual block, an Inception or Fire module, a dense block, an inverted
/// bottleneck, or the convolutions between two poolings. It ends in a layer that every path passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The layers in order, at least one; the last one gives the output.
    pub layers: Vec<NodeId>,
    /// Whether paths with positions merge in its output, as in a residual block.
    pub merges: bool,
}

impl Graph {
    /// Whether the layer dominates the logits: every path from the input to them passes it.
    #[must_use]
    pub fn dominates_output(&self, id: NodeId) -> bool {
        // A layer is passed by where one behind it takes one before it.
        self.ids().skip(id.0 + 1).all(|behind| self.inputs(behind).all(|input| input >= id))
    }

    /// The layer of a CAM if none is named: the last layer before the classifier that dominates the logits
    /// and has more than one position, stepping back over window pooling. The classifier is the last layer
    /// with weights: a linear layer, or the convolution with a channel for each class that is then pooled
    /// (SqueezeNet), where Grad-CAM would only be the class's own channel.
    ///
    /// | network | default layer |
    /// |---|---|
    /// | ResNet | the last sum, after its ReLU |
    /// | VGG | the last ReLU before the last pooling |
    /// | DenseNet | the last ReLU |
    /// | MobileNet, EfficientNet | the last convolution with its activation |
    /// | SqueezeNet | the last module's concatenation |
    ///
    /// `None` if no layer has more than one position.
    #[must_use]
    pub fn default_layer(&self) -> Option<NodeId> {
        let positions = self.positions();
        let is_wanted =
            |id: &NodeId| positions[id.0] && self.shape(*id).area() > 1 && self.dominates_output(*id);
        let last = self.ids().rev().find(is_wanted)?;
        let scores =
            |id: &NodeId| *id <= last && is_convolution(self, *id) && self.shape(*id).c == self.classes();
        let before =
            self.weighted().next().filter(scores).and_then(|classifier| self.inputs(classifier).next());
        let before = before.map(|id| self.before_pooling(id)).filter(|&id| id != self.input());
        Some(before.unwrap_or_else(|| self.before_pooling(last)))
    }

    /// The layer where a share of evidence is measured if none is named: the output of the last block in
    /// which paths merge; for a network without such blocks, the [default layer](Self::default_layer). In
    /// EfficientNet-Lite0 a block without a sum follows: its convolution moves values, and evidence with
    /// them, from cell to cell once more.
    #[must_use]
    pub fn evidence_layer(&self) -> Option<NodeId> {
        let blocks = self.blocks();
        let last = blocks.iter().rev().find(|block| block.merges).and_then(|block| block.layers.last());
        last.copied().or_else(|| self.default_layer())
    }

    /// The blocks, from after the input to the [default layer](Self::default_layer). A block ends in a layer
    /// that dominates the logits and
    ///
    /// - in which paths merge (ResNet, Inception, DenseNet, Fire modules), or
    /// - which is the first dense convolution at a new size, so that a depthwise convolution with a stride
    ///   and the pointwise one after it stay together (stems; MobileNet), or
    /// - which is a convolution without activation that another convolution reads: a linear bottleneck
    ///   (MobileNetV2, EfficientNet), or
    /// - which a pooling with a stride reads (VGG).
    ///
    /// Element-wise layers that follow, an activation or a scale, still belong to it.
    #[must_use]
    pub fn blocks(&self) -> Vec<Block> {
        let positions = self.positions();
        let end = self.default_layer().unwrap_or(self.input());
        let mut blocks = Vec::new();
        let mut block = Block { layers: Vec::new(), merges: false };
        let (mut is_resized, mut is_due) = (false, false);
        for id in self.ids().skip(1).take_while(|&id| id <= end) {
            let readers = self.readers(id);
            block.layers.push(id);
            is_resized |= is_convolution(self, id) && self.strides(id);
            if self.dominates_output(id) {
                let merges = self.inputs(id).filter(|input| positions[input.0]).count() > 1;
                let is_read = |by: &dyn Fn(NodeId) -> bool| readers.iter().any(|&reader| by(reader));
                let is_bottleneck = is_linear(self, id) && is_read(&|reader| is_convolution(self, reader));
                let is_pooled = is_read(&|reader| is_pooling(self, reader) && self.strides(reader));
                block.merges |= merges;
                is_due |= merges || is_resized && is_dense(self, id) || is_bottleneck || is_pooled;
            }
            let goes_on = matches!(readers[..], [reader] if self.is_per_element(reader));
            if id == end || is_due && !goes_on {
                blocks.push(std::mem::replace(&mut block, Block { layers: Vec::new(), merges: false }));
                (is_resized, is_due) = (false, false);
            }
        }
        blocks
    }

    /// The global average pool before the linear layer that gives the logits, and the layer that it pools; a
    /// flatten between the two changes nothing. `None` if the network ends otherwise.
    #[must_use]
    pub fn pooled_head(&self) -> Option<(NodeId, NodeId)> {
        let linear = Some(self.output()).filter(|&id| matches!(self.node(id).op, Op::Linear(_)))?;
        let mut pool = self.inputs(linear).next()?;
        while matches!(self.node(pool).op, Op::Flatten(_)) {
            pool = self.inputs(pool).next()?;
        }
        matches!(self.node(pool).op, Op::GlobalAvgPool(_)).then(|| Some((pool, self.inputs(pool).next()?)))?
    }

    /// The layers that take a layer's output.
    fn readers(&self, id: NodeId) -> Vec<NodeId> {
        self.ids().filter(|&reader| self.inputs(reader).any(|input| input == id)).collect()
    }

    /// The layer itself, or the input of the window poolings that end in it.
    fn before_pooling(&self, mut id: NodeId) -> NodeId {
        while let Some(input) = self.inputs(id).next().filter(|_| is_pooling(self, id)) {
            id = input;
        }
        id
    }

    /// Whether the layer has a window with a stride above 1.
    fn strides(&self, id: NodeId) -> bool {
        match &self.node(id).op {
            Op::Conv2d(op) => op.window.stride != [1, 1],
            Op::MaxPool(op) => op.window.stride != [1, 1],
            Op::AvgPool(op) => op.window.stride != [1, 1],
            _ => false, // an op without a window
        }
    }

    /// Whether each value of the layer depends only on the value of its one input at the same place.
    fn is_per_element(&self, id: NodeId) -> bool {
        let mut inputs = self.inputs(id);
        let has_window = is_convolution(self, id) || is_pooling(self, id);
        matches!((inputs.next(), inputs.next()), (Some(x), None) if !has_window && self.shape(x) == self.shape(id))
    }
}

fn is_convolution(graph: &Graph, id: NodeId) -> bool {
    matches!(graph.node(id).op, Op::Conv2d(_))
}

fn is_pooling(graph: &Graph, id: NodeId) -> bool {
    matches!(graph.node(id).op, Op::MaxPool(_) | Op::AvgPool(_))
}

/// Whether the layer is a convolution without activation.
fn is_linear(graph: &Graph, id: NodeId) -> bool {
    matches!(&graph.node(id).op, Op::Conv2d(op) if op.activation == Activation::None)
}

/// Whether the layer is a convolution whose outputs depend on several channels each.
fn is_dense(graph: &Graph, id: NodeId) -> bool {
    matches!(&graph.node(id).op, Op::Conv2d(op) if op.groups < op.in_channels || op.in_channels == 1)
}
