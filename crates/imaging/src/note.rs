//! Notes on pictures that were read although part of the file is missing or unusable.

use std::fmt;

/// A defect in spite of which a picture was read. `Display` is a lowercase clause that goes after the file's
/// name.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Note {
    /// Some pixels are not in the file, which is cut short or damaged. They are grey.
    Missing {
        /// Share of the pixels that are missing, 0 to 1.
        share: f64,
    },
    /// The file ends before the detail scans of a progressive JPEG are complete.
    Coarse,
    /// The colours were read as sRGB, because the file's colour information cannot be used.
    ProfileIgnored {
        /// Why it cannot be used.
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

/// A share in whole percent, at least 1 % and at most 99 %: never "nothing" or "all" where it is neither.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.0} %", (share * 100.0).clamp(1.0, 99.0))
}
