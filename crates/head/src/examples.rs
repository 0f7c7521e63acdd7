//! Training examples.

use crate::{Error, Result};

/// Features of photos, each with its class.
#[derive(Debug, Clone)]
pub struct Examples {
    pub(crate) features: Vec<f32>,
    pub(crate) labels: Vec<u32>,
    pub(crate) classes: usize,
    pub(crate) width: usize,
}

impl Examples {
    /// Checks and wraps the examples. `features` are `labels.len() × width` values, photo after photo; labels
    /// count from 0 and are less than `classes`.
    ///
    /// # Errors
    /// [`Error::BadShape`], [`Error::TooFewClasses`], [`Error::UnknownClass`], [`Error::EmptyClass`], or
    /// [`Error::NotFinite`].
    pub fn new(features: Vec<f32>, labels: Vec<u32>, classes: usize, width: usize) -> Result<Self> {
        if classes < 2 {
            return Err(Error::TooFewClasses { classes });
        }
        if width == 0 || Some(features.len()) != labels.len().checked_mul(width) {
            return Err(Error::BadShape {
                what: "features",
                given: features.len(),
                needed: format!("{} for each of {} examples", width.max(1), labels.len()),
            });
        }
        let mut counts = vec![0usize; classes];
        for (example, &label) in labels.iter().enumerate() {
            let count = counts.get_mut(label as usize);
            *count.ok_or(Error::UnknownClass { example, label, classes })? += 1;
        }
        if let Some(class) = counts.iter().position(|&count| count == 0) {
            return Err(Error::EmptyClass { class });
        }
        if let Some(place) = features.iter().position(|v| !v.is_finite()) {
            return Err(Error::NotFinite { example: place / width });
        }
        Ok(Self { features, labels, classes, width })
    }
}
