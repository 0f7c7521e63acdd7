//! What was assumed when a picture was read, in words for the one who gave it.

use std::fmt;

/// Something that a picture was read in spite of. `Display` is a lowercase clause that goes after the file's name.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Note {
    /// Part of the pixels are not in the file, which is cut short or damaged. They are grey.
    Missing {
        /// Their share of the picture, 0 to 1.
        share: f64,
    },
    /// The file ends before a progressive JPEG's details.
    Coarse,
    /// Its colours were taken for sRGB, because what the file says of them cannot be used.
    ProfileIgnored {
        /// Why.
        reason: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { share } => {
                write!(
                    f,
                    "the file is cut short or damaged: {} of the picture is missing, and grey here",
                    percent(*share)
                )
            }
            Self::Coarse => f.write_str("the file is cut short: the picture's details are missing"),
            Self::ProfileIgnored { reason } => {
                write!(f, "the file's colour profile was ignored ({reason}), and its colours taken for srgb")
            }
        }
    }
}

/// A share in whole percent, but never as nothing or all where it is neither.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.0} %", (share * 100.0).clamp(1.0, 99.0))
}
