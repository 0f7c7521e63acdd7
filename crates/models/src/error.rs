//! What can be wrong with a model file, a checkpoint or a class name.

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of this crate; see [`Error::code`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not a model of ours.
    #[error("model file: {0}")]
    BadModel(String),
    /// The graph in the file does not hold together.
    #[error("model file: {0}")]
    BadGraph(#[from] candling_core::Error),
    /// A checkpoint is not what the converter takes.
    #[error("checkpoint: {0}")]
    BadCheckpoint(String),
    /// A file of another format is damaged, or holds something else.
    #[error("{0}")]
    UnreadableFile(String),
    /// A file is of no format that is read here.
    #[error("{0}")]
    UnknownFormat(String),
    /// No class, or more than one, goes by this name.
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
