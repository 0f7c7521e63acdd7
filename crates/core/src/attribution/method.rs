//! What a method is: a value that says how it is computed, and one that says what it is about. Each method is a file in
//! `methods`, and the list of them is made of these files by the build script.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use super::cam::{Cam, Gradient, add_products, add_scaled, mean};
use super::options::{Choice, Meaning};
use super::passes::Begin;
use crate::{Error, Graph, NodeId, ReluRule, Result};

include!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// An attribution method: its definition, and the place of its file. Two are the same if they have the same name.
#[derive(Clone, Copy)]
pub struct Method(&'static Definition, usize);

/// How a method is computed, and what it takes.
pub struct Definition {
    /// Its name on the command line and in JavaScript.
    pub name: &'static str,
    /// Its place in lists; each has another.
    pub order: u16,
    /// How its map comes about.
    pub compute: Compute,
    /// Whether its map has both signs. Where it has not, 0 says "no evidence".
    pub signed: bool,
    /// Whether its map has a value for each value of the input; if not, it has one channel of a resolution of its own.
    pub pixels: bool,
    /// What can be set, beside class and layer.
    pub options: &'static [Choice],
}

/// How a map comes about.
pub enum Compute {
    /// A walk from the score to the pixels.
    Pixels {
        /// What ReLUs let through on the way.
        rule: ReluRule,
        /// Whether the gradient is multiplied by the input.
        times_input: bool,
    },
    /// A weighted sum of a layer's channels.
    Cam(Cam),
    /// A walk to the pixels under `rule`, times the bilinearly upsampled map of a CAM; nothing is normalised before.
    Product {
        /// What ReLUs let through on the way to the pixels.
        rule: ReluRule,
        /// What the walk's values are multiplied by.
        cam: &'static Cam,
    },
    /// Many passes over altered pictures.
    Passes(Begin),
}

/// What a method is about, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// What it is called.
    pub title: &'static str,
    /// Its place where people choose, the best known first; each has another.
    pub rank: u16,
    /// Who described it first.
    pub paper: Paper,
    /// The raw result, in the notation of [`attribution`](crate::attribution).
    pub formula: &'static str,
    /// What the map shows, in a few words.
    pub shows: &'static str,
    /// What each of the method's options is, in their order.
    pub options: &'static [Meaning],
    /// What it shows and what it cannot, in a sentence or two.
    pub about: &'static str,
    /// What it takes to read a map right, in a sentence.
    pub reading: &'static str,
}

/// Where a method was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper {
    /// Family names: one, two with `&`, or the first `et al.`
    pub authors: &'static str,
    /// Of the first version.
    pub year: u16,
    /// Where in it, such as `eq. 2`; empty where it is the whole paper.
    pub place: &'static str,
    /// An address that stays.
    pub link: &'static str,
}

impl Method {
    /// Those of one pass, which a tape [answers](crate::Explainer::explain).
    pub fn of_one_pass() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|method| !method.is_many_passes())
    }

    /// Its name on the command line and in JavaScript.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// How it is computed, and what it takes.
    #[must_use]
    pub const fn definition(self) -> &'static Definition {
        self.0
    }

    /// What it is about. Only who asks for it pays for these texts: a wasm module that does not is without them.
    #[must_use]
    pub fn about(self) -> &'static About {
        ABOUT[self.1]
    }

    /// Whether it looks at a layer; the others only at the input's pixels.
    #[must_use]
    pub const fn takes_layer(self) -> bool {
        match self.0.compute {
            Compute::Cam(_) | Compute::Product { .. } => true,
            Compute::Pixels { .. } | Compute::Passes(_) => false,
        }
    }

    /// Whether any layer with positions will do; where not, the network's form decides which one does.
    #[must_use]
    pub const fn chooses_layer(self) -> bool {
        match &self.0.compute {
            Compute::Cam(cam) => cam.any_layer(),
            Compute::Product { cam, .. } => cam.any_layer(),
            Compute::Pixels { .. } | Compute::Passes(_) => false,
        }
    }

    /// Whether it walks back to the pixels, through all that the forward pass kept on the way.
    #[must_use]
    pub const fn walks_to_input(self) -> bool {
        match self.0.compute {
            Compute::Pixels { .. } | Compute::Product { .. } => true,
            Compute::Cam(_) | Compute::Passes(_) => false,
        }
    }

    /// Whether it is made of many forward passes, which [several may share](super::Passes).
    #[must_use]
    pub const fn is_many_passes(self) -> bool {
        matches!(self.0.compute, Compute::Passes(_))
    }

    /// Whether what speaks *against* the target can be asked for.
    #[must_use]
    pub const fn has_counterfactual(self) -> bool {
        match &self.0.compute {
            Compute::Cam(cam) => cam.counterfactual,
            Compute::Pixels { .. } | Compute::Product { .. } | Compute::Passes(_) => false,
        }
    }

    /// The weighted sum that it is, if it is a CAM.
    #[must_use]
    pub const fn cam(self) -> Option<&'static Cam> {
        match &self.0.compute {
            Compute::Cam(cam) => Some(cam),
            Compute::Pixels { .. } | Compute::Product { .. } | Compute::Passes(_) => None,
        }
    }

    /// The layers that a forward pass has to keep for it, the way back to them included; `layer` where it takes one.
    #[must_use]
    pub fn keeps(self, graph: &Graph, layer: Option<NodeId>) -> Vec<NodeId> {
        let input = (self.walks_to_input() || self.is_many_passes()).then(|| graph.input());
        layer.into_iter().filter(|_| self.takes_layer()).chain(input).collect()
    }

    /// The names of the methods that are like this, each between two `quotes`, for an error that sends people there.
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

/// Sorts methods by their place in lists.
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
