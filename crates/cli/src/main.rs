//! `candling`: explains the predictions of image classifiers.

mod args;
mod audit;
mod backend;
mod completions;
mod convert;
mod destinations;
mod each;
mod error;
mod explain;
mod folders;
mod forward_pass;
mod inspect;
mod interrupt;
mod left_out;
mod man;
mod method_options;
mod npy;
mod one_of;
mod output;
mod photo;
mod photo_runner;
mod predict;
mod printer;
mod raw_map;
mod report;
mod reporter;
mod shown;
mod standard;
mod subjects;
mod train;
mod walk;

use std::process::ExitCode;

use args::{Arguments, Command};
use clap::Parser;
use error::{Error, Result};

fn main() -> ExitCode {
    if let Err(e) = interrupt::watch() {
        printer::aside(format!("error: {e}"));
        return ExitCode::from(e.exit_code());
    }
    match run(&Arguments::parse().command) {
        // the reader may have closed the pipe (`candling inspect | head`)
        Ok(()) | Err(Error::ReaderGone) => ExitCode::SUCCESS,
        Err(e) => {
            printer::aside(format!("error: {e}"));
            ExitCode::from(e.exit_code())
        }
    }
}

/// Runs a command. A report is printed at the end, so that a failing command prints nothing; only those about
/// many photos are printed as they come.
fn run(command: &Command) -> Result<()> {
    match command {
        Command::Predict(args) => predict::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Inspect(args) => printer::line(&inspect::run(args)?),
        Command::Convert(args) => printer::line(&convert::run(args)?),
        Command::Train(args) => printer::line(&train::run(args)?),
        Command::Audit(args) => {
            let (report, verdict) = audit::run(args)?;
            // an audit reports even if it does not pass
            printer::line(&report)?;
            verdict
        }
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
    }
}
