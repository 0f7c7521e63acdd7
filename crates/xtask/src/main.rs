//! `xtask INPUT.wasm OUTPUT_FOLDER`: what the command `wasm-bindgen --target web` does, from the library of the
//! very version that the crates were compiled with, so that nobody has to install it.

use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

/// The module's name in the output folder: `candling_wasm.js` and `candling_wasm_bg.wasm`.
const NAME: &str = "candling_wasm";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        eprintln!("error: usage: xtask INPUT.wasm OUTPUT_FOLDER");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    let generated = bindgen
        .input_path(input)
        .out_name(NAME)
        .web(true)
        .and_then(|bindgen| bindgen.remove_producers_section(true).generate(output));
    match generated {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {input}: {e:#}");
            ExitCode::FAILURE
        }
    }
}
