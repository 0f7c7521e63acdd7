//! A model: graph, weights, labels, preprocessing.

use std::collections::HashSet;

use candling_core::{Graph, INPUT, Node, NodeId, Shape, Weights};

use crate::document::{Document, FORMAT, Preprocessing};
use crate::layer::Layer;
use crate::resemblance::nearest;
use crate::{Error, Labels, Precision, Result, file, precision};

/// A picture of more than this many pixels a side is no CNN's input.
const MAX_SIDE: usize = 4096;

/// How many layers an error message offers.
const OFFERED: usize = 6;

/// A model, checked: shapes fit, every weight has its layer and every class its name.
#[derive(Debug, Clone)]
pub struct Model {
    /// For people, for example `EfficientNet-Lite0`.
    pub name: String,
    /// Licence of the weights.
    pub licence: String,
    /// Where the weights come from.
    pub origin: String,
    /// How a picture becomes an input.
    pub preprocessing: Preprocessing,
    /// Class names.
    pub labels: Labels,
    /// The layers.
    pub graph: Graph,
    /// Their parameters.
    pub weights: Weights,
    /// How the file held the weights, or shall hold them.
    pub precision: Precision,
    /// Where a heatmap is taken if nothing else is said.
    pub default_layer: NodeId,
}

impl Model {
    /// Where a share of evidence is measured if nothing else is said: what the last residual block gives, which is also where Grad-CAM
    /// is taken of a ResNet as a rule; of a network without such blocks, the default layer. What follows in EfficientNet-Lite0 is a block
    /// without a sum: all that its convolution gives has passed from cell to cell once more, and evidence with it.
    #[must_use]
    pub fn evidence_layer(&self) -> NodeId {
        self.graph.last_residual().unwrap_or(self.default_layer)
    }

    /// The layer of this name.
    ///
    /// # Errors
    /// [`candling_core::Error::UnknownLayer`], which lists those with positions whose names are near to it, the last ones first where
    /// they are alike; where there are none, those that [`Graph::find`] lists.
    pub fn layer(&self, name: &str) -> candling_core::Result<NodeId> {
        self.graph.find(name).map_err(|e| {
            let mapped = self.graph.ids().rev().filter(|&id| self.graph.has_positions(id));
            let names: Vec<_> = mapped.map(|id| self.graph.node(id).name.as_str()).collect();
            let near: Vec<String> =
                nearest(name, &names).into_iter().take(OFFERED).map(|at| names[at].to_owned()).collect();
            match e {
                candling_core::Error::UnknownLayer { name, .. } if !near.is_empty() => {
                    candling_core::Error::UnknownLayer { name, some: near }
                }
                e => e,
            }
        })
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// [`Error::BadModel`] or [`Error::BadGraph`], naming what is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (document, weights, precision) = file::read(bytes)?;
        let nodes = document.layers.into_iter().map(|layer| layer.into_node(&weights));
        let nodes = nodes.collect::<Result<Vec<Node>>>()?;
        let expected = nodes
            .iter()
            .flat_map(|node| {
                let suffixes = node.op.parameters().into_iter();
                suffixes.map(|(suffix, _)| format!("{}.{suffix}", node.name))
            })
            .collect::<HashSet<String>>();
        file::check_all_used(&weights, &expected)?;

        let words = [&document.name, &document.licence, &document.origin];
        if let Some(text) =
            words.into_iter().chain(&document.labels).find(|t| t.chars().any(char::is_control))
        {
            return Err(Error::BadModel(format!(
                "its name, licence, origin and labels are plain text; {text:?} has control characters"
            )));
        }

        let Preprocessing { width, height, mean, std, crop_fraction } = &document.preprocessing;
        let sides = 1..=MAX_SIDE;
        let valid = sides.contains(width)
            && sides.contains(height)
            && mean.iter().all(|m| m.is_finite())
            && std.iter().all(|s| s.is_finite() && *s != 0.0)
            && *crop_fraction > 0.0
            && *crop_fraction <= 1.0;
        if !valid {
            return Err(Error::BadModel(format!(
                "preprocessing {:?}; allowed are sides of 1 to {MAX_SIDE}, a finite mean, a finite std other \
                 than 0, and a crop_fraction above 0 up to 1",
                document.preprocessing
            )));
        }
        let graph = Graph::new(Shape::new(1, 3, *height, *width), nodes)?;
        graph.check_weights(&weights)?;
        if document.labels.len() != graph.classes() {
            return Err(Error::BadModel(format!(
                "{} labels for {} classes",
                document.labels.len(),
                graph.classes()
            )));
        }
        let default_layer = graph.find(&document.default_layer)?;
        let Node { name, op, .. } = graph.node(default_layer);
        if !graph.has_positions(default_layer) {
            return Err(Error::BadModel(format!(
                "the default layer `{name}` ({}) has no positions to map",
                op.name()
            )));
        }
        Ok(Self {
            default_layer,
            name: document.name,
            licence: document.licence,
            origin: document.origin,
            preprocessing: document.preprocessing,
            labels: Labels::new(document.labels),
            graph,
            weights,
            precision,
        })
    }

    /// Writes a model file: the same bytes for the same model. [`Precision::Small`] rounds weights, also those that were
    /// read from such a file.
    ///
    /// # Errors
    /// [`Error::BadModel`] if a layer cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let layers = self.graph.nodes().iter().filter(|node| node.name != INPUT);
        let document = Document {
            format: FORMAT,
            name: self.name.clone(),
            licence: self.licence.clone(),
            origin: self.origin.clone(),
            preprocessing: self.preprocessing.clone(),
            default_layer: self.graph.node(self.default_layer).name.clone(),
            layers: layers.map(Layer::from_node).collect::<Result<_>>()?,
            labels: self.labels.names().to_vec(),
        };
        file::write(&document, &self.weights, |name| {
            let layer = name.strip_suffix(".weight").filter(|_| self.precision == Precision::Small)?;
            precision::bits(&self.graph, self.graph.find(layer).ok()?)
        })
    }
}
