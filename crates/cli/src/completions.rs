//! `candling completions`

use clap::CommandFactory;

use crate::args::{Arguments, Completions};
use crate::error::Result;
use crate::printer;

pub fn run(args: &Completions) -> Result<()> {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    printer::text(&script)
}
