//! Errors of training.

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A number of values that does not fit the others.
    #[error("{what} is {given} values, needed {needed}")]
    BadShape {
        /// The values.
        what: &'static str,
        /// Their number.
        given: usize,
        /// The number needed.
        needed: String,
    },
    /// A class without examples.
    #[error("class {class} has no example to learn from; give each class one at least, or leave it out")]
    EmptyClass {
        /// Index of the class.
        class: usize,
    },
    /// Fewer than two classes.
    #[error("{classes} classes; at least 2 are needed to tell them apart")]
    TooFewClasses {
        /// Their number.
        classes: usize,
    },
    /// A label that is not a class.
    #[error("example {example} is of class {label}; there are {classes}")]
    UnknownClass {
        /// Index of the example.
        example: usize,
        /// The label.
        label: u32,
        /// The number of classes.
        classes: usize,
    },
    /// A feature that is NaN or infinite.
    #[error("example {example} has a feature that is no finite number")]
    NotFinite {
        /// Index of the example.
        example: usize,
    },
    /// A setting outside its range.
    #[error("{name} is {given}; it is {allowed}")]
    BadSetting {
        /// The setting.
        name: &'static str,
        /// The given value.
        given: f64,
        /// The allowed range.
        allowed: &'static str,
    },
    /// The `watch` callback stopped the training.
    #[error("the training was stopped")]
    Stopped,
    /// An error of candle.
    #[error("training: {0}")]
    Candle(#[from] candle_core::Error),
}

impl Error {
    /// A stable identifier for programs.
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
