//! Named parameters.

use std::collections::BTreeMap;

/// One parameter: its extents and its values, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// Extents, as in PyTorch (`[out, in / groups, kh, kw]`, `[out, in]`, `[out]`).
    pub shape: Vec<usize>,
    /// Values, as many as the extents say.
    pub data: Vec<f32>,
}

/// The parameters of a network by name. A layer `stem` has `stem.weight` and `stem.bias`, as in PyTorch;
/// those of an affine layer are scale and shift.
pub type Weights = BTreeMap<String, Weight>;
