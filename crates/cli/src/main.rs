//! `candling`: what in the photo made the network say so.

mod args;
mod backend;
mod checkpoint;
mod convert;
mod error;
mod explain;
mod inspect;
mod npy;
mod predict;
mod report;
mod session;

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use args::{Arguments, Command};
use clap::Parser;
use error::{Error, Result};

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Predict(args) => predict::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Convert(args) => convert::run(&args),
    };
    match done.and_then(|report| print(&report)) {
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
