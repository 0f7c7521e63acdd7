//! The options of the methods, as their own files have them.

use candling_core::Method;
use candling_core::attribution::{Choice, Options};
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};

/// What was set of a method, by the names of the options.
pub struct MethodOptions(pub Options);

/// Every option once, with the methods that have it.
fn choices() -> Vec<(&'static Choice, Vec<Method>)> {
    let mut found: Vec<(&'static Choice, Vec<Method>)> = Vec::new();
    for method in Method::ALL {
        for choice in method.definition().options {
            match found.iter_mut().find(|(other, _)| other.name == choice.name) {
                Some((_, methods)) => methods.push(method),
                None => found.push((choice, vec![method])),
            }
        }
    }
    found
}

impl Args for MethodOptions {
    fn augment_args(command: Command) -> Command {
        choices().into_iter().fold(command, |command, (choice, methods)| {
            let Choice { name, about, unit, default, whole } = *choice;
            let titles: Vec<&str> = methods.iter().map(|method| method.about().title).collect();
            let help = format!("{}: {about}; default: {default}", titles.join(", "));
            let option = Arg::new(name).long(name).value_name(unit).help(help);
            let parser = if whole { number::<u64> } else { number::<f64> };
            command.arg(option.allow_hyphen_values(true).value_parser(parser))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// A number as an option has it.
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
        let set = choices().into_iter().filter_map(|(choice, _)| {
            matches.get_one::<f64>(choice.name).map(|&value| (choice.name.to_owned(), value))
        });
        Ok(Self(Options::new(set.collect())))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
