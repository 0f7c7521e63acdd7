//! A model: graph, weights, labels, preprocessing.

use std::collections::HashSet;
use std::ops::Deref;

use candling_core::{Graph, INPUT, Node, Shape, Weights};

use crate::document::{Document, FORMAT};
use crate::layer::Layer;
use crate::spec::{About, Spec};
use crate::{Precision, Result, file, precision};

/// A model, checked: shapes fit, every weight has its layer and every class its name. All but its weights is
/// a [`Spec`], which it can be asked like one.
#[derive(Debug, Clone)]
pub struct Model {
    spec: Spec,
    weights: Weights,
    precision: Precision,
}

impl Deref for Model {
    type Target = Spec;

    fn deref(&self) -> &Spec {
        &self.spec
    }
}

impl Model {
    /// A model of these layers, in order and without the input, whose size the preprocessing gives. Maps are
    /// taken at `default_layer`, and where none is named at [`Graph::default_layer`].
    ///
    /// # Errors
    /// [`Error::BadModel`](crate::Error::BadModel) or [`Error::BadGraph`](crate::Error::BadGraph), naming
    /// what is wrong.
    pub fn new(
        about: About,
        layers: Vec<Node>,
        weights: Weights,
        default_layer: Option<&str>,
    ) -> Result<Self> {
        let parameters = layers.iter().flat_map(|node| {
            let suffixes = node.op.parameters().into_iter();
            suffixes.map(|(suffix, _)| format!("{}.{suffix}", node.name))
        });
        file::check_all_used(&weights, &parameters.collect::<HashSet<String>>())?;
        about.check()?;
        let (height, width) = (about.preprocessing.height, about.preprocessing.width);
        let graph = Graph::new(Shape::new(1, 3, height, width), layers)?;
        graph.check_weights(&weights)?;
        Ok(Self { spec: Spec::new(about, graph, default_layer)?, weights, precision: Precision::Full })
    }

    /// The parameters of its layers.
    #[must_use]
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// How the file held the weights, or shall hold them.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The same model, to be written with this precision.
    #[must_use]
    pub fn with_precision(self, precision: Precision) -> Self {
        Self { precision, ..self }
    }

    /// The model in two: what it is, and the weights, for whoever hands these on and needs them no longer.
    #[must_use]
    pub fn into_parts(self) -> (Spec, Weights) {
        (self.spec, self.weights)
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// [`Error::BadModel`](crate::Error::BadModel) or [`Error::BadGraph`](crate::Error::BadGraph), naming
    /// what is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (document, weights, precision) = file::read(bytes)?;
        let Document { name, licence, origin, preprocessing, default_layer, layers, labels, .. } = document;
        let layers =
            layers.into_iter().map(|layer| layer.into_node(&weights)).collect::<Result<Vec<Node>>>()?;
        let about = About { name, licence, origin, preprocessing, labels };
        Ok(Self::new(about, layers, weights, Some(&default_layer))?.with_precision(precision))
    }

    /// Writes a model file: the same bytes for the same model. [`Precision::Small`] rounds weights, also
    /// those that were read from such a file.
    ///
    /// # Errors
    /// [`Error::BadModel`](crate::Error::BadModel) if a layer cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let graph = self.graph();
        let layers = graph.nodes().iter().filter(|node| node.name != INPUT);
        let About { name, licence, origin, preprocessing, labels } = self.about();
        let document = Document {
            format: FORMAT,
            name,
            licence,
            origin,
            preprocessing,
            default_layer: graph.node(self.default_layer()).name.clone(),
            layers: layers.map(Layer::from_node).collect::<Result<_>>()?,
            labels,
        };
        file::write(&document, &self.weights, |name| {
            let layer = name.strip_suffix(".weight").filter(|_| self.precision == Precision::Small)?;
            precision::bits(graph, graph.find(layer).ok()?)
        })
    }
}
