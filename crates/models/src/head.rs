//! A model with another last layer: the same backbone, other classes.

use candling_core::{Node, NodeId, Op, Weight, ops};
use half::f16;

use crate::{About, Error, Model, Result};

impl Model {
    /// The layer whose output the classifier reads: its features are what a head is trained on.
    ///
    /// # Errors
    /// [`Error::BadModel`] if the last layer is not linear.
    pub fn features(&self) -> Result<NodeId> {
        self.graph().features().ok_or_else(|| {
            let last = self.graph().node(self.graph().output());
            Error::BadModel(format!(
                "its last layer `{}` is a {}; only a model that ends in a linear layer can have another head",
                last.name,
                last.op.name()
            ))
        })
    }

    /// The same network with a new linear head: `weight` is `labels.len() × features` values, class by class,
    /// `bias` one per class. They are rounded to `f16`, as in the file, so that a model gives the same
    /// results after it was saved. Its name combines `name` and that of this one, its origin mentions the new
    /// head, and it is saved in full precision.
    ///
    /// # Errors
    /// [`Error::BadModel`] if the last layer is not linear, for wrong numbers of values, or for labels that
    /// are not plain text.
    pub fn with_head(&self, name: &str, labels: Vec<String>, weight: &[f32], bias: &[f32]) -> Result<Self> {
        self.features()?;
        let mut layers: Vec<Node> = self.graph().nodes()[1..].to_vec();
        let Some(Node { name: layer, op: Op::Linear(linear), .. }) = layers.last_mut() else {
            return Err(Error::BadModel("it has no layers".into()));
        };
        let (width, classes) = (linear.in_features, labels.len());
        *linear = ops::Linear { in_features: width, out_features: classes };
        if weight.len() != classes * width || bias.len() != classes || classes == 0 {
            return Err(Error::BadModel(format!(
                "a head of {} weights and {} biases; {classes} classes of {width} features need {} and {classes}",
                weight.len(),
                bias.len(),
                classes * width
            )));
        }
        let rounded = |shape: Vec<usize>, values: &[f32]| Weight {
            shape,
            data: values.iter().map(|&v| f16::from_f32(v).to_f32()).collect(),
        };
        let mut weights = self.weights().clone();
        weights.insert(format!("{layer}.weight"), rounded(vec![classes, width], weight));
        weights.insert(format!("{layer}.bias"), rounded(vec![classes], bias));
        let about = About {
            name: format!("{name}, on {}", self.name()),
            origin: format!(
                "{}; its last layer was trained by candling on photos of its user",
                self.origin()
            ),
            labels,
            ..self.about()
        };
        Self::new(about, layers, weights, Some(&self.graph().node(self.default_layer()).name))
    }
}
