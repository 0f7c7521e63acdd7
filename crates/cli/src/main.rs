//! `candling`: what in the photo made the network say so.

mod answer;
mod args;
mod audit;
mod backend;
mod completions;
mod convert;
mod each;
mod error;
mod explain;
mod folders;
mod inspect;
mod interrupt;
mod left_out;
mod man;
mod method_options;
mod npy;
mod one_of;
mod onlooker;
mod output;
mod photo;
mod places;
mod predict;
mod printer;
mod report;
mod session;
mod shown;
mod standard;
mod subjects;
mod teller;
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
        // Whoever reads may have read enough (`candling inspect | head`).
        Ok(()) | Err(Error::ReaderGone) => ExitCode::SUCCESS,
        Err(e) => {
            printer::aside(format!("error: {e}"));
            ExitCode::from(e.exit_code())
        }
    }
}

/// A report is printed at once, so that a command which fails has printed nothing; but those about many photos print as they go.
fn run(command: &Command) -> Result<()> {
    match command {
        Command::Predict(args) => predict::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Inspect(args) => printer::line(&inspect::run(args)?),
        Command::Convert(args) => printer::line(&convert::run(args)?),
        Command::Train(args) => printer::line(&train::run(args)?),
        Command::Audit(args) => {
            let (report, verdict) = audit::run(args)?;
            // It reports also when what it found is not good enough.
            printer::line(&report)?;
            verdict
        }
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
    }
}
