//! Errors of the command and their exit codes.

use std::path::Path;

use candling_core::Error as CoreError;

use crate::shown::{listed, shown};

/// Exit code for bad use of an option.
const BAD_USE: u8 = 2;
/// Exit code for a bad file, or a failure of the machine.
const BAD_INPUT: u8 = 1;
/// Exit code for an audit that does not pass.
const BELOW: u8 = 3;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written, or has the wrong contents.
    #[error("{path}: {message}")]
    File { path: String, message: String },
    /// An audit found too little evidence where it should be.
    #[error(
        "evidence inside the masks is {found:.3} in the mean, below the {least} that --fail-under asks for"
    )]
    Below { found: f64, least: f64 },
    /// Output files exist already and were not replaced.
    #[error("{}: there already; --overwrite replaces {}", listed(files), if files.len() == 1 { "it" } else { "them" })]
    There { files: Vec<String> },
    /// Some of several photos failed, which was reported when it happened.
    #[error("{}", parts.join("; "))]
    Unfinished { parts: Vec<String> },
    /// The reader of standard output has closed it, which is no failure.
    #[error("nobody reads standard output any more")]
    ReaderGone,
    #[error(transparent)]
    Network(candling_core::Error),
    #[error(transparent)]
    Imaging(#[from] candling_imaging::Error),
    #[error(transparent)]
    Model(#[from] candling_models::Error),
}

impl From<CoreError> for Error {
    /// Adds to an error of the GPU that the CPU can do it.
    fn from(e: CoreError) -> Self {
        let elsewhere = |why: String| format!("{why}; `--backend cpu` needs none");
        Self::Network(match e {
            CoreError::BackendUnavailable(why) => CoreError::BackendUnavailable(elsewhere(why)),
            CoreError::BackendLost(why) => CoreError::BackendLost(elsewhere(why)),
            e => e,
        })
    }
}

impl Error {
    /// An error about a file.
    pub fn file(path: &Path, message: impl ToString) -> Self {
        Self::File { path: shown(path), message: message.to_string() }
    }

    /// The file that the error is about; empty if there is none.
    pub fn path(&self) -> &str {
        if let Self::File { path, .. } = self { path } else { "" }
    }

    /// Whether an option, a class or a layer is wrong, so that every photo would fail.
    pub fn is_bad_use(&self) -> bool {
        self.exit_code() == BAD_USE
    }

    /// The reason without the file, for where the file is named separately.
    pub fn reason(&self) -> String {
        match self {
            Self::File { message, .. } => message.clone(),
            e => e.to_string(),
        }
    }

    pub fn exit_code(&self) -> u8 {
        let code = match self {
            Self::ReaderGone => return 0,
            Self::File { .. } | Self::There { .. } | Self::Unfinished { .. } => return BAD_INPUT,
            Self::Below { .. } => return BELOW,
            Self::Network(e) => e.code(),
            Self::Imaging(e) => e.code(),
            Self::Model(e) => e.code(),
        };
        match code {
            "unknown-layer" | "unknown-class" | "bad-argument" => BAD_USE,
            _ => BAD_INPUT,
        }
    }
}
