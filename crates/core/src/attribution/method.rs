//! Attribution methods: how each is computed, and its description. Each method is a file in `methods`; the
//! build script generates the list from these files.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use super::cam::{Cam, Gradient, add_products, add_scaled, mean};
use super::options::{Choice, Meaning};
use super::passes::Begin;
use crate::{Error, Graph, NodeId, ReluRule, Result};

include!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// An attribution method: its definition, and the index of its file. Methods are equal if their names are.
#[derive(Clone, Copy)]
pub struct Method(&'static Definition, usize);

/// How a method is computed, and its arguments.
pub struct Definition {
    /// Name on the command line and in JavaScript.
    pub name: &'static str,
    /// Sort key in lists, unique.
    pub order: u16,
    /// How the map is computed.
    pub compute: Compute,
    /// Whether the map has both signs; if not, 0 means "no evidence".
    pub signed: bool,
    /// Whether the map has a value for each value of the input; if not, it has one channel and its own
    /// resolution.
    pub pixels: bool,
    /// Options, besides class and layer.
    pub options: &'static [Choice],
}

/// How a map is computed.
pub enum Compute {
    /// A backward pass from the score to the pixels.
    Pixels {
        /// Backward rule for ReLUs.
        rule: ReluRule,
        /// Whether the gradient is multiplied by the input.
        times_input: bool,
    },
    /// A weighted sum of a layer's channels.
    Cam(Cam),
    /// A backward pass to the pixels under `rule`, times the bilinearly upsampled map of a CAM; neither is
    /// normalised.
    Product {
        /// Backward rule for ReLUs on the way to the pixels.
        rule: ReluRule,
        /// The CAM that the pixel map is multiplied by.
        cam: &'static Cam,
    },
    /// Many passes over altered pictures, which the method's function `begin` plans.
    Passes,
}

/// Description of a method for users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Display name.
    pub title: &'static str,
    /// Sort key where users choose, the best known first; unique.
    pub rank: u16,
    /// The paper that introduced the method.
    pub paper: Paper,
    /// The raw result, in the notation of [`attribution`](crate::attribution).
    pub formula: &'static str,
    /// The evidence that the map shows, in a few words.
    pub shows: &'static str,
    /// Descriptions of the options, in the order of [`Definition::options`].
    pub options: &'static [Meaning],
    /// The evidence that the map shows and its limits, in a sentence or two.
    pub about: &'static str,
    /// How to read the map, in one sentence.
    pub reading: &'static str,
}

/// Where a method was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper {
    /// Family names: one, two joined by `&`, or the first with `et al.`
    pub authors: &'static str,
    /// Year of the first version.
    pub year: u16,
    /// Place in the paper, such as `eq. 2`; empty for the whole paper.
    pub place: &'static str,
    /// A permanent address.
    pub link: &'static str,
}

impl Method {
    /// The methods of one pass, which a tape [answers](crate::Explainer::explain).
    pub fn of_one_pass() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|method| !method.is_many_passes())
    }

    /// Name on the command line and in JavaScript.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// How the method is computed, and its arguments.
    #[must_use]
    pub const fn definition(self) -> &'static Definition {
        self.0
    }

    /// The description. Its texts are only linked into wasm modules that call this.
    #[must_use]
    pub fn about(self) -> &'static About {
        ABOUT[self.1]
    }

    /// Makes the plan of a method of many passes. The code of these methods is only linked into wasm modules
    /// that call this.
    pub(super) fn begin(self) -> Option<Begin> {
        BEGIN[self.1]
    }

    /// Whether the method explains at a layer; the others explain the input's pixels.
    #[must_use]
    pub const fn takes_layer(self) -> bool {
        match self.0.compute {
            Compute::Cam(_) | Compute::Product { .. } => true,
            Compute::Pixels { .. } | Compute::Passes => false,
        }
    }

    /// Whether the method works at any layer with positions; if not, the structure of the network determines
    /// the layer.
    #[must_use]
    pub const fn chooses_layer(self) -> bool {
        match &self.0.compute {
            Compute::Cam(cam) => cam.any_layer(),
            Compute::Product { cam, .. } => cam.any_layer(),
            Compute::Pixels { .. } | Compute::Passes => false,
        }
    }

    /// Whether the method needs a backward pass to the pixels, and so all layers kept by the forward pass.
    #[must_use]
    pub const fn walks_to_input(self) -> bool {
        match self.0.compute {
            Compute::Pixels { .. } | Compute::Product { .. } => true,
            Compute::Cam(_) | Compute::Passes => false,
        }
    }

    /// Whether the method runs many forward passes, which [workers can share](super::Passes).
    #[must_use]
    pub const fn is_many_passes(self) -> bool {
        matches!(self.0.compute, Compute::Passes)
    }

    /// Whether evidence *against* the target can be requested.
    #[must_use]
    pub const fn has_counterfactual(self) -> bool {
        match &self.0.compute {
            Compute::Cam(cam) => cam.counterfactual,
            Compute::Pixels { .. } | Compute::Product { .. } | Compute::Passes => false,
        }
    }

    /// The definition of the CAM, if the method is one.
    #[must_use]
    pub const fn cam(self) -> Option<&'static Cam> {
        match &self.0.compute {
            Compute::Cam(cam) => Some(cam),
            Compute::Pixels { .. } | Compute::Product { .. } | Compute::Passes => None,
        }
    }

    /// The layers that the forward pass must keep for the method, together with what the backward pass to
    /// them needs; `layer` for methods that take one.
    #[must_use]
    pub fn keeps(self, graph: &Graph, layer: Option<NodeId>) -> Vec<NodeId> {
        let input = (self.walks_to_input() || self.is_many_passes()).then(|| graph.input());
        layer.into_iter().filter(|_| self.takes_layer()).chain(input).collect()
    }

    /// The quoted names of the methods that satisfy a condition, for error messages.
    #[cold]
    pub(super) fn names(quotes: &str, which: &dyn Fn(Self) -> bool) -> String {
        let mut names = String::new();
        for method in &Self::ALL {
            if which(*method) {
                for text in [if names.is_empty() { "" } else { ", " }, quotes, method.name(), quotes] {
                    names.push_str(text);
                }
            }
        }
        names
    }
}

/// A method has a function `begin` if and only if it is one of many passes.
const _: () = {
    let mut at = 0;
    while at < Method::ALL.len() {
        let method = Method::ALL[at];
        assert!(method.is_many_passes() == BEGIN[method.1].is_some());
        at += 1;
    }
};

/// Sorts methods by [`Definition::order`].
const fn in_order<const N: usize>(mut methods: [Method; N]) -> [Method; N] {
    let mut end = 1;
    while end < N {
        let mut at = end;
        while at > 0 && methods[at - 1].0.order > methods[at].0.order {
            (methods[at - 1], methods[at]) = (methods[at], methods[at - 1]);
            at -= 1;
        }
        end += 1;
    }
    methods
}

impl PartialEq for Method {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Method {}

impl Hash for Method {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Paper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.authors, self.year)
    }
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.iter().find(|method| method.name() == name).copied().ok_or_else(|| {
            let names = Self::names("", &|_| true);
            Error::BadArgument(format!("unknown method `{name}`; methods are {names}"))
        })
    }
}
