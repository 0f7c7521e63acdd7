//! `candling man`

use std::fs;
use std::path::Path;

use candling_core::Error as CoreError;
use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::args::{self, Arguments};
use crate::error::{Error, Result};
use crate::shown::shown;
use crate::{output, printer};

pub fn run(args: &args::Man) -> Result<()> {
    let pages = pages();
    match (&args.output, &args.page) {
        (Some(folder), _) => write(folder, &pages),
        (None, page) => printer::text(&roff(find(&pages, page.as_deref())?)?),
    }
}

/// The command and its subcommands, each with the name of its page: `candling-explain`.
fn pages() -> Vec<Command> {
    let mut command = Arguments::command();
    command.build();
    let of = |inside: &Command| {
        let name = format!("{}-{}", command.get_name(), inside.get_name());
        inside.clone().display_name(name)
    };
    let inside: Vec<Command> =
        command.get_subcommands().filter(|inside| !inside.is_hide_set()).map(of).collect();
    std::iter::once(command).chain(inside).collect()
}

fn find<'p>(pages: &'p [Command], page: Option<&str>) -> Result<&'p Command> {
    let Some(page) = page else { return Ok(&pages[0]) };
    pages.iter().find(|command| command.get_name() == page).ok_or_else(|| {
        let names: Vec<&str> = pages.iter().map(Command::get_name).collect();
        CoreError::BadArgument(format!("page: `{page}` has none; there are {}", names.join(", "))).into()
    })
}

fn write(folder: &Path, pages: &[Command]) -> Result<()> {
    fs::create_dir_all(folder).map_err(|e| Error::file(folder, e))?;
    for command in pages {
        let name = Man::new(command.clone()).get_filename();
        output::write(&folder.join(name), &roff(command)?)?;
    }
    printer::line(&format!("{}: {} pages", shown(folder), pages.len()))
}

fn roff(command: &Command) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page).map_err(|e| CoreError::Backend(format!("man: {e}")))?;
    Ok(page)
}
