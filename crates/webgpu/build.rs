//! Resolves the includes of every shader and removes comments and indentation: pages load the result as it
//! is.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    println!("cargo::rerun-if-changed=src/shaders");
    for entry in fs::read_dir("src/shaders")? {
        let path = entry?.path();
        if path.is_file() {
            let mut lines = Vec::new();
            code(&path, &mut BTreeSet::new(), &mut lines)?;
            fs::write(Path::new(&out).join(path.file_name().unwrap_or_default()), lines.join("\n"))?;
        }
    }
    Ok(())
}

/// Adds the lines of a file; a line `#include NAME` becomes those of `include/NAME.wgsl`, the first time.
fn code(path: &Path, included: &mut BTreeSet<String>, lines: &mut Vec<String>) -> io::Result<()> {
    let text =
        fs::read_to_string(path).map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
    for line in text.lines() {
        // WGSL has no strings that could contain `//`
        let line = line.split("//").next().unwrap_or_default().trim();
        match line.strip_prefix("#include ") {
            Some(name) if included.insert(name.to_owned()) => {
                code(&Path::new("src/shaders/include").join(name).with_extension("wgsl"), included, lines)?;
            }
            None if !line.is_empty() => lines.push(line.to_owned()),
            _ => {}
        }
    }
    Ok(())
}
