//! Options of methods: named numbers.

use crate::{Error, Method, Result};

/// An option of a method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// Name on the command line and in JavaScript, in kebab-case.
    pub name: &'static str,
    /// Whether the value must be a whole number, 0 or more.
    pub whole: bool,
}

/// Description of an option for users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// The setting that the option changes, without a full stop.
    pub about: &'static str,
    /// Placeholder of the value, in capitals.
    pub unit: &'static str,
    /// Default value, in words.
    pub default: &'static str,
}

/// Named values of options; options that are not set have the method's defaults.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options(Vec<(String, f64)>);

impl Options {
    /// Options with these values. The last value of a name counts.
    #[must_use]
    pub const fn new(values: Vec<(String, f64)>) -> Self {
        Self(values)
    }

    /// The value of an option, if it was set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().rev().find(|(set, _)| set == name).map(|&(_, value)| value)
    }

    /// The value of a whole-number option, after [`check`](Self::check).
    #[must_use]
    pub fn whole(&self, name: &str) -> Option<usize> {
        self.get(name).map(|value| value as usize)
    }

    /// Checks that the method has all these options, and that whole-number options have whole numbers.
    ///
    /// # Errors
    /// [`Error::BadArgument`], naming the option and the methods that have it.
    pub fn check(&self, method: Method) -> Result<()> {
        self.0.iter().try_for_each(|(name, value)| {
            let named = |choice: &&Choice| choice.name == name;
            match method.definition().options.iter().find(named) {
                Some(choice) if choice.whole && !is_whole(*value) => {
                    Err(Error::BadArgument(format!("{name}: {value:?}; it is a whole number, 0 or more")))
                }
                Some(_) => Ok(()),
                None => {
                    let having = Method::names("`", &|other| {
                        other.definition().options.iter().any(|choice| named(&choice))
                    });
                    let rest =
                        if having.is_empty() { String::new() } else { format!("; it goes with {having}") };
                    Err(Error::BadArgument(format!("{name}: `{method}` has none{rest}")))
                }
            }
        })
    }
}

/// Whether the value is a whole number, 0 or more, that an `f64` represents exactly.
fn is_whole(value: f64) -> bool {
    value >= 0.0 && value.fract() == 0.0 && value <= 9_007_199_254_740_992.0
}
