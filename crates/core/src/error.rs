//! Errors, with messages that a user can act on.

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of the graph, the tape or a backend. `Display` is one lowercase sentence that names the layer
/// or argument, what was given and what is allowed; [`Error::code`] is stable.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something went wrong in one layer.
    #[error("layer `{layer}` ({op}): {source}")]
    AtLayer {
        /// Name of the layer.
        layer: String,
        /// Its op.
        op: &'static str,
        /// The error in the layer.
        source: Box<Error>,
    },
    /// The list of layers is not a network.
    #[error("invalid graph: {0}")]
    InvalidGraph(String),
    /// A tensor or parameter has the wrong shape.
    #[error("{what} is {given}, needed {needed}")]
    BadShape {
        /// The tensor or parameter.
        what: String,
        /// Its shape.
        given: String,
        /// The shape that is needed.
        needed: String,
    },
    /// No such weight.
    #[error("weight `{0}` is missing")]
    MissingWeight(String),
    /// No such layer.
    #[error("unknown layer `{name}`; layers are for example {}", .some.join(", "))]
    UnknownLayer {
        /// The requested name.
        name: String,
        /// A few names that exist, the likeliest first.
        some: Vec<String>,
    },
    /// No such class.
    #[error("unknown class {index}; this network has classes 0 to {}", .classes.saturating_sub(1))]
    UnknownClass {
        /// The requested index.
        index: u32,
        /// Number of classes.
        classes: usize,
    },
    /// The forward pass did not keep what this needs.
    #[error(
        "layer `{0}` was not kept by the forward pass; name it in `Retain::Layers`, or use `Retain::All`"
    )]
    NotRetained(String),
    /// A NaN or an infinity.
    #[error("{what} is not finite at element {index} ({})", name_of(*value))]
    NotFinite {
        /// The tensor.
        what: String,
        /// Index of the first such element, row-major.
        index: usize,
        /// The value found.
        value: f32,
    },
    /// The backend has no such kernel.
    #[error("this backend has no `{0}`")]
    Unsupported(&'static str),
    /// An argument is not allowed.
    #[error("{0}")]
    BadArgument(String),
    /// A kernel or the device failed.
    #[error("backend: {0}")]
    Backend(String),
    /// There is no device to compute on.
    #[error("there is no graphics card to use: {0}")]
    BackendUnavailable(String),
    /// The device is gone, or what it computed cannot be relied on.
    #[error("the graphics card failed: {0}")]
    BackendLost(String),
}

impl Error {
    /// A stable identifier in kebab-case, the same at every boundary (command line, wasm).
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AtLayer { source, .. } => source.code(),
            Self::InvalidGraph(_) => "invalid-graph",
            Self::BadShape { .. } => "bad-shape",
            Self::MissingWeight(_) => "missing-weight",
            Self::UnknownLayer { .. } => "unknown-layer",
            Self::UnknownClass { .. } => "unknown-class",
            Self::NotRetained(_) => "not-retained",
            Self::NotFinite { .. } => "not-finite",
            Self::Unsupported(_) => "unsupported",
            Self::BadArgument(_) => "bad-argument",
            Self::Backend(_) => "backend-failed",
            Self::BackendUnavailable(_) => "backend-unavailable",
            Self::BackendLost(_) => "backend-lost",
        }
    }

    pub(crate) fn at(self, layer: &str, op: &'static str) -> Self {
        Self::AtLayer { layer: layer.to_owned(), op, source: Box::new(self) }
    }

    /// Fails at the first NaN or infinity of `values`; the error names `what`.
    ///
    /// # Errors
    /// [`Error::NotFinite`].
    pub fn check_finite(what: &str, values: &[f32]) -> Result<()> {
        // without their sign, the bits of finite values are less than those of infinity, and a maximum
        // vectorises
        let most = values.iter().map(|v| v.abs().to_bits()).max().unwrap_or(0);
        if most < f32::INFINITY.to_bits() {
            return Ok(());
        }
        match values.iter().position(|v| !v.is_finite()) {
            None => Ok(()),
            Some(index) => Err(Self::NotFinite { what: what.to_owned(), index, value: values[index] }),
        }
    }
}

/// The name of a NaN or infinity; formatting any float would add much code for three words.
fn name_of(value: f32) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "inf"
    } else {
        "-inf"
    }
}
