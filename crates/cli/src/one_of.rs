//! Options with named values.

use std::error::Error;
use std::ffi::OsStr;
use std::marker::PhantomData;
use std::str::FromStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command};

/// A parser for named values, with the type's own error, that lists the names for help texts and completions.
#[derive(Clone)]
pub struct OneOf<T> {
    names: Vec<&'static str>,
    of: PhantomData<fn() -> T>,
}

impl<T> OneOf<T> {
    pub fn new(names: &[&'static str]) -> Self {
        Self { names: names.to_vec(), of: PhantomData }
    }
}

impl<T> TypedValueParser for OneOf<T>
where
    T: FromStr + Clone + Send + Sync + 'static,
    T::Err: Into<Box<dyn Error + Send + Sync>>,
{
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, clap::Error> {
        T::from_str.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.names.iter().map(PossibleValue::new)))
    }
}
