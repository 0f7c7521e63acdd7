//! What can be wrong with a training.

/// Everything here fails with this.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A number of values that does not fit the others.
    #[error("{what} is {given} values, needed {needed}")]
    BadShape {
        /// Which values.
        what: &'static str,
        /// How many there are.
        given: usize,
        /// How many there should be.
        needed: String,
    },
    /// A class that no example has.
    #[error("class {class} has no example to learn from; give each class one at least, or leave it out")]
    EmptyClass {
        /// Its index.
        class: usize,
    },
    /// Nothing to tell apart.
    #[error("{classes} classes; at least 2 are needed to tell them apart")]
    TooFewClasses {
        /// How many there are.
        classes: usize,
    },
    /// A label that stands for no class.
    #[error("example {example} is of class {label}; there are {classes}")]
    UnknownClass {
        /// Which example.
        example: usize,
        /// Its label.
        label: u32,
        /// How many classes there are.
        classes: usize,
    },
    /// A feature that is no number.
    #[error("example {example} has a feature that is no finite number")]
    NotFinite {
        /// Which example.
        example: usize,
    },
    /// A setting out of its range.
    #[error("{name} is {given}; it is {allowed}")]
    BadSetting {
        /// Which.
        name: &'static str,
        /// What it is.
        given: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// Whoever watched the training ended it.
    #[error("the training was stopped")]
    Stopped,
    /// What candle says.
    #[error("training: {0}")]
    Candle(#[from] candle_core::Error),
}

impl Error {
    /// A stable identifier for programs; the message is for people.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadShape { .. } => "bad-shape",
            Self::EmptyClass { .. } => "empty-class",
            Self::TooFewClasses { .. } => "too-few-classes",
            Self::UnknownClass { .. } => "unknown-class",
            Self::NotFinite { .. } => "not-finite",
            Self::BadSetting { .. } => "bad-argument",
            Self::Stopped => "aborted",
            Self::Candle(_) => "training-failed",
        }
    }
}

/// A [`std::result::Result`] with the crate's [`enum@Error`].
pub type Result<T> = std::result::Result<T, Error>;
