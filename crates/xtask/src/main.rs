//! `xtask INPUT.wasm FOLDER/NAME` does what `wasm-bindgen --target web` does, using the library of the very
//! version with which the crates were compiled, so that nobody has to install it. It writes `NAME.js` and
//! `NAME_bg.wasm`.

mod names;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        eprintln!("error: usage: xtask INPUT.wasm FOLDER/NAME");
        return ExitCode::from(2);
    };
    match generate(input, Path::new(output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {input}: {e}");
            ExitCode::FAILURE
        }
    }
}

fn generate(input: &str, output: &Path) -> Result<(), Box<dyn Error>> {
    let (Some(folder), Some(name)) = (output.parent(), output.file_name().and_then(|name| name.to_str()))
    else {
        return Err(format!("{}: needed a path of the form FOLDER/NAME", output.display()).into());
    };
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(input)
        .out_name(name)
        .web(true)?
        .typescript(false)
        .remove_producers_section(true)
        .generate(folder)?;
    names::shorten(&folder.join(format!("{name}_bg.wasm")), &folder.join(format!("{name}.js")))
}
