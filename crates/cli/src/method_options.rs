//! Command-line options of the methods, generated from their definitions.

use candling_core::Method;
use candling_core::attribution::{Choice, Meaning, Options};
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};

/// Values of a method's options, by name.
pub struct MethodOptions(pub Options);

/// An option, with its meaning for each method that has it.
struct Offered {
    choice: &'static Choice,
    meanings: Vec<(Method, &'static Meaning)>,
}

/// All options, each once.
fn offered() -> Vec<Offered> {
    let mut found: Vec<Offered> = Vec::new();
    for method in Method::ALL {
        for (choice, meaning) in method.definition().options.iter().zip(method.about().options) {
            match found.iter_mut().find(|other| other.choice.name == choice.name) {
                Some(other) => other.meanings.push((method, meaning)),
                None => found.push(Offered { choice, meanings: vec![(method, meaning)] }),
            }
        }
    }
    found
}

impl Args for MethodOptions {
    fn augment_args(command: Command) -> Command {
        offered().into_iter().fold(command, |command, Offered { choice, meanings }| {
            let told = meanings.iter().map(|(method, Meaning { about, default, .. })| {
                format!("{}: {about}; default: {default}", method.about().title)
            });
            let help = told.collect::<Vec<_>>().join(". ");
            let units = meanings.first().map_or("", |(_, meaning)| meaning.unit);
            let parser = if choice.whole { number::<u64> } else { number::<f64> };
            let option = Arg::new(choice.name).long(choice.name).value_name(units).help(help);
            command.arg(option.allow_hyphen_values(true).value_parser(parser))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Parses the number of an option.
fn number<T: Number>(text: &str) -> Result<f64, String> {
    T::parsed(text)
}

trait Number {
    fn parsed(text: &str) -> Result<f64, String>;
}

impl Number for u64 {
    fn parsed(text: &str) -> Result<f64, String> {
        text.parse::<Self>().map(|value| value as f64).map_err(|e| e.to_string())
    }
}

impl Number for f64 {
    fn parsed(text: &str) -> Result<f64, String> {
        text.parse().map_err(|e: std::num::ParseFloatError| e.to_string())
    }
}

impl FromArgMatches for MethodOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let set = offered().into_iter().filter_map(|Offered { choice, .. }| {
            matches.get_one::<f64>(choice.name).map(|&value| (choice.name.to_owned(), value))
        });
        Ok(Self(Options::new(set.collect())))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
