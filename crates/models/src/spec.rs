//! What a model is besides its weights.

use candling_core::{Graph, NodeId};

use crate::document::Preprocessing;
use crate::resemblance::nearest;
use crate::{Error, Labels, Result};

/// A picture of more than this many pixels a side is no CNN's input.
const MAX_SIDE: usize = 4096;

/// How many layers an error message offers.
const OFFERED: usize = 6;

/// What a model says of itself besides its layers, not checked yet.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// For people, for example `EfficientNet-Lite0`.
    pub name: String,
    /// Licence of the weights.
    pub licence: String,
    /// Where the weights come from.
    pub origin: String,
    /// How a picture becomes an input.
    pub preprocessing: Preprocessing,
    /// Class names, in the order of the logits.
    pub labels: Vec<String>,
}

impl About {
    /// Refuses text that is not plain, and preprocessing that gives no input.
    pub(crate) fn check(&self) -> Result<()> {
        let words = [&self.name, &self.licence, &self.origin];
        if let Some(text) = words.into_iter().chain(&self.labels).find(|t| t.chars().any(char::is_control)) {
            return Err(Error::BadModel(format!(
                "its name, licence, origin and labels are plain text; {text:?} has control characters"
            )));
        }
        let Preprocessing { width, height, mean, std, crop_fraction } = &self.preprocessing;
        let sides = 1..=MAX_SIDE;
        let valid = sides.contains(width)
            && sides.contains(height)
            && mean.iter().all(|m| m.is_finite())
            && std.iter().all(|s| s.is_finite() && *s != 0.0)
            && *crop_fraction > 0.0
            && *crop_fraction <= 1.0;
        if valid {
            return Ok(());
        }
        Err(Error::BadModel(format!(
            "preprocessing {:?}; allowed are sides of 1 to {MAX_SIDE}, a finite mean, a finite std other than 0, and a \
             crop_fraction above 0 up to 1",
            self.preprocessing
        )))
    }
}

/// A model without its weights: layers, labels, preprocessing. Only a checked [`Model`](crate::Model) gives
/// one.
#[derive(Debug, Clone)]
pub struct Spec {
    name: String,
    licence: String,
    origin: String,
    preprocessing: Preprocessing,
    labels: Labels,
    graph: Graph,
    default_layer: NodeId,
}

impl Spec {
    /// Checks that every class has a name, and that the default layer has positions.
    pub(crate) fn new(about: About, graph: Graph, default_layer: Option<&str>) -> Result<Self> {
        let About { name, licence, origin, preprocessing, labels } = about;
        if labels.len() != graph.classes() {
            return Err(Error::BadModel(format!("{} labels for {} classes", labels.len(), graph.classes())));
        }
        let default_layer = match default_layer {
            Some(name) => graph.find(name)?,
            None => graph.default_layer().ok_or_else(|| {
                Error::BadModel(
                    "none of its layers has more than one position, so there is nothing to map".into(),
                )
            })?,
        };
        if !graph.has_positions(default_layer) {
            let node = graph.node(default_layer);
            return Err(Error::BadModel(format!(
                "the default layer `{}` ({}) has no positions to map",
                node.name,
                node.op.name()
            )));
        }
        Ok(Self { name, licence, origin, preprocessing, labels: Labels::new(labels), graph, default_layer })
    }

    /// What it says of itself, to be changed.
    #[must_use]
    pub fn about(&self) -> About {
        About {
            name: self.name.clone(),
            licence: self.licence.clone(),
            origin: self.origin.clone(),
            preprocessing: self.preprocessing.clone(),
            labels: self.labels.names().to_vec(),
        }
    }

    /// For people, for example `EfficientNet-Lite0`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Licence of the weights.
    #[must_use]
    pub fn licence(&self) -> &str {
        &self.licence
    }

    /// Where the weights come from.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How a picture becomes an input.
    #[must_use]
    pub fn preprocessing(&self) -> &Preprocessing {
        &self.preprocessing
    }

    /// Class names.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The layers.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Where a heatmap is taken if nothing else is said: the layer that the file names, which wins over
    /// [`Graph::default_layer`].
    #[must_use]
    pub fn default_layer(&self) -> NodeId {
        self.default_layer
    }

    /// Where a share of evidence is measured if nothing else is said: [`Graph::evidence_layer`], or the
    /// default layer of a network that has none.
    #[must_use]
    pub fn evidence_layer(&self) -> NodeId {
        self.graph.evidence_layer().unwrap_or(self.default_layer)
    }

    /// The layer of this name.
    ///
    /// # Errors
    /// [`candling_core::Error::UnknownLayer`], which lists those with positions whose names are near to it,
    /// the last ones first where they are alike; where there are none, those that [`Graph::find`] lists.
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
}
