//! The site's small pictures, made from its own photos and its own model.
//!
//! ```text
//! cargo run --release -p candling --example pictures -- [FOLDER]      FOLDER defaults to www/samples
//! ```
//!
//! `thumbs/` contains a square of every photo; `first/` what the page shows before anything is loaded. A
//! second run changes no byte; `tests/pictures.rs` compares the committed files with this recipe.

mod first;
mod jpeg;
mod recipe;
mod thumbs;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use recipe::{File, Result};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let www = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www");
    let folder = std::env::args_os().nth(1).map_or_else(|| www.join("samples"), PathBuf::from);
    for File { name, bytes } in recipe::files(&www)? {
        let path = folder.join(&name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|e| format!("{}: {e}", parent.display()))?;
        }
        std::fs::write(&path, &bytes).map_err(|e| format!("{}: {e}", path.display()))?;
        println!("{:>7} {name}", bytes.len());
    }
    Ok(())
}
