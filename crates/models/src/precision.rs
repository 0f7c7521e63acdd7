//! With how many bits a file holds each weight.

use std::fmt;

use candling_core::{Activation, Graph, NodeId, Op};

/// How a file holds the weights of convolutions and linear layers. Everything else is `f16` either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Precision {
    /// `f16`.
    #[default]
    Full,
    /// Integers of 6 to 12 bits, few for a large layer and many for a small one, so that the file is half as large; the
    /// smallest layers stay `f16`.
    Small,
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "full, f16",
            Self::Small => "small, integers of 6 to 12 bits",
        })
    }
}

/// Bits of a layer of one weight; chosen so that Lite0's file is half as large as with `f16`.
const BITS_OF_ONE: f64 = 16.0;

/// More bits for a layer that no shortcut goes around: its error is not diluted.
const ALONE: f64 = 0.75;
/// More bits for a convolution without activation: ReLU6 hides errors where it is flat.
const LINEAR: f64 = 1.0;

/// A layer that would get more stays `f16`, which has 11 bits and is simpler.
const MOST: f64 = 12.0;
/// No layer gets fewer.
const FEWEST: f64 = 6.0;

/// The bits for a layer's weight in [`Precision::Small`]; None for `f16`.
///
/// Plain `int8` for all layers changes the top class of 7 % of our photos: a depthwise layer of 288 weights alone makes a third
/// of the error, and the classifier, a quarter of all weights, next to none. Measured layer by layer, what rounding
/// does to the logits depends little on a layer's size, and much on the two things above. The cheapest way to a given error is then
/// a bit more for a layer with a quarter of the weights (rate-distortion theory: a further byte should gain the same in every layer).
pub(crate) fn bits(graph: &Graph, layer: NodeId) -> Option<usize> {
    let op = &graph.node(layer).op;
    let linear = match op {
        Op::Linear(_) => false,
        Op::Conv2d(conv) => conv.activation == Activation::None,
        _ => return None,
    };
    let parameters = op.parameters();
    let (_, extents) = parameters.iter().find(|(suffix, _)| *suffix == "weight")?;
    let weights: usize = extents.iter().product();
    let extra = if linear { LINEAR } else { 0.0 } + if graph.dominates_output(layer) { ALONE } else { 0.0 };
    let bits = (BITS_OF_ONE - 0.5 * (weights as f64).log2() + extra).round().max(FEWEST);
    (bits <= MOST).then_some(bits as usize)
}
