//! The shape of an activation.

use std::fmt;

use crate::{Error, Result};

/// Largest number of elements of an activation (1 GiB of `f32`): a larger one is a mistake in a model file,
/// or an attack, and is refused before anything is allocated.
const MAX_ELEMENTS: usize = 1 << 28;

/// NCHW, always rank 4: batch, channels, height, width. A vector is `[n, c, 1, 1]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Batch size.
    pub n: usize,
    /// Channels.
    pub c: usize,
    /// Height in rows.
    pub h: usize,
    /// Width in columns.
    pub w: usize,
}

impl Shape {
    /// Creates a shape from its four extents.
    #[must_use]
    pub const fn new(n: usize, c: usize, h: usize, w: usize) -> Self {
        Self { n, c, h, w }
    }

    /// `[n, c, 1, 1]`.
    #[must_use]
    pub const fn vector(n: usize, c: usize) -> Self {
        Self::new(n, c, 1, 1)
    }

    /// Number of elements.
    #[must_use]
    pub const fn len(self) -> usize {
        self.n * self.c * self.h * self.w
    }

    /// Whether any extent is zero.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Number of positions, `h · w`.
    #[must_use]
    pub const fn area(self) -> usize {
        self.h * self.w
    }

    /// Checks that the number of values fits the shape; `what` names them in the error.
    ///
    /// # Errors
    /// [`Error::BadShape`] otherwise.
    pub fn check_count(self, what: &str, values: &[f32]) -> Result<()> {
        if values.len() == self.len() {
            return Ok(());
        }
        Err(Error::BadShape {
            what: what.into(),
            given: format!("{} values", values.len()),
            needed: format!("{}, for {self}", self.len()),
        })
    }

    /// Checks that no extent is zero and that the whole stays under the cap of 2²⁸ elements.
    ///
    /// # Errors
    /// [`Error::BadShape`] otherwise, naming `what`.
    pub fn checked(self, what: &str) -> Result<Self> {
        let elements = [self.n, self.c, self.h, self.w]
            .into_iter()
            .try_fold(1usize, usize::checked_mul)
            .unwrap_or(usize::MAX);
        if elements == 0 || elements > MAX_ELEMENTS {
            return Err(Error::BadShape {
                what: what.to_owned(),
                given: format!("{}x{}x{}x{}", self.n, self.c, self.h, self.w),
                needed: format!("1 to {MAX_ELEMENTS} elements"),
            });
        }
        Ok(self)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}x{}x{}", self.n, self.c, self.h, self.w)
    }
}
