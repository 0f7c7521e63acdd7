//! Takes comments and indentation out of the shaders, which pages load as they are.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let out = std::env::var_os("OUT_DIR").ok_or(std::io::ErrorKind::NotFound)?;
    println!("cargo::rerun-if-changed=src/shaders");
    for entry in std::fs::read_dir("src/shaders")? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        // WGSL has no strings that a `//` could stand in
        let code = |line: &str| line.split("//").next().unwrap_or_default().trim().to_owned();
        let lines: Vec<String> = text.lines().map(code).filter(|line| !line.is_empty()).collect();
        std::fs::write(Path::new(&out).join(path.file_name().unwrap_or_default()), lines.join("\n"))?;
    }
    Ok(())
}
