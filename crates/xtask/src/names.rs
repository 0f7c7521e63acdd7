//! Short names for the imports and exports between a module and its JavaScript. wasm-bindgen's names contain
//! hashes, which do not compress, and each appears in both files.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use walrus::Module;

/// Prefix of generated export names, those of closures; the names of our own functions stay as they are.
const GENERATED: &str = "wasm_bindgen_";

/// Renames the module's imports, and its exports with generated names, in both files.
pub fn shorten(wasm: &Path, js: &Path) -> Result<(), Box<dyn Error>> {
    let mut module = Module::from_buffer(&std::fs::read(wasm)?)?;
    let text = std::fs::read_to_string(js)?;
    let mut names = HashMap::new();
    let mut fresh = (0..).map(|i| format!("_{i}")).filter(|new| !text.contains(&**new));
    let mut short = |name: &mut String| {
        if let Some(new) = fresh.next() {
            names.insert(std::mem::replace(name, new.clone()), new);
        }
    };
    // in a build with threads the memory is imported too, and JavaScript knows it by its name
    let functions = |import: &&mut walrus::Import| matches!(import.kind, walrus::ImportKind::Function(_));
    module.imports.iter_mut().filter(functions).for_each(|import| short(&mut import.name));
    let generated = |export: &&mut walrus::Export| export.name.starts_with(GENERATED);
    module.exports.iter_mut().filter(generated).for_each(|export| short(&mut export.name));
    module.emit_wasm_file(wasm)?;
    std::fs::write(js, renamed(&text, &names))?;
    Ok(())
}

/// Replaces every identifier in the text that has a new name.
fn renamed(text: &str, names: &HashMap<String, String>) -> String {
    let in_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(in_name) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !in_name(c)).unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        out.push_str(before);
        out.push_str(names.get(name).map_or(name, String::as_str));
        rest = after;
    }
    out + rest
}
