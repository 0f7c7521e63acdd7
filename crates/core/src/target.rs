//! Targets: what is explained.

use crate::{Error, Result};

/// The scalar whose gradient is taken: always of logits, never of the softmax, whose gradient vanishes where
/// the network is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// The logit of one class.
    Class(u32),
    /// `logit(class) − logit(over)`: why this class and not that one.
    Margin {
        /// The explained class.
        class: u32,
        /// The class that it is compared with.
        over: u32,
    },
}

impl Target {
    /// `∂target/∂logits` for a network of `classes` classes.
    ///
    /// # Errors
    /// [`Error::UnknownClass`]; [`Error::BadArgument`] for the margin of a class over itself, which is 0
    /// whatever the picture.
    pub fn gradient(self, classes: usize) -> Result<Vec<f32>> {
        let mut dy = vec![0.0; classes];
        let mut set = |index: u32, value: f32| match dy.get_mut(index as usize) {
            None => Err(Error::UnknownClass { index, classes }),
            Some(slot) => {
                *slot = value;
                Ok(())
            }
        };
        match self {
            Self::Class(class) => set(class, 1.0)?,
            Self::Margin { class, over } if class == over => {
                return Err(Error::BadArgument(format!(
                    "target: the margin of class {class} over itself is always 0; name two classes"
                )));
            }
            Self::Margin { class, over } => {
                set(class, 1.0)?;
                set(over, -1.0)?;
            }
        }
        Ok(dy)
    }

    /// The value of the target: the logit, or the difference of two.
    ///
    /// # Errors
    /// As [`Target::gradient`].
    pub fn score(self, logits: &[f32]) -> Result<f32> {
        // the gradient checks the classes; a target is linear in the logits, and most terms are exactly zero
        let gradient = self.gradient(logits.len())?;
        Ok(gradient.iter().zip(logits).map(|(dy, y)| dy * y).sum())
    }
}
