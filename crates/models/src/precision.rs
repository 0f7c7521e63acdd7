//! The number of bits of each weight in a file.

use std::fmt;

use candling_core::{Activation, Graph, NodeId, Op};

/// The precision of the weights of convolutions and linear layers in a file. Everything else is `f16`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Precision {
    /// `f16`.
    #[default]
    Full,
    /// Integers of 6 to 12 bits, fewer for larger layers, so that the file is half as large; the smallest
    /// layers stay `f16`.
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

/// Bits of a layer with one weight; chosen so that Lite0's file is half as large as with `f16`.
const BITS_OF_ONE: f64 = 16.0;

/// Additional bits for a layer without a shortcut around it: its error is not diluted.
const ALONE: f64 = 0.75;
/// Additional bits for a convolution without activation: ReLU6 hides errors where it is flat.
const LINEAR: f64 = 1.0;

/// Largest number of bits; a layer that would need more stays `f16`, which has 11 bits and is simpler.
const MOST: f64 = 12.0;
/// Smallest number of bits.
const FEWEST: f64 = 6.0;

/// The bits of a layer's weight in [`Precision::Small`]; `None` for `f16`.
///
/// Plain `int8` for all layers changes the top class of 7 % of our photos: a depthwise layer of 288 weights
/// alone causes a third of the error, and the classifier, a quarter of all weights, almost none. Measured
/// layer by layer, the effect of rounding on the logits depends little on a layer's size, and much on the two
/// properties above. A given error then costs least with one more bit for a layer with a quarter of the
/// weights (rate-distortion theory: a further byte should gain the same in every layer).
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
