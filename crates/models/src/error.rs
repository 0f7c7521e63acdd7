//! Errors of model files, checkpoints and class names.

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of this crate; see [`Error::code`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not a model of ours.
    #[error("model file: {0}")]
    BadModel(String),
    /// The graph in the file is invalid.
    #[error("model file: {0}")]
    BadGraph(#[from] candling_core::Error),
    /// A checkpoint cannot be converted.
    #[error("checkpoint: {0}")]
    BadCheckpoint(String),
    /// A file of another format is damaged, or holds something else.
    #[error("{0}")]
    UnreadableFile(String),
    /// A file has an unknown format.
    #[error("{0}")]
    UnknownFormat(String),
    /// No class, or more than one, matches a name.
    #[error("{0}")]
    UnknownClass(String),
}

impl Error {
    /// A stable identifier in kebab-case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadModel(_) | Self::BadGraph(_) => "bad-model",
            Self::BadCheckpoint(_) | Self::UnreadableFile(_) => "bad-checkpoint",
            Self::UnknownFormat(_) => "unknown-format",
            Self::UnknownClass(_) => "unknown-class",
        }
    }
}
