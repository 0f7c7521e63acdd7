//! Every shader is valid WGSL, and there is none that the crate does not know.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use candling_webgpu::{DEPTH, SHADERS, TILE};
use naga::valid::{Capabilities, ValidationFlags, Validator};

/// What every browser with WebGPU has. Only some OpenGL lack `unpack2x16float`.
const EVERYWHERE: Capabilities = Capabilities::SHADER_FLOAT16_IN_FLOAT32;

#[test]
fn naga_takes_every_shader() {
    for (name, text) in SHADERS {
        let module = naga::front::wgsl::parse_str(text)
            .unwrap_or_else(|e| panic!("{}", e.emit_to_string_with_path(text, name)));
        let valid = Validator::new(ValidationFlags::all(), EVERYWHERE).validate(&module);
        valid.unwrap_or_else(|e| panic!("{}", e.emit_to_string_with_path(text, name)));
        assert_eq!(module.entry_points.len(), 1, "{name}: one kernel a file");
    }
}

#[test]
fn tiles_are_as_large_as_the_crate_says() {
    for (name, text) in SHADERS.iter().filter(|(name, _)| ["pointwise", "dense"].contains(name)) {
        for constant in [format!("const TILE = {TILE}u;"), format!("const DEPTH = {DEPTH}u;")] {
            assert!(text.contains(&constant), "{name}: no {constant}");
        }
    }
}

#[test]
fn every_file_is_known() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/shaders");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    let mut known = SHADERS.map(|(name, _)| name.to_owned()).to_vec();
    known.sort();
    assert_eq!(files, known);
}
