//! `candling`: what in the photo made the network say so.

mod args;
mod audit;
mod backend;
mod checkpoint;
mod convert;
mod error;
mod explain;
mod folders;
mod inspect;
mod npy;
mod onlooker;
mod photo;
mod predict;
mod report;
mod session;
mod sheet;
mod train;

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use args::{Arguments, Command};
use clap::Parser;
use error::{Error, Result};

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Predict(args) => predict::run(&args).and_then(|report| print(&report)),
        Command::Explain(args) => explain::run(&args).and_then(|report| print(&report)),
        Command::Inspect(args) => inspect::run(&args).and_then(|report| print(&report)),
        Command::Convert(args) => convert::run(&args).and_then(|report| print(&report)),
        Command::Train(args) => train::run(&args).and_then(|report| print(&report)),
        // It reports also when what it found is not good enough.
        Command::Audit(args) => audit::run(&args).and_then(|(report, verdict)| print(&report).and(verdict)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::from(e.exit_code())
        }
    }
}

/// Prints a report at once, so that a command which fails has printed nothing. Whoever reads may have read enough
/// (`candling inspect | head`), which is no failure.
fn print(report: &str) -> Result<()> {
    let mut stdout = std::io::stdout();
    match writeln!(stdout, "{report}").and_then(|()| stdout.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(Error::file(Path::new("standard output"), e)),
        _ => Ok(()),
    }
}
