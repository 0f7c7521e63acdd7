//! Generates the list of attribution methods: each file in `src/attribution/methods` is one.

use std::fmt::Write;
use std::path::PathBuf;

const FOLDER: &str = "src/attribution/methods";

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).ok_or(std::io::ErrorKind::NotFound);
    let folder = set("CARGO_MANIFEST_DIR")?.join(FOLDER);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    std::fs::write(set("OUT_DIR")?.join("methods.rs"), list(&files)?)
}

/// The generated source: the modules, a constant of [`Method`] for each, and the lists of all.
fn list(files: &[PathBuf]) -> std::io::Result<String> {
    let [mut modules, mut constants, mut all, mut about, mut begin] = [const { String::new() }; 5];
    for (at, path) in files.iter().enumerate() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let constant = name.to_uppercase();
        let text = std::fs::read_to_string(path)?;
        let _ = writeln!(modules, "#[path = {path:?}]\npub(crate) mod {name};");
        let _ = writeln!(
            constants,
            "#[doc = {:?}]\npub const {constant}: Self = Self(&{name}::METHOD, {at});",
            first_line(&text)
        );
        let _ = write!(all, "Self::{constant}, ");
        let _ = write!(about, "&{name}::ABOUT, ");
        let begins = if text.contains("fn begin(") { format!("Some({name}::begin)") } else { "None".into() };
        let _ = write!(begin, "{begins}, ");
    }
    let count = files.len();
    Ok(format!(
        "{modules}\nimpl Method {{\n{constants}\n/// Every method.\n\
         pub const ALL: [Self; {count}] = in_order([{all}]);\n}}\n\n\
         static ABOUT: [&About; {count}] = [{about}];\n\n\
         static BEGIN: [Option<Begin>; {count}] = [{begin}];\n"
    ))
}

/// The first line of a file's documentation.
fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim_start_matches("//!").trim()
}
