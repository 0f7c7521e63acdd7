//! What can be set of a method: numbers with names.

use crate::{Error, Method, Result};

/// Something that can be set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// Its name on the command line and in JavaScript, in kebab-case.
    pub name: &'static str,
    /// Whether it has to be a whole number, 0 or more.
    pub whole: bool,
}

/// What an option is, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// What it is, without a full stop.
    pub about: &'static str,
    /// What is counted, in capitals.
    pub unit: &'static str,
    /// What holds where it is left out.
    pub default: &'static str,
}

/// What was set, by name; the rest is as the method has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options(Vec<(String, f64)>);

impl Options {
    /// Those that are named. The last of one name counts.
    #[must_use]
    pub const fn new(values: Vec<(String, f64)>) -> Self {
        Self(values)
    }

    /// The value of an option, if it was set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().rev().find(|(set, _)| set == name).map(|&(_, value)| value)
    }

    /// The value of an option of whole numbers, once [checked](Self::check).
    #[must_use]
    pub fn whole(&self, name: &str) -> Option<usize> {
        self.get(name).map(|value| value as usize)
    }

    /// That a method has all of them, and that those of whole numbers are some.
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

/// One that an `f64` holds exactly.
fn is_whole(value: f64) -> bool {
    value >= 0.0 && value.fract() == 0.0 && value <= 9_007_199_254_740_992.0
}
